"""Clients that are no app of the catalogue: registered by themselves (RFC 7591), or named by the address of a document
about them (draft-ietf-oauth-client-id-metadata-document). They act for a person only, never as themselves, and only in
workspaces that allow it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.oauth.models import OAuthClient, OAuthGrant
from portico.kernel import clock, db
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

UNUSED = timedelta(days=7)


def register_client(name: str, redirect_uris: tuple[str, ...], seen: str) -> str:
    """A client that registered itself; answers its id. Unused for a week, it is forgotten."""
    client_id = new_id("cli")
    now = clock.now()
    values = {"client_id": client_id, "kind": "dynamic", "name": name, "redirect_uris": list(redirect_uris)}
    session().execute(insert(OAuthClient).values(**values, seen=seen, created_at=now, fetched_at=now))
    return client_id


def keep_document(url: str, name: str, redirect_uris: tuple[str, ...], seen: str, fresh_until: datetime) -> None:
    """What the document at an address said just now."""
    make = sqlite.insert if db.database().sqlite else postgresql.insert
    now = clock.now()
    said: dict[str, Any] = {"name": name, "redirect_uris": list(redirect_uris), "seen": seen}
    said |= {"fetched_at": now, "fresh_until": fresh_until}
    row = {"client_id": url, "kind": "document", "created_at": now, **said}
    session().execute(
        make(OAuthClient).values(row).on_conflict_do_update(index_elements=[OAuthClient.client_id], set_=said)
    )


def unlisted_client(client_id: str) -> Any:
    """A row of one of these clients, or None."""
    return session().execute(select(OAuthClient.__table__).where(OAuthClient.client_id == client_id)).one_or_none()


def sweep_clients() -> None:
    """Forget who was not used for a week, in the open system unit."""
    used = select(OAuthGrant.id).where(OAuthGrant.client_id == OAuthClient.client_id).exists()
    session().execute(delete(OAuthClient).where(OAuthClient.fetched_at < clock.now() - UNUSED, ~used))
