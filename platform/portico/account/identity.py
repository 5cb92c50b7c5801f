"""Coming in and going out: the start page, sign-in, first set-up, forgotten passwords, theme and language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from portico.account import demo, forms
from portico.account.blueprint import blueprint
from portico.domains.files import logos
from portico.domains.identity import doors
from portico.domains.identity.service import passkeys
from portico.domains.identity.service.sessions import LIFE, SECOND_STEP_LIFE
from portico.kernel import authn, blobs
from portico.kernel.authn import Login
from portico.kernel.errors import NotFound, invalid
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.settings import Settings
from portico.web.downloads import Download, picture_response
from portico.web.language import known_locale
from portico.web.pages import end_session, safe_next, start_session

YEAR = 365 * 24 * 3600
_DAY = 86_400


def settings() -> Settings:
    found: Settings = current_app.extensions["portico_settings"]
    return found


def origin() -> doors.Origin:
    return doors.Origin(request.remote_addr or "", request.user_agent.string)


def remember(response: Any, name: str, value: str) -> None:
    """Keep a preference in this browser; scripts read the theme."""
    response.set_cookie(name, value, max_age=YEAR, secure=settings().secure_cookies, samesite="Lax", path="/")


def enter(token: str, target: str) -> Any:
    """Hand the browser its session and go on; the person's own language comes along."""
    # 303: what follows a password is a GET, whatever the browser (RFC 9700 section 4.12).
    response = redirect(target, 303)
    start_session(response, settings(), token, int(LIFE.total_seconds()))
    login = authn.door().login(token)
    if login is not None and login.locale:
        remember(response, "portico_locale", login.locale)
    return response


def second_cookie() -> str:
    return "__Host-portico_second" if settings().secure_cookies else "portico_second"


def enter_by(door: Callable[[], str], target: str, back: str | None = None, done: str | None = None) -> Any:
    """Come in through a door and hear that it is `done`, or go on to the second step; `back` is where that leads, when
    the door waits for it."""
    try:
        token = door()
    except doors.SecondStepNeeded as step:
        response = redirect(url_for("account.second_step", next=back or target), 303)
        set_second_cookie(response, step.token, int(SECOND_STEP_LIFE.total_seconds()))
        return response
    entered = enter(token, target)
    if done is not None:
        flash(done, "success")
    return entered


def set_second_cookie(response: Any, token: str, seconds: int) -> None:
    """No session: only the page of the second step reads it."""
    response.set_cookie(
        second_cookie(),
        token,
        max_age=seconds,
        secure=settings().secure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def confidential(response: Any) -> Any:
    """A page whose address holds a one-time token: the address goes nowhere and is not kept."""
    made = make_response(response)
    made.headers["Referrer-Policy"] = "no-referrer"
    return made


@blueprint.door("/")
def start(login: Login | None) -> Any:
    """Home: the one workspace, or the choice among several."""
    if login is None:
        if demo.accounts(settings()):
            return render_template("account/identity/welcome.html", doors=demo.DOORS)
        return redirect(url_for("account.sign_in"))
    places = authn.door().places(login)
    if len(places) == 1:
        return redirect(url_for("portal.home", slug=places[0].slug))
    return render_template("account/identity/workspaces.html", places=places, login=login)


@blueprint.door("/sign-in", methods=("GET", "POST"))
def sign_in(login: Login | None) -> Any:
    target = safe_next(request.args.get("next"))
    if login is not None and request.method == "GET" and "again" not in request.args:
        return redirect(target or url_for("account.start"))
    form = forms.SignIn()
    if form.validate_on_submit():
        with form.attempt():
            return enter_by(
                lambda: doors.sign_in(form.email.data, form.password.data, origin()),
                target or url_for("account.start"),
            )
    return form.page(
        "account/identity/sign_in.html",
        next=target,
        place=_place_of(target),
        accounts=demo.accounts(settings()),
        passkeys=passkeys.possible(),
    )


_IN_A_WORKSPACE = re.compile(r"/w/([a-z0-9-]{1,100})(?:[/?]|$)")


def _place_of(target: str | None) -> dict[str, Any] | None:
    """The workspace that somebody is on their way to: its name and logo, if it has a logo to be known by."""
    found = _IN_A_WORKSPACE.match(target or "")
    row = doors.workspace_at(found[1]) if found else None
    if row is None or row.logo_id is None:
        return None
    return {"name": row.name, "logo": url_for("account.logo", slug=row.slug, attachment_id=row.logo_id)}


@blueprint.door('/account/logos/<slug>/<id("att"):attachment_id>')
def logo(login: Login | None, slug: str, attachment_id: str) -> Any:
    """A new logo has a new address, so this one may be kept for a day."""
    row = doors.workspace_at(slug)
    if row is None or row.logo_id != attachment_id:
        raise NotFound()
    with unit(row.id, write=False):
        found = logos.shown_at_the_door(row.id, attachment_id)
    return picture_response(Download(blobs.store().read(found.place), "logo", found.type, found.size), seconds=_DAY)


@blueprint.door("/sign-in/demo", methods=("POST",))
def sign_in_demo(login: Login | None) -> Any:
    """One click into the demo; nothing of this exists in another mode."""
    account = next((a for a in demo.accounts(settings()) if a.key == request.form.get("account")), None)
    if account is None:
        raise NotFound()
    return enter_by(
        lambda: doors.sign_in(account.email, account.password, origin()),
        safe_next(request.args.get("next")) or url_for("account.start"),
    )


@blueprint.door("/sign-in/welcome", methods=("POST",))
def welcome(login: Login | None) -> Any:
    """Through one of the three doors of the demo: signed in as the right person, with the guide before them."""
    chosen = next((one for one in demo.DOORS if one.kind == request.form.get("door")), None)
    account = next((a for a in demo.accounts(settings()) if chosen and a.key == chosen.account), None)
    if chosen is None or account is None:
        raise NotFound()
    try:
        token = doors.sign_in(account.email, account.password, origin())
    except doors.SecondStepNeeded:
        return redirect(url_for("account.sign_in"), 303)
    person = authn.door().login(token)
    slug = doors.guide_in(person, chosen.kind) if person is not None else None
    return enter(token, url_for(chosen.endpoint, slug=slug) if slug else url_for("account.start"))


@blueprint.door("/sign-out", methods=("POST",))
def sign_out(login: Login | None) -> Any:
    if login is not None:
        doors.sign_out(login)
    response = redirect(url_for("account.sign_in"))
    end_session(response, settings())
    return response


@blueprint.door("/account/setup/<token>", methods=("GET", "POST"))
def set_up(login: Login | None, token: str) -> Any:
    """The first owner of a new workspace comes through a one-time link."""
    workspace = doors.waiting_workspace(token)
    form = forms.SetUp(workspace_name=workspace.name)
    if login is not None:
        del form.display_name, form.email, form.password
    if form.validate_on_submit():
        home = url_for("portal.home", slug=workspace.slug)
        with form.attempt():
            done = gettext("Welcome. The workspace is yours.")
            if login is None:
                return enter_by(lambda: _set_up(token, form), home, back=request.path, done=done)
            doors.set_up_as(login, token, workspace_name=form.workspace_name.data)
            flash(done, "success")
            return redirect(home)
    return confidential(form.page("account/identity/set_up.html", login=login))


def _set_up(token: str, form: forms.SetUp) -> str:
    return doors.set_up(
        token,
        workspace_name=form.workspace_name.data,
        display_name=form.display_name.data,
        email=form.email.data,
        password=form.password.data,
        origin=origin(),
    )


@blueprint.door("/account/forgot", methods=("GET", "POST"))
def forgot(login: Login | None) -> Any:
    """Says the same whether or not the address has a login."""
    form = forms.Forgot()
    if form.validate_on_submit():
        doors.ask_for_reset(form.email.data, origin())
        return redirect(url_for("account.forgot", sent=1))
    return form.page("account/identity/forgot.html", sent="sent" in request.args)


@blueprint.door("/account/reset/<token>", methods=("GET", "POST"))
def reset(login: Login | None, token: str) -> Any:
    doors.require_open_reset(token)
    form = forms.NewPassword()
    if form.validate_on_submit():
        with form.attempt():
            doors.reset_password(token, form.password.data)
            flash(gettext("Your password is changed. Sign in with it."), "success")
            return redirect(url_for("account.sign_in"))
    return confidential(form.page("account/identity/reset.html"))


@blueprint.door("/account/preferences", methods=("POST",))
def preferences(login: Login | None) -> Any:
    """Theme and language, in this browser and, for the language, for the person's other ones."""
    theme, locale = request.form.get("theme"), known_locale(request.form.get("locale"))
    if theme not in ("light", "dark", "auto", None) or ("locale" in request.form and locale is None):
        raise invalid("/theme", "choice", N_("There is no such theme or language."))
    if login is not None and locale is not None:
        doors.set_preferences(login, locale=locale, timezone=login.timezone)
    response: Any = Response(status=204)
    if request.accept_mimetypes.best != "application/json":
        response = redirect(safe_next(request.form.get("next")) or url_for("account.start"))
    if theme is not None:
        remember(response, "portico_theme", theme)
    if locale is not None:
        remember(response, "portico_locale", locale)
    return response
