"""What the workspace is called, and the language and zone it starts people with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import flash, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portico import settings as instance
from portico.admin.blueprint import blueprint, go
from portico.domains.files import intake, logos
from portico.domains.identity import queries, schemas, service
from portico.kernel import mail
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import Refusal
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web import uploads
from portico.web.forms import Form, one_line, version_in
from portico.web.language import LOCALES, zones
from portico.web.navigation import Entry
from portico.web.pages import current_login

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
    version = HiddenField()


class Memory(Form):
    reads_kept_days = IntegerField(
        lazy_gettext("Days that it is kept who looked at whom"),
        [Optional(), NumberRange(*schemas.READS_KEPT)],
        description=lazy_gettext("From 30. Empty: as long as this instance keeps it."),
    )
    version = HiddenField()


class Logo(Form):
    files = FileField(lazy_gettext("Picture"), render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"})


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
    form = Workspace(name=row.name, timezone=row.timezone, locale=row.locale, version=row.version)
    form.locale.choices = list(LOCALES.items())
    form.timezone.choices = [(zone, zone) for zone in zones()]
    if form.validate_on_submit():
        with form.attempt():
            values = {"name": form.name.data, "timezone": form.timezone.data, "locale": form.locale.data}
            service.change_workspace(actor, values, expected_version=version_in(form.version.data))
            flash(gettext("Saved."), "success")
            return go("settings")
    return _page(form, row)


def _page(form: Form, row: AnyRow, **more: Any) -> Any:
    here = instance.current()
    return form.page(
        "admin/settings/workspace.html",
        **{"memory": Memory(formdata=None, reads_kept_days=row.reads_kept_days, version=row.version), **more},
        workspace=row,
        unlisted_offered=here.unlisted_clients != "off",
        instance=here,
        sender=mail.sender(),
        smtp=urlsplit(here.smtp_url or "").hostname,
    )


@blueprint.page("/settings/memory", methods=("POST",), role="admin")
def settings_memory(actor: Actor) -> Any:
    form = Memory()
    if form.validate_on_submit():
        with form.attempt():
            values = {"reads_kept_days": form.reads_kept_days.data}
            service.change_workspace(actor, values, expected_version=version_in(form.version.data))
            flash(gettext("Saved."), "success")
            return go("settings")
    row = queries.workspace(actor.workspace_id)
    first = Workspace(formdata=None, name=row.name, timezone=row.timezone, locale=row.locale, version=row.version)
    first.locale.choices = list(LOCALES.items())
    first.timezone.choices = [(zone, zone) for zone in zones()]
    return _page(first, row, memory=form), 422


@blueprint.page("/settings/logo", methods=("GET", "POST"), role="admin", own_units=True, takes_files=True)
def settings_logo(actor: Actor) -> Any:
    form = Logo()
    if form.validate_on_submit():
        given = uploads.chosen()
        if not given:
            form.files.errors = [gettext("Choose a picture: JPEG, PNG, WebP or GIF.")]
        else:
            try:
                taken = intake.take_in(actor.workspace_id, given[0].name, given[0].content, square=logos.SIDE)
                with unit(actor.workspace_id, write=True):
                    logos.take_logo(actor, taken)
            except Refusal as refusal:
                form.files.errors = [gettext(refusal.detail)]
            else:
                flash(gettext("That is the logo now."), "success")
                return go("settings")
    with unit(actor.workspace_id, write=False):
        return form.page("admin/settings/logo.html")


@blueprint.page("/settings/logo/remove", methods=("POST",), role="admin")
def settings_remove_logo(actor: Actor) -> Any:
    logos.remove_logo(actor)
    flash(gettext("The logo is removed."), "success")
    return go("settings")


@blueprint.page("/settings/test-mail", methods=("POST",), role="admin", own_units=True)
def settings_test_mail(actor: Actor) -> Any:
    """To the admin alone, at once, so that the answer of the mail server can be shown."""
    login = current_login()
    to = login.email if login is not None else ""
    refused = mail.refusal(to, gettext("A test mail from Portico"), gettext("Mail works: you are reading it."))
    if refused is not None:
        flash(gettext("The mail server did not take it. It said: %(answer)s", answer=refused), "danger")
        return go("settings")
    if instance.current().smtp_url is None:
        flash(gettext("The mail lies in the folder var/mail of the server: no mail server is set up."), "warning")
    else:
        flash(gettext("The mail server took a mail to %(address)s.", address=to), "success")
    return go("settings")


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
