"""Consent: an admin reads what an app may do here, says for whom, and decides. No is as easy as yes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from flask import flash, request
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice

from portico import settings as instance
from portico.admin.app_settings import Declared, given_settings, setting_fields
from portico.admin.blueprint import blueprint, go, here
from portico.admin.picker import EXCLUDE, RECORDS, is_search, picked, picker, rules
from portico.domains.catalogue import queries as catalogue
from portico.domains.directory import queries as directory
from portico.domains.identity import second_steps
from portico.domains.identity.doors import Origin
from portico.domains.identity.service.sessions import LIFE
from portico.domains.installations import queries, service
from portico.domains.installations.consent import Consent, consent
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import ListQuery
from portico.kernel.scopes import SCOPES
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web.consent_words import consent_groups
from portico.web.forms import Form
from portico.web.pages import current_login, renew_session

EVERYONE, ONLY = "everyone", "only"
_CHANGED = N_("The app was updated while you read. Please read again what it asks for now.")


class Decision(Form):
    """What the admin decides; the scopes' switches and the picker stand in the same form."""

    pointers: ClassVar = {"/availability": "who"}

    version = HiddenField()
    who = RadioField(
        lazy_gettext("Who may use it"),
        choices=[SelectChoice(EVERYONE, lazy_gettext("Everyone")), SelectChoice(ONLY, lazy_gettext("Only some"))],
    )
    password = PasswordField(
        lazy_gettext("Your password, or a code"),
        description=lazy_gettext("For what is marked as sensitive we ask that it is really you."),
        render_kw={"autocomplete": "current-password"},
    )


def groups(
    actor: Actor, asked: Consent, *, granted: Iterable[str] | None = None, chosen: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """What the consent list draws: by risk, the gravest first."""
    people = directory.page_of_employees(actor, ListQuery(limit=1, count="exact")).total or 0
    return consent_groups(asked.groups, people, granted=granted, chosen=chosen)


def is_sensitive(scopes: Iterable[str]) -> bool:
    return any(SCOPES[name].risk == "sensitive" for name in scopes if name in SCOPES)


def ticked(asked: Consent) -> list[str]:
    """The optional scopes whose switches are on in the form that was sent."""
    return [name for name in request.form.getlist("scopes") if name in asked.optional]


def must_prove(scopes: Iterable[str]) -> bool:
    """Whether the admin is asked once more who they are: for what is sensitive, unless they just said so."""
    login = current_login()
    return is_sensitive(scopes) and (login is None or not second_steps.is_fresh(login))


def prove(password: str | None) -> None:
    """Raises Invalid at the password's field unless it is the signed-in person's, or a code of theirs."""
    login = current_login()
    if login is None:
        raise NotFound()
    origin = Origin(request.remote_addr or "", request.user_agent.string)
    token = second_steps.reauthenticate(login, password or "", origin)
    if token is not None:
        renew_session(instance.current(), token, int(LIFE.total_seconds()))


def availability(who: str | None, ids: list[str], barred: Iterable[str] = ()) -> dict[str, Any]:
    """For everyone or only some, and in either case not for whom is barred."""
    given = {"kind": ONLY, "include": rules(ids)} if who == ONLY else {"kind": EVERYONE}
    return {**given, "exclude": rules(barred)}


@blueprint.page("/catalogue/<app_key>/install", methods=("GET", "POST"), scope="installations:write", own_units=True)
def catalogue_install(actor: Actor, app_key: str) -> Any:
    with unit(actor.workspace_id, write=False):
        app = catalogue.listing(actor, app_key)
        released = catalogue.installable(actor, app_key)
        there = queries.live_installation(actor, app["id"])
    if released is None:
        raise NotFound()
    if there is not None:
        return go("installations_app", installation_id=there["id"])
    asked = consent(released.manifest, actor.locale)
    form = Decision(who=EVERYONE)
    declared = released.manifest.get("settings", {})
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            installation = _install(actor, app_key, form, asked, released.version_id, declared)
            if installation is not None:
                flash(gettext("%(app)s is installed.", app=app["name"]), "success")
                return go("installations_app", installation_id=installation["id"])
    # What is shown now is what a yes will be about.
    form.version.data = released.version_id
    with unit(actor.workspace_id, write=False):
        return form.page(
            "admin/catalogue/consent.html",
            app=app,
            groups=groups(actor, asked, chosen=ticked(asked)),
            picker=picker(actor, picked()),
            barred=picker(actor, picked(EXCLUDE), name=EXCLUDE),
            records=picker(actor, picked(RECORDS), name=RECORDS),
            unassigned="unassigned" in request.form,
            needs_password=must_prove((*asked.required, *asked.optional)),
            settings=setting_fields(declared, actor.locale, form.refusal),
            deny=here("catalogue_app", app_key=app_key),
        )


def _install(
    actor: Actor, app_key: str, form: Decision, asked: Consent, version_id: str, declared: Declared
) -> dict[str, Any] | None:
    """None when the app changed under the admin's eyes: a yes to something else is not a yes."""
    if form.version.data != version_id:
        flash(gettext(_CHANGED), "warning")
        return None
    granted = [*asked.required, *ticked(asked)]
    if is_sensitive(granted):
        prove(form.password.data)
    with unit(actor.workspace_id, write=True):
        return service.install(
            actor,
            app_key,
            granted_scopes=granted,
            availability_=availability(form.who.data, picked(), picked(EXCLUDE)),
            data_range_=_records(),
            settings=given_settings(declared),
        )


def _records() -> dict[str, Any] | None:
    """Whose records the app sees from its first request on; None is all, or as it was when it comes back."""
    ids, unassigned = picked(RECORDS), "unassigned" in request.form
    return {"kind": ONLY, "include": rules(ids), "unassigned": unassigned} if ids or unassigned else None
