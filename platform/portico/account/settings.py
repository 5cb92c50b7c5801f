"""What a person sets for themselves: language and zone, password, and where they are signed in."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext

from portico.account import forms
from portico.account.blueprint import blueprint
from portico.account.identity import origin, remember
from portico.account.identity import settings as instance
from portico.domains.identity import doors
from portico.domains.identity.service.sessions import LIFE
from portico.kernel import authn
from portico.kernel.authn import Login, Membership
from portico.kernel.text import N_
from portico.web.devices import device
from portico.web.language import LOCALES, known_locale, known_zone, zones
from portico.web.navigation import Entry
from portico.web.pages import renew_session

MENU = [
    Entry("account", N_("Portal"), "arrow-left", "portal.home", 1),
    Entry("account", N_("Your settings"), "user-round-cog", "account.settings", 10),
    Entry("account", N_("Security"), "lock-keyhole", "account.security", 20),
    Entry("account", N_("What can be seen about me"), "eye", "portal.seen", 27),
    Entry("account", N_("Your exports"), "download", "portal.exports", 28),
]


def frame(login: Login, *, unproven: bool = True) -> Membership | None:
    """The workspace around the settings: the one that the address names, else the first. None: there is none.

    It may ask for a second factor that the person lacks: on their own pages they get one. With `unproven=False`, for
    what they do in it, that raises TwoFactorRequired."""
    door = authn.door()
    slug = request.args.get("slug") or next((place.slug for place in door.places(login)), None)
    member = door.membership(login, slug, unproven=unproven) if slug else None
    g.member = member
    return member


def here(endpoint: str) -> str:
    """A page of the settings, in the workspace around this one."""
    return url_for(endpoint, slug=g.member.place.slug)


@blueprint.door("/account/settings", methods=("GET", "POST"), signed_in=True)
def settings(login: Login) -> Any:
    if frame(login) is None:
        return redirect(url_for("account.start"))
    form = forms.Preferences(locale=login.locale or "", timezone=login.timezone or "")
    form.locale.choices = [("", gettext("Like the browser")), *LOCALES.items()]
    form.timezone.choices = [("", gettext("Like the browser")), *((zone, zone) for zone in zones())]
    if form.validate_on_submit():
        locale = known_locale(form.locale.data)
        doors.set_preferences(login, locale=locale, timezone=known_zone(form.timezone.data))
        response = redirect(here("account.settings"))
        if locale:
            remember(response, "portico_locale", locale)
        else:
            response.delete_cookie("portico_locale", path="/")
        flash(gettext("Saved."), "success")
        return response
    return form.page("account/identity/settings.html", login=login)


@blueprint.door("/account/security", methods=("GET", "POST"), signed_in=True)
def security(login: Login) -> Any:
    if frame(login) is None:
        return redirect(url_for("account.start"))
    form = forms.ChangePassword()
    if form.validate_on_submit():
        with form.attempt():
            token = doors.change_password(login, form.current_password.data, form.new_password.data, origin())
            renew_session(instance(), token, int(LIFE.total_seconds()))
            flash(gettext("Your password is changed. Everywhere else you are signed out."), "success")
            return redirect(here("account.security"))
    sessions = [
        (row, device(row.user_agent), manner(row.methods), row.id == login.session_id) for row in doors.sessions(login)
    ]
    return form.page("account/identity/security.html", sessions=sessions, two_factor=login.two_factor)


@blueprint.door('/account/sessions/<id("ses"):session_id>/end', methods=("POST",), signed_in=True)
def end_session(login: Login, session_id: str) -> Any:
    frame(login)
    doors.end_session(login, session_id)
    flash(gettext("That session is over."), "success")
    return redirect(here("account.security"))


@blueprint.door("/account/sessions/end-others", methods=("POST",), signed_in=True)
def end_other_sessions(login: Login) -> Any:
    frame(login)
    doors.end_other_sessions(login)
    flash(gettext("Everywhere else you are signed out."), "success")
    return redirect(here("account.security"))


_MANNERS = {
    "pwd": N_("password"),
    "otp": N_("code"),
    "recovery": N_("recovery code"),
    "hwk": N_("passkey"),
    "swk": N_("passkey"),
}


def manner(methods: list[str]) -> str:
    """How somebody signed in, in words: password, then what came second."""
    words = [gettext(word) for method, word in _MANNERS.items() if method in methods]
    return " + ".join(dict.fromkeys(words))
