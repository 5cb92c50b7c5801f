"""The app's own SQLite database. Writers take turns (`BEGIN IMMEDIATE`), so what one read still holds
when it writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

_PATIENCE_S = 15.0
RUNS_KEPT_S = 30 * 24 * 3600.0

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE flow (
            id TEXT PRIMARY KEY,
            installation_id TEXT NOT NULL,
            name TEXT NOT NULL,
            event TEXT NOT NULL,
            enabled INTEGER NOT NULL DEFAULT 0,
            off_because TEXT,
            version INTEGER NOT NULL,
            owner_id TEXT NOT NULL,
            owner_name TEXT NOT NULL,
            owner_locale TEXT NOT NULL,
            asked TEXT NOT NULL DEFAULT '',
            cursor TEXT,
            polled_at REAL NOT NULL DEFAULT 0,
            rung INTEGER NOT NULL DEFAULT 0,
            has_bell INTEGER NOT NULL DEFAULT 0,
            leased_until REAL NOT NULL DEFAULT 0,
            created_at REAL NOT NULL
        )""",
        "CREATE INDEX flow_of ON flow (installation_id, event)",
        """
        CREATE TABLE version (
            flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            content TEXT NOT NULL,
            at REAL NOT NULL,
            by_id TEXT NOT NULL,
            by_name TEXT NOT NULL,
            PRIMARY KEY (flow_id, number)
        )""",
        # `event_key` is the id of the event; of a replay the id of the run, so that an event starts a flow once.
        """
        CREATE TABLE run (
            id TEXT PRIMARY KEY,
            flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            owner_id TEXT NOT NULL,
            event_key TEXT NOT NULL,
            event_id TEXT NOT NULL,
            event TEXT NOT NULL,
            lineage TEXT NOT NULL,
            replay_of TEXT,
            state TEXT NOT NULL CHECK (state IN ('running', 'waiting', 'succeeded', 'failed', 'skipped')),
            due_at REAL NOT NULL,
            leased_until REAL NOT NULL DEFAULT 0,
            lease TEXT,
            started_at REAL NOT NULL,
            finished_at REAL,
            UNIQUE (flow_id, event_key)
        )""",
        "CREATE INDEX run_due ON run (due_at) WHERE state IN ('running', 'waiting')",
        "CREATE INDEX run_event ON run (event_id)",
        "CREATE INDEX run_started ON run (flow_id, started_at)",
        """
        CREATE TABLE step (
            run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            number INTEGER NOT NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            input TEXT,
            output TEXT,
            error TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            started_at REAL,
            finished_at REAL,
            PRIMARY KEY (run_id, id)
        )""",
        # While the company has suspended the app nothing is heard, and nothing done.
        "CREATE TABLE held (installation_id TEXT PRIMARY KEY)",
        "CREATE TABLE place (installation_id TEXT NOT NULL, at REAL NOT NULL, cursor TEXT NOT NULL)",
        "CREATE INDEX place_of ON place (installation_id, at)",
        """
        CREATE TABLE asking (
            state TEXT PRIMARY KEY,
            content TEXT NOT NULL,
            flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
            employee_id TEXT NOT NULL,
            redirect_uri TEXT NOT NULL,
            at REAL NOT NULL
        )""",
    ),
)


class Store:
    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._migrate()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with closing(self._open()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, and nobody else writes meanwhile."""
        with closing(self._open()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self.reading() as db:
            return db.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> sqlite3.Row | None:
        return next(iter(self.rows(statement, *values)), None)

    def change(self, statement: str, *values: Any) -> int:
        with self.writing() as db:
            return db.execute(statement, values).rowcount

    def sweep(self, now: float) -> None:
        """Runs that are over are kept for 30 days, what was asked and not answered for an hour."""
        self.change("DELETE FROM run WHERE finished_at < ?", now - RUNS_KEPT_S)
        self.change("DELETE FROM asking WHERE at < ?", now - 3600)
        self.change("DELETE FROM place WHERE at < ?", now - RUNS_KEPT_S)

    def hold(self, installation_id: str, *, held: bool) -> None:
        if held:
            self.change("INSERT INTO held VALUES (?) ON CONFLICT DO NOTHING", installation_id)
        else:
            self.change("DELETE FROM held WHERE installation_id = ?", installation_id)

    def erase(self, installation_id: str) -> None:
        """Everything of one installation, with what its people allowed."""
        with self.writing() as db:
            for row in db.execute("SELECT id FROM flow WHERE installation_id = ?", (installation_id,)).fetchall():
                db.execute("DELETE FROM portico_grants WHERE name LIKE ?", (f"{row['id']}/%",))
            db.execute("DELETE FROM flow WHERE installation_id = ?", (installation_id,))
            db.execute("DELETE FROM place WHERE installation_id = ?", (installation_id,))
            db.execute("DELETE FROM held WHERE installation_id = ?", (installation_id,))

    def connect(self) -> sqlite3.Connection:
        """For the grants of owners, which the SDK keeps in this file too."""
        return sqlite3.connect(self.path, timeout=_PATIENCE_S)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _migrate(self) -> None:
        with closing(self._open()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        with self.writing() as db:
            (at,) = db.execute("PRAGMA user_version").fetchone()
            for number, statements in enumerate(MIGRATIONS[at:], start=at + 1):
                for statement in statements:
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {number}")
