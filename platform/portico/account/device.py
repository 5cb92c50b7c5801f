"""`/account/device`: the person types in the code that a device shows, sees who asks, and decides (RFC 8628)."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import get_locale, gettext

from portico.account.blueprint import blueprint
from portico.account.oauth_words import client_name, consent_groups
from portico.domains.oauth import consenting, device
from portico.domains.oauth.consenting import Door
from portico.domains.oauth.device import PendingDevice
from portico.kernel import authn
from portico.kernel.authn import Login
from portico.kernel.errors import Conflict, Forbidden
from portico.kernel.text import N_


@blueprint.door("/account/device", methods=("GET", "POST"), signed_in=True, endpoint="device")
def verify(login: Login) -> Any:
    """A link may carry the code (`verification_uri_complete`): it fills in the field, and nothing more."""
    if request.method == "GET":
        return _entry(request.args.get("user_code", "")[:20])
    typed = request.form.get("user_code", "")[:40]
    pending = device.look_up(login, typed)
    if pending is None:
        return _entry(
            typed, gettext("No device waits with this code. Look at it again; it is good for ten minutes.")
        ), 422
    return _step(login, pending.within(request.form.get("workspace")))


def _entry(user_code: str, error: str | None = None) -> str:
    return render_template("account/oauth/device.html", user_code=user_code, error=error)


def _step(login: Login, pending: PendingDevice) -> Any:
    doors, why = consenting.open_doors(login, pending.asked)
    name = client_name(pending.asked)
    if why is not None:
        text = gettext("%(app)s cannot act for you here. Ask an admin of your workspace.", app=name)
        return _entry(pending.user_code, text), 403
    if len(doors) > 1:
        return render_template("account/oauth/device_where.html", app=name, doors=doors, pending=pending, login=login)
    return _in_workspace(login, pending, doors[0])


def _in_workspace(login: Login, pending: PendingDevice, door: Door) -> Any:
    scopes = consenting.grantable(pending.asked, door)
    member = authn.door().membership(login, door.slug)
    if member is None or not scopes:
        text = gettext("Your role includes nothing of what the app asks for.")
        return _entry(pending.user_code, text), 403
    decision = request.form.get("decision")
    if decision is None:
        return _confirm(login, pending, door, scopes)
    if not consenting.is_proven(request.form.get("consent"), pending.asked, login, door):
        raise Forbidden(N_("This answer belongs to another request, or it came too late. Go back to the app."))
    if decision == "allow" and request.form.get("scopes") != " ".join(scopes):
        return _confirm(login, pending, door, scopes)
    return _decided(login, pending, door, member.actor, scopes, decision)


def _decided(
    login: Login, pending: PendingDevice, door: Door, actor: Any, scopes: tuple[str, ...], decision: str
) -> Any:
    try:
        if decision == "allow":
            device.allow(pending, actor, door, scopes, login)
        else:
            device.deny(pending)
    except Conflict:
        return _entry("", gettext("This code was decided already, or its time is over.")), 409
    return render_template(
        "account/oauth/device_done.html", app=client_name(pending.asked), allowed=decision == "allow"
    )


def _confirm(login: Login, pending: PendingDevice, door: Door, scopes: tuple[str, ...]) -> str:
    client = pending.asked.client
    return render_template(
        "account/oauth/device_confirm.html",
        app=client_name(pending.asked),
        client=client,
        door=door,
        login=login,
        pending=pending,
        groups=consent_groups(client, scopes, frozenset(), str(get_locale() or "en")),
        proof=consenting.consent_proof(pending.asked, login, door),
        scopes=" ".join(scopes),
    )
