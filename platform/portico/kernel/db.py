"""The database: table base, column types, and one engine for SQLite or PostgreSQL.

SQLite: WAL, foreign keys, `BEGIN IMMEDIATE` for writing units and `BEGIN` for reading ones (the unit says which),
and an advisory file lock around writes, because SQLite's own waiting is unfair between processes.
PostgreSQL: one pool as `portico_app`; each transaction takes role and workspace, local to it.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import orjson
from sqlalchemy import (
    JSON,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Row,
    Select,
    String,
    Text,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from portico.kernel import clock, driver
from portico.settings import Settings

if os.name == "posix":
    import fcntl

BUSY_SECONDS = 5
IDLE_IN_TRANSACTION_S = 20
"""After this time without a statement PostgreSQL ends a transaction, and with it the connection. A process that is
stopped, or hangs, keeps its locks no longer than that. Nobody thinks for so long with a transaction open: password
hashing, calls to apps and uploads stand outside of them. Statements may run for as long as they like."""

# Rows and statements whose columns are not spelled out for the type checker.
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

# Ids and search keys compare by bytes on both databases.
ID = String(40).with_variant(String(40, collation="C"), "postgresql")
KEY = String().with_variant(String(collation="C"), "postgresql")
JSONB = JSON().with_variant(postgresql.JSONB(), "postgresql")
LONG_TEXT = Text()


class Instant(TypeDecorator[datetime]):
    """A UTC instant in milliseconds. On SQLite it is RFC 3339 text of fixed width, so that it sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(24))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A naive datetime cannot be stored; give it a zone.")
        return clock.rfc3339(value) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """One call for a value, where the class above would make three: a page has a hundred of them."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _from_text(value: str | None) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo is UTC else moment.astimezone(UTC)


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        list[Any]: JSONB,
    }


class InWorkspace:
    """The key of every workspace table: `(workspace_id, id)`."""

    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)


class Versioned:
    """Rows that people and apps change: when, and how often."""

    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)


def refers_to(table: str, column: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key that carries the workspace, so that no row can point into another one."""
    return ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"], ondelete=ondelete)


class _LockFile:
    """A descriptor of the lock that ends with who holds this: the thread it belongs to, or the database."""

    def __init__(self, path: str) -> None:
        self.descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)

    def __del__(self) -> None:
        os.close(self.descriptor)


class WriteLock:
    """An exclusive advisory lock beside a SQLite file, one descriptor per thread, fair between processes."""

    def __init__(self, database: Path) -> None:
        self._path = f"{database}.lock"
        self._local = threading.local()

    @contextmanager
    def held(self) -> Iterator[None]:
        if os.name != "posix":
            yield
            return
        file: _LockFile | None = getattr(self._local, "file", None)
        if file is None:
            file = self._local.file = _LockFile(self._path)
        fcntl.flock(file.descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file.descriptor, fcntl.LOCK_UN)


class Database:
    """One engine, with the habits above. `reading` and `writing` are the engine with its kind of transaction.
    `may_idle` is for who owns the tables: a migration may think between two statements."""

    def __init__(self, url: str, *, pool_size: int = 20, may_idle: bool = False) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        self.write_lock: WriteLock | None = None
        options: dict[str, Any] = {"json_serializer": _dumps, "json_deserializer": orjson.loads}
        if self.sqlite:
            path = Path(url.removeprefix("sqlite:///"))
            path.parent.mkdir(parents=True, exist_ok=True)
            self.write_lock = WriteLock(path)
            options["connect_args"] = {
                "timeout": BUSY_SECONDS,
                "isolation_level": None,
                "check_same_thread": False,
            }
        else:
            options["connect_args"] = {"connect_timeout": 5, **_habits(url, may_idle)}
        self.engine: Engine = create_engine(url, pool_size=pool_size, max_overflow=10, hide_parameters=True, **options)
        if self.sqlite:
            event.listen(self.engine, "connect", _sqlite_connect)
            event.listen(self.engine, "begin", _sqlite_begin)
        else:
            event.listen(self.engine, "checkout", _refuse_ended)
        self.writing = self.engine.execution_options(portico_begin="IMMEDIATE")
        self.reading = self.engine.execution_options(portico_begin="DEFERRED")

    def dispose(self) -> None:
        self.engine.dispose()


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _sqlite_connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("portico_begin", "IMMEDIATE")
    if kind != driver.BEGUN:
        driver.execute(connection, f"BEGIN {kind}").close()


def _habits(url: str, may_idle: bool) -> dict[str, str]:
    """What a connection tells PostgreSQL of itself. What the URL says in `options` comes later, and has the last word.

    Statements of a web application are many and short: compiling one (JIT), which the server begins by an estimate of
    its cost, took 2.9 s of 4 s of what counts an audience of 50,000, and gains nothing.
    """
    said = make_url(url).query.get("options", "")
    limit = [] if may_idle else [f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_S}s"]
    return {"options": " ".join(["-c jit=off", *limit, *([said] if isinstance(said, str) else said)]).strip()}


def _refuse_ended(connection: Any, record: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
    """The pool connects anew in place of what the server has ended while nobody used it, as a restart does to all.

    Nothing is asked, which would cost a round trip: where nobody waits for an answer, whatever has come is a farewell.
    """
    if connection.closed or (hasattr(select, "poll") and _has_come(connection.pgconn.socket)):
        raise DisconnectionError("The server has ended this connection.")


def _has_come(descriptor: int) -> bool:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(0))


_database: Database | None = None


def configure(settings: Settings) -> Database:
    """Open the database of these settings; closes the one before."""
    global _database
    if _database is not None:
        _database.dispose()
    _database = Database(settings.database_url)
    return _database


def database() -> Database:
    if _database is None:
        raise RuntimeError("The database is not configured; call portico.app.start(settings) first.")
    return _database
