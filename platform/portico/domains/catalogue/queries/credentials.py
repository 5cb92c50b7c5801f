"""Secrets, for whom an app authenticates to, or who signs to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from portico.domains.catalogue.models import AppCredential
from portico.kernel import clock
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session


def alive() -> tuple[ColumnElement[bool], ...]:
    c = AppCredential.__table__.c
    return c.revoked_at.is_(None), or_(c.expires_at.is_(None), c.expires_at > clock.now())


def client_secrets(app_id: str) -> list[Row[Any]]:
    """`(id, digest)` of the secrets by which this client may authenticate."""
    c = AppCredential.__table__.c
    return list(
        session().execute(
            select(c.id, c.digest).where(c.app_id == app_id, c.kind == "client_secret", *alive()).order_by(c.id)
        )
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
