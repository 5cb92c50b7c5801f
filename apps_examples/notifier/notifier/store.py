"""What the app keeps, in one SQLite file: channels, templates, and the messages with what became of them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS installation (
    id TEXT PRIMARY KEY, slug TEXT NOT NULL, timezone TEXT NOT NULL, settings TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1, read_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS channel (
    id INTEGER PRIMARY KEY AUTOINCREMENT, installation_id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    url TEXT NOT NULL, host TEXT NOT NULL, secret TEXT NOT NULL, locale TEXT NOT NULL, quiet TEXT NOT NULL,
    employee_id TEXT NOT NULL, events TEXT NOT NULL, urgent TEXT NOT NULL, enabled INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS channel_of ON channel (installation_id);
CREATE TABLE IF NOT EXISTS template (
    channel_id INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE, event_type TEXT NOT NULL,
    title TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (channel_id, event_type));
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, channel_id INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE,
    event_id TEXT NOT NULL, event_type TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, url TEXT NOT NULL,
    urgent INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'sent', 'failed')),
    due_at REAL NOT NULL, leased_until REAL NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    status INTEGER, error TEXT NOT NULL DEFAULT '', created_at REAL NOT NULL, done_at REAL,
    UNIQUE (channel_id, event_id));
CREATE INDEX IF NOT EXISTS message_due ON message (state, due_at);
CREATE INDEX IF NOT EXISTS message_of ON message (channel_id, id);
"""
KEPT_S = 30 * 86_400.0
"""How long messages that are over are kept, in seconds."""


@dataclass(frozen=True)
class Known:
    """What was last read about an installation."""

    id: str
    slug: str
    timezone: str
    settings: Mapping[str, Any]
    active: bool
    read_at: float


@dataclass(frozen=True)
class Channel:
    """`url` and `secret` are sealed. `quiet`: workspace, person or never; `urgent` are events that do not wait."""

    installation_id: str
    name: str
    kind: str
    url: str
    host: str
    secret: str
    locale: str = "en"
    quiet: str = "workspace"
    employee_id: str = ""
    events: tuple[str, ...] = ()
    urgent: tuple[str, ...] = ()
    enabled: bool = True
    id: int = 0


class Store:
    def __init__(self, path: str) -> None:
        self._path = path
        with self.writing() as database:
            database.executescript(_SCHEMA)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which has the file for itself from its beginning."""
        database = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        database.row_factory = sqlite3.Row
        try:
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("BEGIN IMMEDIATE")
            yield database
            if database.in_transaction:
                database.execute("COMMIT")
        finally:
            database.close()  # what was not committed is gone

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self.writing() as database:
            return database.execute(statement, values).fetchall()

    def change(self, statement: str, *values: Any) -> int:
        """How many rows were changed."""
        with self.writing() as database:
            return database.execute(statement, values).rowcount

    # Installations

    def known(self, installation_id: str) -> Known | None:
        for row in self.rows("SELECT * FROM installation WHERE id = ?", installation_id):
            settings = json.loads(row["settings"])
            return Known(row["id"], row["slug"], row["timezone"], settings, bool(row["active"]), row["read_at"])
        return None

    def keep(self, installation_id: str, slug: str, timezone: str, settings: Mapping[str, Any], now: float) -> None:
        self.change(
            "INSERT INTO installation (id, slug, timezone, settings, read_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, timezone = excluded.timezone,"
            " settings = excluded.settings, read_at = excluded.read_at",
            *(installation_id, slug, timezone, json.dumps(dict(settings)), now),
        )

    def activate(self, installation_id: str, active: bool) -> None:
        self.change("UPDATE installation SET active = ? WHERE id = ?", active, installation_id)

    def erase(self, installation_id: str) -> None:
        with self.writing() as database:
            database.execute("DELETE FROM channel WHERE installation_id = ?", (installation_id,))
            database.execute("DELETE FROM installation WHERE id = ?", (installation_id,))

    # Channels

    def channels(self, installation_id: str) -> list[Channel]:
        found = self.rows("SELECT * FROM channel WHERE installation_id = ? ORDER BY name, id", installation_id)
        return [_channel(row) for row in found]

    def channel(self, installation_id: str, channel_id: str | int) -> Channel | None:
        found = self.rows("SELECT * FROM channel WHERE installation_id = ? AND id = ?", installation_id, channel_id)
        return _channel(found[0]) if found else None

    def save(self, channel: Channel) -> int:
        """Its id; of a new one, whose id is 0, the new id."""
        fields = {
            **{name: getattr(channel, name) for name in ("installation_id", "name", "kind", "url", "host", "secret")},
            **{name: getattr(channel, name) for name in ("locale", "quiet", "employee_id", "enabled")},
            **{name: json.dumps(getattr(channel, name)) for name in ("events", "urgent")},
        }
        with self.writing() as database:
            if channel.id:
                changes = ", ".join(f"{name} = :{name}" for name in fields)
                where = "WHERE id = :id AND installation_id = :installation_id"
                database.execute(f"UPDATE channel SET {changes} {where}", {**fields, "id": channel.id})  # noqa: S608
                return channel.id
            values = ", ".join(f":{name}" for name in fields)
            made = database.execute(f"INSERT INTO channel ({', '.join(fields)}) VALUES ({values})", fields)  # noqa: S608
            return int(made.lastrowid or 0)

    def delete(self, installation_id: str, channel_id: int) -> None:
        self.change("DELETE FROM channel WHERE installation_id = ? AND id = ?", installation_id, channel_id)

    # Templates

    def template(self, channel_id: int, event_type: str) -> tuple[str, str] | None:
        statement = "SELECT title, body FROM template WHERE channel_id = ? AND event_type = ?"
        found = self.rows(statement, channel_id, event_type)
        return (found[0]["title"], found[0]["body"]) if found else None

    def set_template(self, channel_id: int, event_type: str, title: str, body: str) -> None:
        self.change(
            "INSERT INTO template VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET title = excluded.title,"
            " body = excluded.body",
            *(channel_id, event_type, title, body),
        )

    def reset_template(self, channel_id: int, event_type: str) -> None:
        self.change("DELETE FROM template WHERE channel_id = ? AND event_type = ?", channel_id, event_type)

    # Messages

    def messages(self, installation_id: str, limit: int) -> list[sqlite3.Row]:
        """Newest first, with the names of their channels."""
        return self.rows(
            "SELECT message.*, channel.name AS channel, channel.id AS channel_id FROM message JOIN channel"
            " ON channel.id = message.channel_id WHERE installation_id = ? ORDER BY message.id DESC LIMIT ?",
            *(installation_id, limit),
        )

    def counts(self, installation_id: str, since: float) -> Mapping[int, Mapping[str, int]]:
        """By channel: what waits and is held, and what was sent and failed since then."""
        found: dict[int, dict[str, int]] = {}
        for row in self.rows(
            "SELECT channel_id, state, count(*) AS many FROM message JOIN channel ON channel.id = message.channel_id"
            " WHERE installation_id = ? AND (done_at IS NULL OR done_at >= ?) GROUP BY channel_id, state",
            *(installation_id, since),
        ):
            found.setdefault(row["channel_id"], {})[row["state"]] = row["many"]
        return found

    def sweep(self, now: float) -> None:
        self.change("DELETE FROM message WHERE done_at < ?", now - KEPT_S)


def _channel(row: sqlite3.Row) -> Channel:
    values = {name: row[name] for name in Channel.__dataclass_fields__}
    lists = {name: tuple(json.loads(row[name])) for name in ("events", "urgent")}
    return Channel(**{**values, **lists, "enabled": bool(row["enabled"])})
