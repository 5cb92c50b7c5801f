"""How an installation token becomes an actor."""

from __future__ import annotations

from typing import Any

from portico.domains.catalogue import manifests
from portico.domains.oauth import queries
from portico.kernel import authn, clock
from portico.kernel.actor import Actor
from portico.kernel.authn import InstallationSuspended, TokenExpired, TokenInvalid, TokenRevoked
from portico.kernel.unit_of_work import system_unit


@authn.reads_tokens("pti_")
def read_installation_token(digest: str) -> Actor:
    """The app in one workspace. Its power is what the released manifest asks for, the workspace granted, and the
    token was narrowed to: computed now, so that any cut bites at once."""
    with system_unit("authentication: an installation token by its digest"):
        row = queries.token_with_power(digest)
    if row is None:
        raise TokenInvalid()
    if row.revoked_at is not None or row.status == "uninstalled":
        raise TokenRevoked()
    if row.expires_at <= clock.now():
        raise TokenExpired()
    if row.status != "active":
        raise InstallationSuspended()
    return _app(row)


def _app(row: Any) -> Actor:
    asked = frozenset(row.asked_scopes or ())
    granted = asked.intersection(row.granted_scopes)
    return Actor(
        kind="app",
        workspace_id=row.workspace_id,
        id=row.installation_id,
        scopes=granted if row.scopes is None else granted.intersection(row.scopes),
        pending_scopes=(asked - granted) if row.scopes is None else frozenset(),
        installation_id=row.installation_id,
        app_id=row.app_id,
        caller_key=row.installation_id,
        display_name=manifests.localised(row.app_name, "en") or None,
    )
