"""What the database is asked, whichever way it goes: through SQLAlchemy's cursor, or straight on the driver's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from portico.kernel import db, driver


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    parameters: Any

    @property
    def only_opens(self) -> bool:
        """Whether it opens a transaction or tells it its role and workspace."""
        return self.sql.startswith(("BEGIN", "SELECT set_config"))


@contextmanager
def watched() -> Iterator[list[Statement]]:
    """Every statement that is executed within, with its parameters, in order."""
    found: list[Statement] = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        found.append(Statement(sql, parameters))

    def execute(connection: Any, sql: str, parameters: Any = ()) -> Any:
        found.append(Statement(sql, parameters))
        return straight(connection, sql, parameters)

    engine, straight = db.database().engine, driver.execute
    event.listen(engine, "before_cursor_execute", note)
    driver.execute = execute  # prepared statements go past SQLAlchemy's events
    try:
        yield found
    finally:
        driver.execute = straight
        event.remove(engine, "before_cursor_execute", note)
