"""Grants in a database, for apps on several machines."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from portico_sdk.oauth._grants import Grant, Locks

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS portico_grants (name VARCHAR(255) PRIMARY KEY, content TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS portico_grant_locks "
    "(name VARCHAR(255) PRIMARY KEY, holder VARCHAR(32) NOT NULL, held_until DOUBLE PRECISION NOT NULL)",
)
_GET = "SELECT content FROM portico_grants WHERE name = ?"
_PUT = (
    "INSERT INTO portico_grants (name, content) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET content = excluded.content"
)
_DELETE = "DELETE FROM portico_grants WHERE name = ?"
_LOCK = (
    "INSERT INTO portico_grant_locks (name, holder, held_until) VALUES (?, ?, ?) "
    "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until "
    "WHERE portico_grant_locks.held_until < ?"
)
_UNLOCK = "DELETE FROM portico_grant_locks WHERE name = ? AND holder = ?"

LEASE = 60.0
"""Seconds after which the lock of a process that died counts no more."""
LONGEST_NAP = 0.5


class SQLStore:
    """In SQLite (3.24 or newer) or PostgreSQL, through any DB-API driver: `SQLStore(lambda: sqlite3.connect("x.db"))`,
    `SQLStore(lambda: psycopg.connect("…"), placeholder="%s")`, `SQLStore(engine.raw_connection)` with SQLAlchemy.

    Each call opens a connection and closes it. Call `create_tables()` once. Tokens stand there as they are: whoever
    reads the table can use them.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        *,
        placeholder: str = "?",
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connect = connect
        self._placeholder = placeholder
        self._now = now
        self._sleep = sleep
        self._locks = Locks()

    def create_tables(self) -> None:
        """`portico_grants` and `portico_grant_locks`, where they are missing."""
        for statement in SCHEMA:
            self._run(statement, ())

    def get(self, key: str) -> Grant | None:
        _, row = self._run(_GET, (key,), fetch=True)
        return None if row is None else Grant.loads(row[0])

    def put(self, key: str, grant: Grant) -> None:
        self._run(_PUT, (key, grant.dumps()))

    def delete(self, key: str) -> None:
        self._run(_DELETE, (key,))

    @contextmanager
    def locked(self, key: str) -> Iterator[None]:
        """A row with a lease: no transaction is open while the holder asks the platform."""
        holder, nap = uuid.uuid4().hex, 0.02
        with self._locks.of(key):
            while not self._taken(key, holder):
                self._sleep(nap)
                nap = min(nap * 2, LONGEST_NAP)
            try:
                yield
            finally:
                self._run(_UNLOCK, (key, holder))

    def _taken(self, key: str, holder: str) -> bool:
        now = self._now()
        count, _ = self._run(_LOCK, (key, holder, now + LEASE, now))
        return count == 1

    def _run(self, statement: str, values: Sequence[object], *, fetch: bool = False) -> tuple[int, Any]:
        connection = self._connect()
        try:
            cursor = connection.cursor()
            cursor.execute(statement.replace("?", self._placeholder), values)
            row = cursor.fetchone() if fetch else None
            count = int(cursor.rowcount)
            cursor.close()
            connection.commit()
        finally:
            connection.close()
        return count, row
