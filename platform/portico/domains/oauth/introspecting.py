"""Introspection (RFC 7662): a client asks about its own tokens. Of all others it hears that they are not active."""

from __future__ import annotations

from typing import Any

from portico import settings
from portico.domains.oauth import queries
from portico.domains.oauth.power import power_of, shown
from portico.domains.oauth.readers import read_installation_token, refuse_dead
from portico.kernel import secrets
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import system_unit

_REASON = "oauth: what is true of a token of the client"

INACTIVE: dict[str, Any] = {"active": False}


def introspect(client_id: str, token: str) -> dict[str, Any]:
    """What is true of a token now. It opens its units itself, as authentication does."""
    if not secrets.well_formed(token):
        return INACTIVE
    digest, reader = secrets.digest(token), _READERS.get(token[:4])
    try:
        found = reader(client_id, digest) if reader is not None else None
    except Refusal:
        found = None
    return INACTIVE if found is None else {"active": True, "iss": settings.current().public_url, **found}


def _user_token(client_id: str, digest: str) -> dict[str, Any] | None:
    with system_unit(_REASON):
        row = queries.settle(queries.user_token(digest))
    if row is None or row.client_id != client_id:
        return None
    refuse_dead(row)
    scopes = shown(row.token_scopes, power_of(row, row.token_scopes))
    return {**_about(row, scopes), "token_type": "Bearer", "aud": row.token_resource or settings.current().public_url}


def _refresh_token(client_id: str, digest: str) -> dict[str, Any] | None:
    with system_unit(_REASON):
        row = queries.refresh_token(digest)
    if row is None or row.client_id != client_id or row.spent_at is not None:
        return None
    refuse_dead(row)
    return _about(row, shown(row.scopes, power_of(row)))


def _about(row: Any, scopes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "client_id": row.client_id,
        "sub": row.employee_id,
        "scope": " ".join(scopes),
        "workspace_id": row.workspace_id,
        "installation_id": row.installation_id,
        "iat": int(row.token_created_at.timestamp()),
        "exp": int(row.token_expires_at.timestamp()),
        "auth_time": int(row.auth_time.timestamp()),
    }


def _installation_token(client_id: str, digest: str) -> dict[str, Any] | None:
    actor = read_installation_token(digest)
    if actor.app_id != client_id:
        return None
    with system_unit(_REASON):
        expires_at = queries.expiry_of(digest)
    return {
        "client_id": client_id,
        "sub": actor.installation_id,
        "scope": " ".join(sorted(actor.scopes)),
        "token_type": "Bearer",
        "aud": settings.current().public_url,
        "workspace_id": actor.workspace_id,
        "installation_id": actor.installation_id,
        "exp": int(expires_at.timestamp()) if expires_at is not None else None,
    }


_READERS = {"ptu_": _user_token, "ptr_": _refresh_token, "pti_": _installation_token}
