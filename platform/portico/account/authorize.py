"""`/oauth/authorize`: an app asks to act in a person's name, and the person decides.

The request is read whole before anybody is asked to sign in. A yes is bound to the sign-in, the workspace and the very
request; what goes back to the app is a 303 (RFC 9700 section 4.12).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import g, redirect, render_template, request, url_for
from flask_babel import get_locale

from portico.account.blueprint import blueprint
from portico.account.oauth_words import client_name, consent_groups, refusal_page
from portico.domains.oauth import authorizing, consenting
from portico.domains.oauth.authorizing import AGAIN, AuthorizationRequest, Redirected
from portico.domains.oauth.consenting import Door
from portico.kernel import authn
from portico.kernel.actor import Actor
from portico.kernel.authn import Login
from portico.kernel.errors import Forbidden, Malformed
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit

PATH = "/oauth/authorize"


@blueprint.before_request
def let_forms_lead_to_the_app() -> None:
    """After a sign-in the way may lead through here straight to the app, which the browser must allow the form."""
    target = urlsplit(request.args.get("next", ""))
    if target.path == PATH:
        try:
            asked = authorizing.read(parse_qsl(target.query, keep_blank_values=True))
        except (Malformed, Redirected) as refusal:
            address = refusal.location if isinstance(refusal, Redirected) else None
        else:
            address = asked.redirect_uri
        _allow_form_to(address)


def _allow_form_to(address: str | None) -> None:
    if address is not None:
        g.form_action = f"'self' {authorizing.origin_of(address)}"


@blueprint.door(PATH, methods=("GET", "POST"))
def authorize(login: Login | None) -> Any:
    try:
        asked = authorizing.read(request.args.items(multi=True))
        _allow_form_to(asked.redirect_uri)
        return _step(asked, login)
    except Redirected as answer:
        return redirect(answer.location, 303)


def _step(asked: AuthorizationRequest, login: Login | None) -> Any:
    """The next thing that is missing: a sign-in, a workspace, a yes."""
    silent = "none" in asked.prompts
    if login is None:
        if silent:
            raise asked.refused("login_required", "Nobody is signed in.")
        return _to_sign_in(asked)
    auth_time = consenting.signed_in_at(login)
    if consenting.too_old(asked, auth_time, request.args.get(AGAIN)):
        if silent:
            raise asked.refused("login_required", "The sign-in is too old.")
        return _to_sign_in(asked, again=True)
    doors, why = consenting.open_doors(login, asked)
    if why is not None:
        if silent:
            raise asked.refused("access_denied", "The person cannot use this app.")
        return refusal_page(asked, why)
    if len(doors) > 1 or ("select_account" in asked.prompts and asked.workspace is None):
        if silent:
            raise asked.refused("account_selection_required", "The person has to choose a workspace.")
        return _choice(asked, doors, login)
    return _in_workspace(asked, login, doors[0], auth_time)


def _to_sign_in(asked: AuthorizationRequest, *, again: bool = False) -> Any:
    if not again:
        return redirect(url_for("account.sign_in", next=request.full_path), 303)
    mark = consenting.again_mark(asked)
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != AGAIN]
    target = url_for("account.authorize") + "?" + authorizing.query([*pairs, (AGAIN, mark)])
    return redirect(url_for("account.sign_in", next=target, again=1), 303)


def _choice(asked: AuthorizationRequest, doors: Sequence[Door], login: Login) -> Any:
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "workspace"]
    ways = [(door, f"{PATH}?{authorizing.query([*pairs, ('workspace', door.slug)])}") for door in doors]
    deny = asked.location(error="access_denied")
    return render_template(
        "account/oauth/choose.html", app=client_name(asked), ways=ways, login=login, deny=deny, host=asked.host
    )


def _in_workspace(asked: AuthorizationRequest, login: Login, door: Door, auth_time: datetime) -> Any:
    member = authn.door().membership(login, door.slug)
    if member is None:
        return refusal_page(asked, "elsewhere")
    scopes = consenting.grantable(asked, door)
    if not scopes:
        if "none" in asked.prompts:
            raise asked.refused("access_denied", "The person's role includes none of this.")
        return refusal_page(asked, "nothing_left")
    if request.method == "POST":
        return _decided(asked, member.actor, login, door, scopes, auth_time)
    with unit(door.workspace_id, write=False):
        ask = consenting.must_ask(asked, member.actor, scopes)
        before = consenting.already_allowed(asked, member.actor)
    if not ask:
        return _allowed(asked, member.actor, login, door, scopes, auth_time)
    if "none" in asked.prompts:
        raise asked.refused("consent_required", "The person has to be asked.")
    return _consent_page(asked, login, door, scopes, before)


def _decided(
    asked: AuthorizationRequest, actor: Actor, login: Login, door: Door, scopes: Sequence[str], auth_time: datetime
) -> Any:
    if not consenting.is_proven(request.form.get("consent"), asked, login, door):
        raise Forbidden(N_("This answer belongs to another request, or it came too late. Go back to the app."))
    if request.form.get("decision") != "allow":
        raise asked.refused("access_denied", "The person said no.")
    if request.form.get("scopes") != " ".join(scopes):
        # What can be allowed changed while the person read: a yes to something else is not a yes.
        return redirect(request.full_path, 303)
    return _allowed(asked, actor, login, door, scopes, auth_time)


def _allowed(
    asked: AuthorizationRequest, actor: Actor, login: Login, door: Door, scopes: Sequence[str], auth_time: datetime
) -> Any:
    with unit(door.workspace_id, write=True):
        code = consenting.allow(asked, actor, door, scopes, login, auth_time)
    return redirect(asked.location(code=code), 303)


def _consent_page(
    asked: AuthorizationRequest, login: Login, door: Door, scopes: Sequence[str], before: frozenset[str]
) -> Any:
    client = asked.client
    left_out = [scope for scope in asked.scopes if scope not in scopes]
    fresh = [scope for scope in scopes if scope not in before]
    known = [scope for scope in scopes if scope in before] if fresh else []
    words = partial(consent_groups, client, locale=str(get_locale() or "en"))
    return render_template(
        "account/oauth/consent.html",
        app=client_name(asked),
        client=client,
        door=door,
        login=login,
        groups=words(fresh or scopes, before),
        known=words(known, frozenset()),
        left_out=words(left_out, frozenset()),
        host=asked.host,
        proof=consenting.consent_proof(asked, login, door),
        scopes=" ".join(scopes),
        other=url_for("account.sign_in", next=request.full_path, again=1),
    )
