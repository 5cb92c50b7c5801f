"""The app's own SQLite database. Writers take turns (`BEGIN IMMEDIATE`), so what one read still holds when it writes.
Receipts stand in it too: a claim and its receipts are kept, copied and erased as one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_PATIENCE_S = 15.0

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE claim (
            id TEXT PRIMARY KEY,
            installation_id TEXT NOT NULL,
            employee_id TEXT NOT NULL,
            key TEXT NOT NULL,
            title TEXT NOT NULL,
            note TEXT NOT NULL,
            locale TEXT NOT NULL,
            status TEXT NOT NULL CHECK
                (status IN ('draft', 'sent', 'pending', 'approved', 'rejected', 'returned', 'paid')),
            said TEXT NOT NULL DEFAULT '',
            round INTEGER NOT NULL DEFAULT 0,
            approval_id TEXT,
            two INTEGER NOT NULL DEFAULT 0,
            excluded TEXT NOT NULL DEFAULT '',
            recall INTEGER NOT NULL DEFAULT 0,
            told TEXT NOT NULL DEFAULT '',
            created_at TEXT NOT NULL,
            submitted_at TEXT,
            decided_at TEXT,
            paid_on TEXT,
            reference TEXT,
            paid_by TEXT,
            export_id TEXT,
            UNIQUE (installation_id, employee_id, key)
        )""",
        "CREATE INDEX claim_status ON claim (installation_id, status)",
        "CREATE INDEX claim_recall ON claim (installation_id, recall) WHERE recall = 1",
        """
        CREATE TABLE line (
            id TEXT PRIMARY KEY,
            claim_id TEXT NOT NULL REFERENCES claim (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            spent_on TEXT NOT NULL,
            category TEXT NOT NULL,
            amount INTEGER NOT NULL CHECK (amount > 0),
            currency TEXT NOT NULL CHECK (length(currency) = 3),
            supplier TEXT NOT NULL,
            invoice_no TEXT NOT NULL,
            note TEXT NOT NULL,
            invoice_key TEXT,
            UNIQUE (claim_id, key)
        )""",
        "CREATE INDEX line_invoice ON line (invoice_key) WHERE invoice_key IS NOT NULL",
        """
        CREATE TABLE receipt (
            id TEXT PRIMARY KEY,
            claim_id TEXT NOT NULL REFERENCES claim (id) ON DELETE CASCADE,
            sha256 TEXT NOT NULL,
            name TEXT NOT NULL,
            type TEXT NOT NULL,
            size INTEGER NOT NULL,
            content BLOB NOT NULL,
            created_at TEXT NOT NULL,
            UNIQUE (claim_id, sha256)
        )""",
        # Who decides, as the platform said last: whom it lets look at the claim.
        """
        CREATE TABLE approver (
            claim_id TEXT NOT NULL REFERENCES claim (id) ON DELETE CASCADE,
            employee_id TEXT NOT NULL,
            waits INTEGER NOT NULL,
            PRIMARY KEY (claim_id, employee_id)
        )""",
        "CREATE INDEX approver_waits ON approver (employee_id, waits)",
        """
        CREATE TABLE export (
            id TEXT PRIMARY KEY,
            installation_id TEXT NOT NULL,
            key TEXT NOT NULL,
            by_id TEXT NOT NULL,
            created_at TEXT NOT NULL,
            claims INTEGER NOT NULL,
            content BLOB NOT NULL,
            UNIQUE (installation_id, key)
        )""",
        # The law of the database, whatever the code before it believes: what somebody decides about stands still.
        *(
            f"""
            CREATE TRIGGER {table}_{verb.lower()}_kept BEFORE {verb} ON {table}
            WHEN EXISTS (SELECT 1 FROM claim WHERE id = {row}.claim_id AND status NOT IN ('draft', 'returned'))
                AND NOT EXISTS (SELECT 1 FROM erasing)
            BEGIN SELECT raise(ABORT, 'the claim was sent'); END"""  # noqa: S608
            for table in ("line", "receipt")
            for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
        ),
        "CREATE TABLE erasing (installation_id TEXT PRIMARY KEY)",
    ),
    ("CREATE INDEX receipt_file ON receipt (sha256)",),
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
        """Everything of one installation, with its lines and receipts."""
        with self.writing() as db:
            db.execute("INSERT INTO erasing VALUES (?)", (installation_id,))
            db.execute("DELETE FROM claim WHERE installation_id = ?", (installation_id,))
            db.execute("DELETE FROM export WHERE installation_id = ?", (installation_id,))
            db.execute("DELETE FROM erasing")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_PATIENCE_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
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
