"""Secrets, for whom an app authenticates to, or who signs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from portico.domains.catalogue.models import AppCredential, AppVersion
from portico.kernel import clock
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session


def alive() -> tuple[ColumnElement[bool], ...]:
    c = AppCredential.__table__.c
    return c.revoked_at.is_(None), or_(c.expires_at.is_(None), c.expires_at > clock.now())


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What the authorization server must know of a client. `auth_method` is what its manifest binds it to."""

    app_id: str
    public: bool
    auth_method: str | None
    id_token_alg: str | None
    secrets: tuple[tuple[str, str], ...]
    """`(id, digest)` of the secrets that live."""
    keys: tuple[tuple[str, dict[str, Any]], ...]
    """`(id, JWK)` of the public keys that live."""


def client(app_id: str) -> ClientFacts | None:
    """A client with its living credentials, as the stable version declares it (before the first release, as the
    newest does). None when nobody has this id."""
    version = AppVersion.__table__.c
    oauth = session().execute(
        select(version.manifest["oauth"].label("oauth"))
        .where(version.app_id == app_id)
        .order_by(version.runs_below.desc(), version.number.desc())
        .limit(1)
    )
    row = oauth.one_or_none()
    if row is None:
        return None
    c = AppCredential.__table__.c
    rows = session().execute(
        select(c.id, c.kind, c.digest, c.public)
        .where(c.app_id == app_id, c.kind.in_(("client_secret", "public_key")), *alive())
        .order_by(c.id)
    )
    found = rows.all()
    declared = row.oauth or {}
    return ClientFacts(
        app_id,
        public=declared.get("client_type") == "public",
        auth_method=declared.get("token_endpoint_auth_method"),
        id_token_alg=declared.get("id_token_signed_response_alg"),
        secrets=tuple((each.id, each.digest) for each in found if each.kind == "client_secret"),
        keys=tuple((each.id, each.public) for each in found if each.kind == "public_key"),
    )


def seal_row(credential_id: str, app_id: str) -> str:
    """The associated data of a sealed signing secret: it opens only where it was put."""
    return f"app_credential|sealed|{credential_id}|{app_id}"


def signing_secrets(app_id: str) -> list[str]:
    """The secrets (`whsec_…`) that sign calls to the app, newest first."""
    c = AppCredential.__table__.c
    rows = session().execute(
        select(c.id, c.sealed).where(c.app_id == app_id, c.kind == "signing_secret", *alive()).order_by(c.id.desc())
    )
    return [keyring().unseal(row.sealed or "", seal_row(row.id, app_id)).decode() for row in rows]
