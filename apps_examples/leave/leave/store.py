"""The app's own SQLite database. Writers take turns (`BEGIN IMMEDIATE`), so what one read still
holds when it writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_PATIENCE_S = 15.0

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE request (
            id TEXT PRIMARY KEY,
            installation_id TEXT NOT NULL,
            employee_id TEXT NOT NULL,
            key TEXT NOT NULL,
            type_key TEXT NOT NULL,
            first_on TEXT NOT NULL,
            last_on TEXT NOT NULL,
            part TEXT NOT NULL CHECK (part IN ('whole', 'morning', 'afternoon')),
            half_days INTEGER NOT NULL CHECK (half_days > 0),
            note TEXT NOT NULL,
            locale TEXT NOT NULL,
            status TEXT NOT NULL,
            reason TEXT,
            approval_id TEXT,
            absence_id TEXT,
            created_at TEXT NOT NULL,
            CHECK (first_on <= last_on),
            UNIQUE (installation_id, employee_id, key)
        )""",
        """
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY,
            installation_id TEXT NOT NULL,
            employee_id TEXT NOT NULL,
            type_key TEXT NOT NULL,
            period INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('grant', 'accrue', 'carry', 'expire', 'use', 'cancel', 'adjust')),
            half_days INTEGER NOT NULL,
            effective_on TEXT NOT NULL,
            ref TEXT NOT NULL,
            subject TEXT,
            year INTEGER,
            floor INTEGER,
            note TEXT,
            by_id TEXT,
            created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
            UNIQUE (installation_id, employee_id, type_key, ref)
        )""",
        "CREATE INDEX ledger_subject ON ledger (installation_id, subject)",
        # The law of the ledger stands in the database, whatever the code before it believes.
        """
        CREATE TRIGGER ledger_floor BEFORE INSERT ON ledger
        WHEN NEW.floor IS NOT NULL AND NEW.half_days < 0
            AND NOT EXISTS (SELECT 1 FROM ledger WHERE installation_id = NEW.installation_id
                AND employee_id = NEW.employee_id AND type_key = NEW.type_key AND ref = NEW.ref)
            AND NEW.floor > NEW.half_days + (SELECT coalesce(sum(half_days), 0) FROM ledger
                WHERE installation_id = NEW.installation_id AND employee_id = NEW.employee_id
                AND type_key = NEW.type_key AND period = NEW.period)
        BEGIN SELECT raise(ABORT, 'overdrawn'); END""",
        "CREATE TRIGGER ledger_kept BEFORE UPDATE ON ledger BEGIN SELECT raise(ABORT, 'the ledger only grows'); END",
        "CREATE TABLE erasing (installation_id TEXT PRIMARY KEY)",
        """
        CREATE TRIGGER ledger_grows BEFORE DELETE ON ledger
        WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE installation_id = OLD.installation_id)
        BEGIN SELECT raise(ABORT, 'the ledger only grows'); END""",
        """
        CREATE TABLE feed (
            digest TEXT PRIMARY KEY,
            installation_id TEXT NOT NULL,
            employee_id TEXT NOT NULL,
            UNIQUE (installation_id, employee_id)
        )""",
    ),
)


class Store:
    def __init__(self, path: Path) -> None:
        self._path = path
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

    def erase(self, installation_id: str) -> None:
        """Everything of one installation; the only way by which entries of the ledger go."""
        with self.writing() as db:
            db.execute("INSERT OR IGNORE INTO erasing VALUES (?)", (installation_id,))
            for statement in (
                "DELETE FROM ledger WHERE installation_id = ?",
                "DELETE FROM request WHERE installation_id = ?",
                "DELETE FROM feed WHERE installation_id = ?",
                "DELETE FROM erasing WHERE installation_id = ?",
            ):
                db.execute(statement, (installation_id,))

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_PATIENCE_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
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
