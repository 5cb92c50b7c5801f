"""Statements that are built, compiled and judged by the fence once, and then only executed.

    @prepared
    def _by_id(actor: Actor, contact_id: str) -> AnySelect:
        return visible_to(actor).where(_contact.id == contact_id)

    row = _by_id(actor, contact_id).one_or_none()

The function runs once per database, with a bound parameter in place of each argument (in place of an actor stands one
whose `workspace_id` is such a parameter), so it may not decide anything by their values. An actor with a data range
takes the way without preparation. Building and looking up costs SQLAlchemy more than the database takes for a row by
its key.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

import orjson
from sqlalchemy import JSON, Float, Row, bindparam
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import MultipleResultsFound, NoResultFound

from portico.kernel import driver, fence
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.unit_of_work import current, session


class Rows(list[AnyRow]):
    """All rows of a statement, already fetched. SQLAlchemy's results do more, and cost more than the database."""

    __slots__ = ()

    def one_or_none(self) -> AnyRow | None:
        """The one row, or None. Raises MultipleResultsFound."""
        if len(self) > 1:
            raise MultipleResultsFound("There is more than one row where one was asked for.")
        return self[0] if self else None

    def one(self) -> AnyRow:
        """The one row. Raises NoResultFound and MultipleResultsFound."""
        row = self.one_or_none()
        if row is None:
            raise NoResultFound("There is no row where one was asked for.")
        return row

    def scalar_one(self) -> Any:
        """The first column of the one row. Raises as `one` does."""
        return self.one()[0]


@dataclass(frozen=True, slots=True)
class InWorkspaceOnly:
    """Stands for the actor while a statement is built."""

    workspace_id: Any
    data_range: None = None
    """Prepared is only what an actor without a range asks."""


def _processor(kind: Any, dialect: Dialect) -> Any:
    """From the driver's value to ours. SQLAlchemy makes three calls for each JSON of SQLite, a page has hundreds."""
    if dialect.name == "sqlite" and isinstance(kind.dialect_impl(dialect), JSON):
        return _from_json
    if isinstance(kind, Float) and not kind.asdecimal:
        # Both drivers bring floats as they are; SQLAlchemy's of PostgreSQL wants to know which of its types it was.
        return None
    return kind._cached_result_processor(dialect, None)


def _from_json(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)


class _Compiled:
    """One statement for one kind of database."""

    def __init__(self, statement: Any, dialect: Dialect, names: Sequence[str]) -> None:
        """`names` are the bound parameters that a call gives, in its order."""
        compiled = statement.compile(dialect=dialect)
        if compiled.post_compile_params:
            raise TypeError("A prepared statement cannot hold a list of unknown length (IN); execute it as it is.")
        self.sql: str = compiled.string
        self.breach = fence.judge(statement)
        convert = {name: process for name, process in compiled._bind_processors.items() if process is not None}
        order: list[str] | None = list(compiled.positiontup) if compiled.positional else None
        fixed = {name: bind.effective_value for name, bind in compiled.binds.items() if name not in names}
        fixed = {name: convert[name](value) if name in convert else value for name, value in fixed.items()}
        # What a call fills in: where in the driver's parameters, which of its arguments, and by what conversion.
        self._template: Any = fixed if order is None else [fixed.get(name) for name in order]
        places = compiled.binds if order is None else range(len(order))
        self._given = [
            (place, names.index(name), convert.get(name))
            for place, name in zip(places, order or compiled.binds, strict=True)
            if name in names
        ]
        columns = compiled._result_columns
        processors = [_processor(entry.type, dialect) for entry in columns]
        self._shape = SimpleResultMetaData([entry.keyname for entry in columns])
        self._processors = processors if any(processors) else None

    def parameters(self, given: Sequence[Any]) -> driver.Parameters:
        values = self._template.copy()
        for place, argument, convert in self._given:
            value = given[argument]
            values[place] = value if convert is None else convert(value)
        return values  # type: ignore[no-any-return]

    def execute(self, connection: Connection | driver.Straight, given: Sequence[Any]) -> Rows:
        if self.breach is not None and not fence.is_open():
            raise fence.FenceBreach(f"{self.breach} is read without its workspace_id: {self.sql[:200]}")
        cursor = driver.execute(connection, self.sql, self.parameters(given))
        found = cursor.fetchall()
        cursor.close()
        shape, processors, index = self._shape, self._processors, self._shape._key_to_index
        return Rows([Row(shape, processors, index, values) for values in found])


class Prepared:
    """What `prepared` makes of a function that builds a statement."""

    def __init__(self, build: Callable[..., Any]) -> None:
        update_wrapper(self, build)
        self._build = build
        self._names = list(inspect.signature(build).parameters)
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, *arguments: Any) -> Rows:
        given = []
        for argument in arguments:
            if not isinstance(argument, Actor):
                given.append(argument)
            elif argument.data_range is None:
                given.append(argument.workspace_id)
            else:
                # A range is part of the statement's shape: built and executed as any other.
                return Rows(session().execute(self._build(*arguments)))
        if len(given) != len(self._names):
            raise TypeError(f"{self._build.__name__} takes {len(self._names)} arguments, not {len(given)}.")
        connection = current().connection()
        dialect = connection.dialect
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _Compiled(self._statement(), dialect, self._names)
        return known.execute(connection, given)

    def _statement(self) -> Any:
        return self._build(*(_placeholder(name) for name in self._names))


def _placeholder(name: str) -> Any:
    return InWorkspaceOnly(bindparam("actor")) if name == "actor" else bindparam(name)


def prepared(build: Callable[..., Any]) -> Prepared:
    """Build the statement once; calls execute it in the open unit with their arguments."""
    return Prepared(build)
