"""What the workspace is called, and the language and zone it starts people with."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portico import settings as instance
from portico.admin.blueprint import blueprint, go
from portico.domains.identity import queries, service
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.web.forms import Form, one_line
from portico.web.language import LOCALES, zones
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Settings"), "settings", "admin.settings", 90, role="admin", group=N_("Workspace"))]


class Workspace(Form):
    name = StringField(
        lazy_gettext("Name of the workspace"),
        [DataRequired(), Length(max=100)],
        filters=[one_line],
        description=lazy_gettext("Everybody sees it at the top of each page."),
    )
    timezone = SelectField(
        lazy_gettext("Time zone"),
        [InputRequired()],
        description=lazy_gettext("For those who have not chosen one of their own, and for dates without a person."),
    )
    locale = SelectField(lazy_gettext("Language"), [InputRequired()])


class TwoFactor(Form):
    two_factor = RadioField(
        lazy_gettext("Who needs a second factor"),
        [InputRequired()],
        choices=[
            SelectChoice("off", lazy_gettext("Nobody has to. Everybody may turn it on for themselves.")),
            SelectChoice("admins", lazy_gettext("Admins and owners")),
            SelectChoice("everyone", lazy_gettext("Everybody")),
        ],
    )


@blueprint.page("/settings", methods=("GET", "POST"), role="admin")
def settings(actor: Actor) -> Any:
    row = queries.workspace(actor.workspace_id)
    form = Workspace(name=row.name, timezone=row.timezone, locale=row.locale)
    form.locale.choices = list(LOCALES.items())
    form.timezone.choices = [(zone, zone) for zone in zones()]
    if form.validate_on_submit():
        service.rename_workspace(actor, name=form.name.data, timezone=form.timezone.data, locale=form.locale.data)
        flash(gettext("Saved."), "success")
        return go("settings")
    offered = instance.current().unlisted_clients != "off"
    return form.page("admin/settings/workspace.html", workspace=row, unlisted_offered=offered)


@blueprint.page("/settings/unlisted-clients", methods=("POST",), role="admin")
def unlisted_clients(actor: Actor) -> Any:
    service.allow_unlisted_clients(actor, request.form.get("allowed") == "1")
    flash(gettext("Saved."), "success")
    return go("settings")


@blueprint.page("/settings/two-factor", methods=("GET", "POST"), role="admin")
def settings_two_factor(actor: Actor) -> Any:
    """Whoever lacks it is led to set it up at their next click, and can do nothing else here until then."""
    row = queries.workspace(actor.workspace_id)
    form = TwoFactor(two_factor=row.two_factor)
    if form.validate_on_submit():
        with form.attempt():
            service.require_two_factor(actor, form.two_factor.data)
            flash(gettext("Saved."), "success")
            return go("settings_two_factor")
    lacking = queries.members_without_factor(actor)
    mine = queries.user(actor.user_id).two_factor_at is not None if actor.user_id else True
    return form.page("admin/settings/two_factor.html", lacking=lacking, mine=mine, slug=row.slug, now=row.two_factor)
