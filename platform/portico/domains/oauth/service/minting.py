"""Installation tokens: one hour, one workspace, no refresh."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from portico.domains.oauth import queries
from portico.domains.oauth.models import InstallationToken, OAuthGrant, UserToken
from portico.domains.oauth.service.granting import end_grant
from portico.domains.oauth.service.granting import sweep as sweep_grants
from portico.kernel import clock, ids, secrets
from portico.kernel.actor import Actor
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

TOKEN_SECONDS = 3600
_KEPT_AFTER = timedelta(days=7)


class GrantRefused(Exception):
    """The token cannot be issued; `error` is the code of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A token at the only moment at which it can be seen."""

    value: str
    scopes: tuple[str, ...]


def mint_installation_token(client_id: str, installation_id: str, wanted: Iterable[str] | None = None) -> MintedToken:
    """A token for an active installation of the client's app; `wanted` narrows it. Raises GrantRefused, with the
    same words whether the installation is another app's, nobody's, suspended or gone."""
    known = ids.is_id(installation_id, "ins")
    row = queries.mintable(client_id, installation_id) if known else None
    if row is None:
        raise GrantRefused("invalid_grant", "The client has no active installation of this id.")
    power = frozenset(row.granted_scopes).intersection(row.asked_scopes or ())
    narrowed = None if wanted is None else sorted(set(wanted))
    if narrowed is not None and not power.issuperset(narrowed):
        raise GrantRefused("invalid_scope", "The installation was not granted all of these scopes.")
    token = secrets.new_token("pti_")
    session().add(
        InstallationToken(
            id=new_id("tok"),
            digest=secrets.digest(token),
            workspace_id=row.workspace_id,
            installation_id=row.id,
            app_id=client_id,
            scopes=narrowed,
            expires_at=clock.now() + timedelta(seconds=TOKEN_SECONDS),
        )
    )
    session().flush()
    return MintedToken(token, tuple(sorted(power) if narrowed is None else narrowed))


def revoke_token(client_id: str, token: str) -> None:
    """End one of the client's own tokens; a refresh token takes its whole grant along (RFC 7009 section 2.1). Another
    client's is left alone, and nobody is told that it exists."""
    digest = secrets.digest(token)
    if token.startswith("ptr_"):
        row = queries.refresh_token(digest)
        if row is not None and row.client_id == client_id:
            end_grant(row.grant_id, "client")
        return
    owner = (
        InstallationToken.app_id == client_id
        if token.startswith("pti_")
        else UserToken.grant_id.in_(select(OAuthGrant.id).where(OAuthGrant.client_id == client_id))
    )
    table = InstallationToken if token.startswith("pti_") else UserToken
    session().execute(
        update(table).where(table.digest == digest, owner, table.revoked_at.is_(None)).values(revoked_at=clock.now())
    )


def revoke_tokens_of(actor: Actor, installation_id: str) -> None:
    """End every token of an installation, in the transaction that uninstalls it."""
    session().execute(
        update(InstallationToken)
        .where(
            InstallationToken.workspace_id == actor.workspace_id,
            InstallationToken.installation_id == installation_id,
            InstallationToken.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
    )


def sweep() -> None:
    """Forget tokens that ended a week ago, in the open system unit."""
    session().execute(delete(InstallationToken).where(InstallationToken.expires_at < clock.now() - _KEPT_AFTER))
    sweep_grants()
