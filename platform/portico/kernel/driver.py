"""Statements straight on the driver's cursor, for the few that every request runs.

SQLAlchemy's own way around a cursor costs several times what the driver does. Errors come out as SQLAlchemy's, so
that nobody above can tell the difference; the fence does not see these statements, whoever sends them asks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError

Parameters = Sequence[Any] | Mapping[str, Any]
BEGUN = "BEGUN"
"""Says to SQLite's `begin` event that the transaction is open already."""


class Gone(RuntimeError):
    """The connection was given back to the pool already, or broke."""


class Straight:
    """A transaction on a pooled connection, without SQLAlchemy's objects around it; those cost a reading request more
    than its statements. `joined` gives them to whom needs them."""

    __slots__ = ("_engine", "connection", "dialect")

    def __init__(self, engine: Engine, opening: bytes = b"") -> None:
        """`opening` is what PostgreSQL is sent first, `BEGIN` and more in one round trip; without, its driver begins
        with the first statement."""
        self._engine, self.dialect = engine, engine.dialect
        try:
            self.connection = engine.raw_connection()
        except self.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy(self.dialect, "", error, gone=False) from error
        try:
            if self.dialect.name == "sqlite":
                kind = engine.get_execution_options().get("portico_begin", "IMMEDIATE")
                execute(self, f"BEGIN {kind}").close()
            elif opening:
                send(self, opening)
        except BaseException:
            self.connection.close()
            raise

    def invalidate(self, error: BaseException | None = None) -> None:
        self.connection.invalidate(error)

    def joined(self) -> Connection:
        """SQLAlchemy's connection on the same transaction; it is the one to commit and close from here on."""
        connection = Connection(self._engine, self.connection).execution_options(portico_begin=BEGUN)
        connection.begin()
        return connection

    def commit(self) -> None:
        if self.dialect.name == "postgresql":
            send(self, b"COMMIT")
            return
        try:
            self.connection.commit()
        except self.dialect.loaded_dbapi.Error as error:
            raise _translated(self, "COMMIT", error) from error

    def close(self) -> None:
        """Give it back to the pool, which undoes what was not committed."""
        if self.dialect.name == "postgresql":
            _undo(self)
        self.connection.close()


def execute(connection: Connection | Straight, sql: str, parameters: Parameters = ()) -> Any:
    """The cursor on which `sql` ran; `parameters` in the driver's own style. Raises SQLAlchemy's errors."""
    driver = connection.connection.dbapi_connection
    if driver is None:
        raise Gone("The connection was given back to the pool already.")
    cursor = driver.cursor()
    try:
        cursor.execute(sql, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        cursor.close()
        raise _translated(connection, sql, error) from error
    return cursor


def execute_many(
    connection: Connection | Straight, sql: str, rows: Sequence[Sequence[Any]] | Sequence[Mapping[str, Any]]
) -> None:
    """Run `sql` for each of the rows. Raises SQLAlchemy's errors."""
    driver = connection.connection.dbapi_connection
    if driver is None:
        raise Gone("The connection was given back to the pool already.")
    cursor = driver.cursor()
    try:
        cursor.executemany(sql, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translated(connection, sql, error) from error
    finally:
        cursor.close()


def command(connection: Connection | Straight, text: str) -> None:
    """A statement without values or rows, the cheapest way there is. Raises SQLAlchemy's errors."""
    if isinstance(connection, Straight) and connection.dialect.name == "postgresql":
        send(connection, text.encode())
    else:
        execute(connection, text).close()


def send(straight: Straight, command: bytes, values: Sequence[bytes] = ()) -> None:
    """A command to PostgreSQL past its driver's cursor, which costs a process more than such a command does the server;
    several in one round trip where there are no `values`. Raises SQLAlchemy's errors."""
    dbapi, connection = straight.dialect.loaded_dbapi, _psycopg(straight)
    try:
        result = connection.pgconn.exec_params(command, values) if values else connection.pgconn.exec_(command)
        if result.status not in (dbapi.pq.ExecStatus.COMMAND_OK, dbapi.pq.ExecStatus.TUPLES_OK):
            raise _refused(dbapi, result)
    except dbapi.Error as error:
        raise _translated(straight, command.decode(), error) from error


def _refused(dbapi: Any, result: Any) -> Exception:
    """What the server said; where it said nothing, the connection is gone."""
    if result.error_field(dbapi.pq.DiagnosticField.SQLSTATE) is None:
        return dbapi.OperationalError(result.get_error_message())  # type: ignore[no-any-return]
    return dbapi.errors.error_from_result(result)  # type: ignore[no-any-return]


def _undo(straight: Straight) -> None:
    """ROLLBACK, where a transaction is open. A connection that is gone is found out by the pool."""
    connection = straight.connection.dbapi_connection
    if connection is None:
        return  # invalidated
    with suppress(straight.dialect.loaded_dbapi.Error):
        pgconn: Any = connection.pgconn
        if pgconn.transaction_status != straight.dialect.loaded_dbapi.pq.TransactionStatus.IDLE:
            pgconn.exec_(b"ROLLBACK")


def _psycopg(straight: Straight) -> Any:
    connection = straight.connection.dbapi_connection
    if connection is None:
        raise Gone("The connection was given back to the pool already.")
    return connection


def _translated(connection: Connection | Straight, sql: str, error: Exception) -> BaseException:
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if gone:
        connection.invalidate(error)
    return _as_sqlalchemy(dialect, sql, error, gone=gone)


def _as_sqlalchemy(dialect: Dialect, sql: str, error: Exception, *, gone: bool) -> BaseException:
    return DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )
