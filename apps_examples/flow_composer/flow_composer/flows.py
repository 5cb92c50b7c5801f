"""Flows as they are kept: versions that only grow, an owner, and whether they are on."""

import json
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from flow_composer.sealing import Sealer, sealed
from flow_composer.store import Store


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    locale: str = "en"


@dataclass(frozen=True)
class Kept:
    """A flow without its content."""

    id: str
    installation_id: str
    name: str
    event: str
    enabled: bool
    off_because: dict[str, Any] | None
    version: int
    owner: Person
    cursor: str | None


class Moved(Exception):
    """Somebody saved another version meanwhile."""


class Flows:
    def __init__(self, store: Store, sealer: Sealer) -> None:
        self._store, self._sealer = store, sealer

    def create(self, installation_id: str, flow: dict[str, Any], by: Person, now: float) -> Kept:
        flow_id = f"flow_{secrets.token_hex(8)}"
        with self._store.writing() as db:
            db.execute(
                "INSERT INTO flow (id, installation_id, name, event, version, owner_id, owner_name, owner_locale,"
                " created_at) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?)",
                (flow_id, installation_id, flow["name"], flow["trigger"]["event"], by.id, by.name, by.locale, now),
            )
            self._add_version(db, flow_id, 1, sealed(flow, None, self._sealer), by, now)
        return self._surely(installation_id, flow_id)

    def save(self, kept: Kept, flow: dict[str, Any], edited: int, by: Person, now: float) -> Kept:
        """A new version, which belongs to whoever made it. Raises Moved. In other hands, or with another event, the
        flow is off until it is switched on again."""
        stays_on = by.id == kept.owner.id and flow["trigger"]["event"] == kept.event
        with self._store.writing() as db:
            content = self._content(db, kept.id, edited)
            changed = db.execute(
                "UPDATE flow SET version = version + 1, name = ?, event = ?, owner_id = ?, owner_name = ?,"
                " owner_locale = ?, enabled = enabled AND ? WHERE id = ? AND version = ?",
                (flow["name"], flow["trigger"]["event"], by.id, by.name, by.locale, stays_on, kept.id, edited),
            ).rowcount
            if not changed:
                raise Moved
            self._add_version(db, kept.id, edited + 1, sealed(flow, content, self._sealer), by, now)
        return self._surely(kept.installation_id, kept.id)

    def find(self, installation_id: str, flow_id: str) -> Kept | None:
        row = self._store.row("SELECT * FROM flow WHERE id = ? AND installation_id = ?", flow_id, installation_id)
        return None if row is None else kept_in(row)

    def all(self, installation_id: str, owner_id: str | None = None) -> list[Kept]:
        rows = self._store.rows(
            "SELECT * FROM flow WHERE installation_id = ? AND (? IS NULL OR owner_id = ?) ORDER BY name, id",
            *(installation_id, owner_id, owner_id),
        )
        return [kept_in(row) for row in rows]

    def content(self, flow_id: str, version: int) -> dict[str, Any] | None:
        """With headers sealed."""
        with self._store.reading() as db:
            return self._content(db, flow_id, version)

    def versions(self, flow_id: str) -> list[sqlite3.Row]:
        return self._store.rows(
            "SELECT number, at, by_id, by_name FROM version WHERE flow_id = ? ORDER BY number DESC", flow_id
        )

    def switch_on(self, kept: Kept, by: Person, cursor: str) -> bool:
        """From `cursor` on, in the name of `by`; False when another version was saved meanwhile."""
        return (
            self._store.change(
                "UPDATE flow SET enabled = 1, off_because = NULL, cursor = ?, owner_id = ?, owner_name = ?,"
                " owner_locale = ?, rung = 1 WHERE id = ? AND version = ?",
                *(cursor, by.id, by.name, by.locale, kept.id, kept.version),
            )
            == 1
        )

    def switch_off(self, flow_id: str, because: dict[str, Any] | None = None) -> bool:
        """Whether it was on. What waits in the middle ends with the same words."""
        return (
            self._store.change(
                "UPDATE flow SET enabled = 0, off_because = ? WHERE id = ? AND enabled",
                *(None if because is None else json.dumps(because), flow_id),
            )
            == 1
        )

    def delete(self, flow_id: str) -> None:
        self._store.change("DELETE FROM flow WHERE id = ?", flow_id)

    def _surely(self, installation_id: str, flow_id: str) -> Kept:
        found = self.find(installation_id, flow_id)
        if found is None:
            raise LookupError(flow_id)  # deleted in this moment
        return found

    def _content(self, db: sqlite3.Connection, flow_id: str, version: int) -> dict[str, Any] | None:
        row = db.execute("SELECT content FROM version WHERE flow_id = ? AND number = ?", (flow_id, version)).fetchone()
        return None if row is None else json.loads(row["content"])

    def _add_version(
        self, db: sqlite3.Connection, flow_id: str, number: int, content: dict[str, Any], by: Person, now: float
    ) -> None:
        db.execute(
            "INSERT INTO version (flow_id, number, content, at, by_id, by_name) VALUES (?, ?, ?, ?, ?, ?)",
            (flow_id, number, json.dumps(content, ensure_ascii=False), now, by.id, by.name),
        )


def kept_in(row: sqlite3.Row) -> Kept:
    because = row["off_because"]
    return Kept(
        id=row["id"],
        installation_id=row["installation_id"],
        name=row["name"],
        event=row["event"],
        enabled=bool(row["enabled"]),
        off_because=json.loads(because) if because else None,
        version=row["version"],
        owner=Person(row["owner_id"], row["owner_name"], row["owner_locale"]),
        cursor=row["cursor"],
    )
