"""Personal tokens: for a person's own scripts, in one workspace, for a while, with chosen scopes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext, ngettext

from portico.account import forms
from portico.account.blueprint import blueprint
from portico.account.settings import frame, here
from portico.domains.identity import queries, service
from portico.kernel.actor import Actor
from portico.kernel.authn import Login
from portico.kernel.scopes import SCOPES, Scope
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web.navigation import Entry

MENU = [Entry("account", N_("Tokens"), "key-round", "account.tokens", 30)]
LIVES = (7, 30, 90, 365)  # days


def _scopes(actor: Actor) -> list[Scope]:
    """What this person may hand on, the harmless first."""
    order = {"read": 0, "write": 1, "sensitive": 2}
    return sorted((s for s in SCOPES if actor.may(s.name)), key=lambda s: (order[s.risk], s.name))


def _form(actor: Actor) -> forms.NewToken:
    form = forms.NewToken(days=30)
    form.days.choices = [(days, ngettext("%(num)s day", "%(num)s days", days)) for days in LIVES]
    form.scopes.choices = [(scope.name, scope.sentence) for scope in _scopes(actor)]
    return form


def _page(actor: Actor, form: forms.NewToken, secret: str | None = None) -> Any:
    with unit(actor.workspace_id, write=False):
        tokens = queries.tokens_of(actor)
    response = form.page("account/identity/tokens.html", tokens=tokens, scopes=_scopes(actor), secret=secret)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.door("/account/tokens", methods=("GET", "POST"), signed_in=True)
def tokens(login: Login) -> Any:
    """The list, and a new one: its value stands in the answer to the POST and nowhere else."""
    member = frame(login, unproven=False)
    if member is None:
        return redirect(url_for("account.start"))
    form = _form(member.actor)
    if not form.validate_on_submit():
        return _page(member.actor, form)
    secret = None
    with form.attempt(), unit(member.actor.workspace_id, write=True):
        secret = service.create_token(
            member.actor, name=form.name.data, scopes=form.scopes.data, life=timedelta(days=form.days.data)
        )
    return _page(member.actor, form, secret)


@blueprint.door('/account/tokens/<id("ptk"):token_id>/revoke', methods=("POST",), signed_in=True)
def revoke_token(login: Login, token_id: str) -> Any:
    member = frame(login, unproven=False)
    if member is None:
        return redirect(url_for("account.start"))
    with unit(member.actor.workspace_id, write=True):
        service.revoke_token(member.actor, token_id)
    flash(gettext("The token is revoked. Scripts that use it are refused from now on."), "success")
    return redirect(here("account.tokens"))
