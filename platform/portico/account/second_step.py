"""The second step of a sign-in, a passkey instead of a password, and proving once more who one is.

Codes need no script. A passkey does: the page fetches a challenge, and the answer comes back as a form.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext

from portico.account import forms
from portico.account.blueprint import blueprint
from portico.account.identity import enter, origin, second_cookie, settings
from portico.domains.identity import second_steps
from portico.domains.identity.errors import SecondStepOver
from portico.domains.identity.service import passkeys
from portico.domains.identity.service.sessions import LIFE
from portico.kernel.authn import Login
from portico.web.pages import renew_session, safe_next


def _target() -> str | None:
    return safe_next(request.args.get("next"))


def _token() -> str:
    return request.cookies.get(second_cookie(), "")


def as_json(options: str) -> Response:
    return Response(options, mimetype="application/json")


def _enter(token: str) -> Any:
    response = enter(token, _target() or url_for("account.start"))
    response.delete_cookie(second_cookie(), path="/", secure=settings().secure_cookies, httponly=True)
    return response


@blueprint.door("/sign-in/second", methods=("GET", "POST"))
def second_step(login: Login | None) -> Any:
    try:
        step = second_steps.waiting(_token())
    except SecondStepOver:
        flash(gettext(SecondStepOver.title), "warning")
        return redirect(url_for("account.sign_in", next=_target()))
    form = forms.SecondStep()
    if form.validate_on_submit():
        with form.attempt():
            if form.credential.data:
                return _enter(second_steps.finish_with_passkey(_token(), form.credential.data, origin()))
            return _enter(second_steps.finish_with_code(_token(), form.code.data, origin()))
    return form.page("account/identity/second_step.html", step=step, next=_target(), passkeys=passkeys.possible())


@blueprint.door("/sign-in/second/challenge", methods=("POST",))
def second_step_challenge(login: Login | None) -> Any:
    return as_json(second_steps.passkey_options(_token()))


@blueprint.door("/sign-in/passkey", methods=("POST",))
def sign_in_passkey(login: Login | None) -> Any:
    """The answer of a passkey that the person picked at the door."""
    return _or_back(partial(second_steps.sign_in_with_passkey, request.form.get("credential", ""), origin()))


def _or_back(door: Callable[[], str]) -> Any:
    form = forms.Passkey()
    with form.attempt():
        return _enter(door())
    for message in form.form_errors:
        flash(message, "error")
    return redirect(url_for("account.sign_in", next=_target()))


@blueprint.door("/sign-in/passkey/challenge", methods=("POST",))
def sign_in_passkey_challenge(login: Login | None) -> Any:
    return as_json(second_steps.anybody_options())


# --- once more --------------------------------------------------------------------------------------------------------


def renewed(token: str | None) -> None:
    """The browser gets the token that its session has from now on."""
    if token is not None:
        renew_session(settings(), token, int(LIFE.total_seconds()))


def ask_again(target: str) -> Any:
    return redirect(url_for("account.again", next=target))


@blueprint.door("/account/again", methods=("GET", "POST"), signed_in=True)
def again(login: Login) -> Any:
    """Before something grave: is it still you? Good for ten minutes."""
    target = _target() or url_for("account.start")
    form = forms.Again()
    if form.validate_on_submit():
        with form.attempt():
            if form.credential.data:
                renewed(second_steps.reauthenticate_with_passkey(login, form.credential.data, origin()))
            else:
                renewed(second_steps.reauthenticate(login, form.password.data or "", origin()))
            return redirect(target, 303)
    if second_steps.is_fresh(login):
        return redirect(target)
    ways = second_steps.of(login)
    return form.page("account/identity/again.html", ways=ways, next=target, login=login, passkeys=passkeys.possible())


@blueprint.door("/account/again/challenge", methods=("POST",), signed_in=True)
def again_challenge(login: Login) -> Any:
    return as_json(second_steps.again_options(login))
