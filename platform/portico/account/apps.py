"""Apps and access: what each app may do in a person's name, when it last did, and an end to it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext

from portico.account.blueprint import blueprint
from portico.account.oauth_words import consent_groups, shown_name
from portico.account.settings import frame, here
from portico.domains.oauth import queries, service
from portico.domains.oauth.registered import RegisteredClient, find_client
from portico.kernel.authn import Login
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web.navigation import Entry

MENU = [Entry("account", N_("Apps and access"), "shield-check", "account.apps", 25)]


@blueprint.door("/account/apps", signed_in=True)
def apps(login: Login) -> Any:
    member = frame(login, unproven=False)
    if member is None:
        return redirect(url_for("account.start"))
    with unit(member.actor.workspace_id, write=False):
        rows = sorted(queries.own_grants(member.actor), key=lambda row: row.client_id)
    grouped = [(client_id, list(grants)) for client_id, grants in groupby(rows, key=lambda row: row.client_id)]
    shown = [_shown(find_client(client_id), client_id, grants) for client_id, grants in grouped]
    return render_template("account/oauth/apps.html", apps=sorted(shown, key=lambda app: app["name"].casefold()))


def _shown(client: RegisteredClient | None, client_id: str, grants: list[Any]) -> dict[str, Any]:
    """All grants of one app as one: a person thinks of the app, not of the devices on which they signed in to it."""
    known = client or RegisteredClient(client_id, gettext("An app that is gone"), True, ())
    scopes = sorted({scope for row in grants for scope in row.scopes})
    used = [row.last_used_at for row in grants if row.last_used_at is not None]
    return {
        "client_id": client_id,
        "name": shown_name(known.name),
        "key": known.app_key or client_id,
        "icon": known.icon,
        "publisher": known.publisher,
        "since": min(row.created_at for row in grants),
        "last_used_at": max(used, default=None),
        "count": len(grants),
        "groups": consent_groups(known, scopes, frozenset(), str(get_locale() or "en")),
    }


@blueprint.door("/account/apps/revoke", methods=("POST",), signed_in=True)
def revoke_app(login: Login) -> Any:
    member = frame(login, unproven=False)
    if member is None:
        return redirect(url_for("account.start"))
    with unit(member.actor.workspace_id, write=True):
        service.revoke_client(member.actor, request.form.get("client_id", ""))
    flash(gettext("The access is revoked. The app is refused from now on."), "success")
    return redirect(here("account.apps"))
