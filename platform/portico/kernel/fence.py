"""The second wall: a statement on a workspace table must compare, or set, its `workspace_id`.

The inspector asks one thing of each table: is its `workspace_id` compared in WHERE or ON, or set in INSERT? It does
not reason about values; that is what `visible_to` (first wall) and row-level security (third wall) do. The answer is
remembered with the compiled statement, which SQLAlchemy caches. Raw text is refused but for a few named statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Delete, Insert, Table, TextClause, Update, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql import visitors
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import BinaryExpression, ClauseElement, ColumnElement
from sqlalchemy.sql.selectable import AliasedReturnsRows, FromClause, Join, Select, SelectBase

from portico.kernel.db import Base


class FenceBreach(RuntimeError):
    """A statement that could reach another workspace's rows. A programming error: never shown to callers."""


_open = ContextVar("portico_fence_open", default=False)
_judged: WeakKeyDictionary[Any, str | None] = WeakKeyDictionary()
_named_text: set[str] = set()


def allow_text(statement: str) -> str:
    """Name a raw statement that needs no fence (it touches no workspace table)."""
    _named_text.add(statement)
    return statement


@contextmanager
def opened() -> Iterator[None]:
    """Take the wall away: only for `system_unit`, migrations, and the tests of the other two walls."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def is_open() -> bool:
    return _open.get()


def in_workspace(table: FromClause) -> bool:
    return isinstance(table, Table) and table.metadata is Base.metadata and "workspace_id" in table.primary_key.columns


def _base_table(selectable: Any) -> Any:
    while isinstance(selectable, AliasedReturnsRows):
        selectable = selectable.element
    return selectable


def _own(elements: Iterable[Any]) -> Iterator[Any]:
    """The elements of a criterion, without those of selects nested in it: they are judged by themselves."""
    for element in elements:
        if element is None or isinstance(element, SelectBase):
            continue
        yield element
        yield from _own(element.get_children())


def _compared(criteria: Iterable[Any]) -> set[Any]:
    """The tables and aliases whose workspace_id stands in a comparison."""
    found: set[Any] = set()
    for element in _own(criteria):
        if isinstance(element, BinaryExpression):
            for side in (element.left, element.right):
                if isinstance(side, ColumnElement) and getattr(side, "key", None) == "workspace_id":
                    found.add(getattr(side, "table", None))
    return found


def _parts(statement: ClauseElement) -> Iterator[tuple[list[Any], list[Any]]]:
    """Each select, update and delete in the statement: what it reads, and its WHERE and ON."""
    for element in visitors.iterate(statement):
        if isinstance(element, Select):
            sources: list[Any] = []
            criteria: list[Any] = list(element._where_criteria)
            for source in element.get_final_froms():
                _flatten(source, sources, criteria)
            yield sources, criteria
        elif isinstance(element, Update | Delete):
            yield [element.table], list(element._where_criteria)


def _flatten(source: Any, sources: list[Any], criteria: list[Any]) -> None:
    if isinstance(source, Join):
        criteria.append(source.onclause)
        _flatten(source.left, sources, criteria)
        _flatten(source.right, sources, criteria)
    else:
        sources.append(source)


def _inserted(statement: Insert, keys: Iterable[str]) -> set[str]:
    """The columns that an INSERT sets: in its own values, its rows, its select, or the parameters."""
    if statement.select is not None:
        return set(statement._select_names or ())
    values: Any = statement._values or {}
    names = {getattr(column, "key", column) for column in values} | set(keys)
    for rows in statement._multi_values or ():
        for row in rows:
            names.update(getattr(column, "key", column) for column in row)
    return names


def judge(statement: ClauseElement, keys: Iterable[str] = ()) -> str | None:
    """The name of a table that this statement reaches without its fence, or None. `keys`: parameters of an INSERT."""
    for sources, criteria in _parts(statement):
        compared = _compared(criteria)
        for source in sources:
            base = _base_table(source)
            if in_workspace(base) and source not in compared:
                return str(base.name)
    if isinstance(statement, Insert) and in_workspace(statement.table):
        return None if "workspace_id" in _inserted(statement, keys) else str(statement.table.name)
    return None


def _inspect(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> None:
    if _open.get():
        return
    compiled = getattr(context, "compiled", None)
    if compiled is None:
        if statement in _named_text or statement.split(" ", 1)[0] in (
            "BEGIN",
            "SAVEPOINT",
            "RELEASE",
            "ROLLBACK",
        ):
            return
        raise FenceBreach(f"Raw SQL is refused: {statement[:120]!r}. Write it with the tables, or name it.")
    if compiled not in _judged:
        _judged[compiled] = _verdict(compiled)
    breach = _judged[compiled]
    if breach is not None:
        raise FenceBreach(f"{breach} is read or written without its workspace_id: {statement[:200]}")


def _verdict(compiled: Any) -> str | None:
    statement = compiled.statement
    if isinstance(statement, TextClause):
        return None if statement.text in _named_text else "raw text"
    if isinstance(statement, ExecutableDDLElement):
        return "a schema change outside migrations"
    return judge(statement, compiled.column_keys or ())


def guard(engine: Engine) -> None:
    """Put the wall up around an engine."""
    event.listen(engine, "before_cursor_execute", _inspect)
