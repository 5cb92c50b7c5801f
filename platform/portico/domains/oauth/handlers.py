"""Reactions of the authorization server."""

from __future__ import annotations

from typing import Any

from portico.domains.oauth import service
from portico.kernel.actor import Actor
from portico.kernel.events import on


@on("app.uninstalled")
def end_tokens(actor: Actor, event: dict[str, Any]) -> None:
    service.revoke_tokens_of(actor, event["data"]["id"])


@on("app.installed")
def make_signing_key(actor: Actor, event: dict[str, Any]) -> None:
    """Before the first panel opens, so that reading `/oauth/jwks` never has to write."""
    service.ensure_signing_key()
