"""Statements straight on the driver's cursor, for the few that every request runs.

SQLAlchemy's own way around a cursor costs several times what the driver does. Errors come out as SQLAlchemy's, so
that nobody above can tell the difference; the fence does not see these statements, whoever sends them asks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError

Parameters = Sequence[Any] | Mapping[str, Any]
BEGUN = "BEGUN"
"""Says to SQLite's `begin` event that the transaction is open already."""


class Straight:
    """A transaction on a pooled connection, without SQLAlchemy's objects around it; those cost a reading request more
    than its statements. `joined` gives them to whom needs them."""

    __slots__ = ("_engine", "connection", "dialect")

    def __init__(self, engine: Engine) -> None:
        self._engine, self.dialect = engine, engine.dialect
        try:
            self.connection = engine.raw_connection()
        except self.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy(self.dialect, "", error, gone=False) from error
        if self.dialect.name == "sqlite":  # the other database's driver begins by itself
            kind = engine.get_execution_options().get("portico_begin", "IMMEDIATE")
            try:
                execute(self, f"BEGIN {kind}").close()
            except BaseException:
                self.close()
                raise

    def invalidate(self, error: BaseException | None = None) -> None:
        self.connection.invalidate(error)

    def joined(self) -> Connection:
        """SQLAlchemy's connection on the same transaction; it is the one to commit and close from here on."""
        connection = Connection(self._engine, self.connection).execution_options(portico_begin=BEGUN)
        connection.begin()
        return connection

    def commit(self) -> None:
        try:
            self.connection.commit()
        except self.dialect.loaded_dbapi.Error as error:
            raise _translated(self, "COMMIT", error) from error

    def close(self) -> None:
        """Give it back to the pool, which undoes what was not committed."""
        self.connection.close()


def execute(connection: Connection | Straight, sql: str, parameters: Parameters = ()) -> Any:
    """The cursor on which `sql` ran; `parameters` in the driver's own style. Raises SQLAlchemy's errors."""
    driver = connection.connection.dbapi_connection
    if driver is None:
        raise RuntimeError("The connection was given back to the pool already.")
    cursor = driver.cursor()
    try:
        cursor.execute(sql, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        cursor.close()
        raise _translated(connection, sql, error) from error
    return cursor


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
