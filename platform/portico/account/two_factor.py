"""Two-factor sign-in: an authenticator app, passkeys, recovery codes. Each change asks who it is, unless just asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import segno
from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from portico.account import forms
from portico.account.blueprint import blueprint
from portico.account.second_step import as_json, ask_again, renewed
from portico.account.settings import frame
from portico.domains.identity import queries, second_steps
from portico.domains.identity.second_steps import Changed
from portico.domains.identity.service import passkeys
from portico.kernel.authn import Login
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web.forms import Form
from portico.web.navigation import Entry
from portico.web.pages import safe_next

MENU = [Entry("account", N_("Two-factor sign-in"), "fingerprint-pattern", "account.two_factor", 22)]


def _here(**more: Any) -> str:
    slug = g.member.place.slug if g.get("member") else None
    return url_for("account.two_factor", slug=slug, next=safe_next(request.args.get("next")), **more)


def _asked_by(login: Login) -> str | None:
    """The workspace around this page, if it asks for a factor that is not there yet."""
    if login.two_factor or g.member is None:
        return None
    actor = g.member.actor
    with unit(actor.workspace_id, write=False):
        policy = queries.workspace(actor.workspace_id).two_factor
    return g.member.place.name if queries.is_asked_of(policy, actor.role or "") else None


@blueprint.door("/account/two-factor", signed_in=True)
def two_factor(login: Login) -> Any:
    if frame(login) is None:
        return redirect(url_for("account.start"))
    return _page(login, Form())


def _page(login: Login, form: Form, codes: list[str] | None = None) -> Any:
    """The recovery codes stand in the answer to the POST that made them and nowhere else."""
    return form.page(
        "account/identity/two_factor.html",
        ways=second_steps.of(login),
        asked_by=_asked_by(login) if not codes else None,
        possible=passkeys.possible(),
        fresh=second_steps.is_fresh(login) or bool(codes),
        codes=codes or [],
        here=_here(),
        onward=safe_next(request.args.get("next")),
        slug=g.member.place.slug if g.member else None,
    )


def _change(login: Login, work: Callable[[], Changed], done: str) -> Any:
    """Do what changes the factors, show new recovery codes, or say why not."""
    if frame(login) is None:
        return redirect(url_for("account.start"))
    if not second_steps.is_fresh(login):
        return ask_again(_here())
    form = Form()
    with form.attempt():
        changed = work()
        renewed(changed.session_token)
        flash(done, "success")
        return _page(login, Form(), changed.recovery_codes) if changed.recovery_codes else redirect(_here(), 303)
    for message in form.form_errors:
        flash(message, "error")
    return redirect(_here(), 303)


@blueprint.door("/account/two-factor/app", methods=("GET", "POST"), signed_in=True)
def two_factor_app(login: Login) -> Any:
    """A secret as QR code and as text; it counts once a code of it was typed."""
    member = frame(login)
    if member is None:
        return redirect(url_for("account.start"))
    slug = member.place.slug
    onward = safe_next(request.args.get("next"))
    if not second_steps.is_fresh(login):
        return ask_again(url_for("account.two_factor_app", slug=slug, next=onward))
    form = forms.NewTotp()
    secret = second_steps.opened_secret(login, form.offered.data) if form.offered.data else None
    if secret is not None and form.validate_on_submit():
        with form.attempt():
            changed = second_steps.turn_on_totp(login, secret, form.code.data)
            renewed(changed.session_token)
            flash(gettext("The authenticator app is set up. Everywhere else you are signed out."), "success")
            return _page(login, Form(), changed.recovery_codes) if changed.recovery_codes else redirect(_here(), 303)
    if secret is None:
        secret, form.offered.data = second_steps.offered_secret(login)
    return form.page(
        "account/identity/two_factor_app.html",
        picture=qr(second_steps.enrolment_uri(login, secret)),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        here=_here(),
    )


def qr(text: str) -> Markup:
    """As an SVG within the page: the content policy allows no other origin, and no file ever holds the secret."""
    picture = segno.make(text, error="m", micro=False)
    drawn: str = picture.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704 - drawn by the library out of squares, no text of anybody is in it


@blueprint.door("/account/two-factor/app/remove", methods=("POST",), signed_in=True)
def two_factor_app_remove(login: Login) -> Any:
    return _change(login, partial(second_steps.turn_off_totp, login), gettext("The authenticator app is removed."))


@blueprint.door("/account/two-factor/passkeys", methods=("POST",), signed_in=True)
def two_factor_passkey_add(login: Login) -> Any:
    name, answer = request.form.get("name", ""), request.form.get("credential", "")
    done = gettext("The passkey is added. Everywhere else you are signed out.")
    return _change(login, partial(second_steps.add_passkey, login, name, answer), done)


@blueprint.door("/account/two-factor/passkeys/challenge", methods=("POST",), signed_in=True)
def two_factor_passkey_challenge(login: Login) -> Any:
    return as_json(second_steps.registration_options(login))


@blueprint.door('/account/two-factor/passkeys/<id("pky"):passkey_id>/rename', methods=("POST",), signed_in=True)
def two_factor_passkey_rename(login: Login, passkey_id: str) -> Any:
    if frame(login) is None:
        return redirect(url_for("account.start"))
    second_steps.rename_passkey(login, passkey_id, request.form.get("name", ""))
    flash(gettext("Saved."), "success")
    return redirect(_here(), 303)


@blueprint.door('/account/two-factor/passkeys/<id("pky"):passkey_id>/remove', methods=("POST",), signed_in=True)
def two_factor_passkey_remove(login: Login, passkey_id: str) -> Any:
    work = partial(second_steps.remove_passkey, login, passkey_id)
    return _change(login, work, gettext("The passkey is removed."))


@blueprint.door("/account/two-factor/codes", methods=("POST",), signed_in=True)
def two_factor_codes(login: Login) -> Any:
    work = partial(second_steps.renew_recovery_codes, login)
    return _change(login, work, gettext("These are your new recovery codes; the old ones are dead."))


@blueprint.door("/account/two-factor/off", methods=("POST",), signed_in=True)
def two_factor_off(login: Login) -> Any:
    done = gettext("Two-factor sign-in is off. The password alone opens your login.")
    return _change(login, partial(second_steps.turn_off, login), done)
