"""Statements straight on the driver's cursor, for the few that every request runs.

SQLAlchemy's own way around a cursor costs several times what the driver does. Errors come out as SQLAlchemy's, so
that nobody above can tell the difference; the fence does not see these statements, whoever sends them asks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

Parameters = Sequence[Any] | Mapping[str, Any]


def execute(connection: Connection, sql: str, parameters: Parameters = ()) -> Any:
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


def _translated(connection: Connection, sql: str, error: Exception) -> BaseException:
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if gone:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )
