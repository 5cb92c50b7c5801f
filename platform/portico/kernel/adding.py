"""Adding rows: an INSERT is compiled once for a table and a set of columns, then goes straight to the driver.

    add(_table, [{"workspace_id": …, "id": …, …}, …])

SQLAlchemy's own way around an INSERT costs several times what the database does for it. The rows name the same columns;
defaults that Python knows are filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.engine import Connection, Dialect

from portico.kernel import driver, fence
from portico.kernel.unit_of_work import current

Row = Mapping[str, Any]
_BOUND = re.compile(r"%\((\w+)\)s")
MOST_BOUND = 50
"""Values in one statement to PostgreSQL; its driver remembers how to send those that have no more."""
FEW = 24
"""Above so many rows its driver sends each on its own, without waiting for the answer, which is cheaper then."""


class _Insert:
    """One INSERT for one kind of database."""

    def __init__(self, table: Table, columns: Sequence[str], dialect: Dialect) -> None:
        statement = insert(table).inline()
        self._breach = fence.judge(statement, columns)
        self._ask_fence()
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns))
        self._sql: str = compiled.string
        self._order: list[str] | None = list(compiled.positiontup) if compiled.positional else None
        self._defaults = [(column.key, column.default) for column in compiled.insert_prefetch]
        self._convert = [(name, process) for name, process in compiled._bind_processors.items() if process is not None]
        self._most = max(1, MOST_BOUND // len(compiled.binds))
        self._several: dict[int, str] = {}

    def _ask_fence(self) -> None:
        if self._breach is not None and not fence.is_open():
            raise fence.FenceBreach(f"{self._breach} is written without its workspace_id.")

    def execute(self, connection: Connection | driver.Straight, rows: Sequence[Row]) -> None:
        self._ask_fence()
        bound = [self._bound(row) for row in rows]
        if self._order is None and len(bound) > FEW:
            driver.execute_many(connection, self._sql, bound)
            return
        if self._order is None:
            for start in range(0, len(bound), self._most):
                self._send_named(connection, bound[start : start + self._most])
            return
        lists = [[values[name] for name in self._order] for values in bound]
        if len(lists) == 1:
            driver.execute(connection, self._sql, lists[0]).close()
        else:
            driver.execute_many(connection, self._sql, lists)

    def _bound(self, row: Row) -> dict[str, Any]:
        values = dict(row)
        for name, default in self._defaults:
            values[name] = default.arg(None) if default.is_callable else default.arg
        for name, process in self._convert:
            values[name] = process(values[name])
        return values

    def _send_named(self, connection: Connection | driver.Straight, rows: list[dict[str, Any]]) -> None:
        """Several rows in one statement: one round trip."""
        if len(rows) == 1:
            driver.execute(connection, self._sql, rows[0]).close()
            return
        values = {f"{name}__{place}": value for place, row in enumerate(rows) for name, value in row.items()}
        driver.execute(connection, self._of(len(rows)), values).close()

    def _of(self, count: int) -> str:
        known = self._several.get(count)
        if known is None:
            head, _, one = self._sql.partition(" VALUES ")
            every = ", ".join(_BOUND.sub(rf"%(\1__{place})s", one) for place in range(count))
            known = self._several[count] = f"{head} VALUES {every}"
        return known


_known: dict[tuple[str, str, tuple[str, ...]], _Insert] = {}


def add(table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows in the open unit. Raises SQLAlchemy's IntegrityError for what a constraint refuses."""
    if not rows:
        return
    connection = current().writing_connection()
    key = (connection.dialect.name, table.name, tuple(rows[0]))
    known = _known.get(key)
    if known is None:
        known = _known[key] = _Insert(table, key[2], connection.dialect)
    known.execute(connection, rows)
