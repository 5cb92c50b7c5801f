"""Reactions of the authorization server."""

from __future__ import annotations

from typing import Any

from portico.domains.oauth import service
from portico.kernel import authn, jobs
from portico.kernel.actor import Actor
from portico.kernel.events import on


@on("app.uninstalled")
def end_tokens(actor: Actor, event: dict[str, Any]) -> None:
    installation_id = event["data"]["id"]
    service.revoke_tokens_of(actor, installation_id)
    service.end_grants_of_installation(actor, installation_id)


@on("member.left")
def end_grants(actor: Actor, event: dict[str, Any]) -> None:
    """Leaving and being suspended both end the membership."""
    service.end_grants_of_member(actor, event["data"]["id"])


@on("oauth_grant.replayed")
def warn_admins(actor: Actor, event: dict[str, Any]) -> None:
    """A spent code or token that comes again may be in strange hands: who runs the company has to know."""
    jobs.enqueue(actor, "oauth.warn_of_replay", grant_id=event["data"]["id"])


authn.on_credentials_changed(service.end_grants_of_user)
authn.on_sign_in_ended(service.tell_apps)


@on("app.installed")
def make_signing_key(actor: Actor, event: dict[str, Any]) -> None:
    """Before the first panel opens, so that reading `/oauth/jwks` never has to write."""
    service.ensure_signing_key()
