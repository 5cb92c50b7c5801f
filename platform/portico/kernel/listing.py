"""Lists: one mechanism for filter, sort, search and keyset pages of any depth.

A list is declared once per resource as a `Listing`; `page` applies a `ListQuery` to a statement that began at
`visible_to`. The cursor holds the last row's sort values and a digest of the filter, and is signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from portico.kernel import clock, search
from portico.kernel.actor import Actor
from portico.kernel.cursors import sign, unsign
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import CursorMismatch, FieldError, Invalid
from portico.kernel.prepared import InWorkspaceOnly, Prepared, prepared
from portico.kernel.unit_of_work import session

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_VALUES = 200
COUNTED = 1000
"""A bounded count, which pages ask for, goes one further and no more."""

Clause = Callable[[str, Any], ColumnElement[bool]]
"""(operator, value or list of values) → condition."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A field that can be filtered. `column` for the usual operators, or `clause` for its own reading of them."""

    kind: str = "text"
    """text, instant, date, int, decimal or bool"""
    column: ColumnElement[Any] | None = None
    clause: Clause | None = None
    operators: tuple[str, ...] = ("eq", "ne", "in", "exists")
    choices: tuple[str, ...] = ()


ORDERED = ("eq", "ne", "in", "lt", "lte", "gt", "gte", "exists")


@dataclass(frozen=True, slots=True)
class Sort:
    column: ColumnElement[Any]
    nullable: bool = False
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """`id_column` ends every sort; `search_kind` names the records in the search table."""

    id_column: ColumnElement[str]
    filters: Mapping[str, Filter]
    sorts: Mapping[str, Sort]
    default_sort: str = "-created_at"
    search_kind: str | None = None
    open_filters: str | None = None
    """The beginning of filters that nobody can list here, such as `properties.`: taken as they come, and given to the
    list by who knows them (`filters_added`) before it is asked."""

    def is_open(self, name: str) -> bool:
        return self.open_filters is not None and name.startswith(self.open_filters)


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a caller asked of a list, parsed and checked against its Listing."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    q: str | None = None
    conditions: tuple[Condition, ...] = ()
    sort: str | None = None
    fields: tuple[str, ...] = ()
    count: str | None = None
    match: search.Match = "beginning"
    """How `q` is looked for; the API always asks for beginnings of words."""


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Any]
    next_cursor: str | None
    total: int | None = None
    fields: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def has_more(self) -> bool:
        return self.next_cursor is not None


def _wrong(name: str, code: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(f"/query/{name}", code, message)])


def parse_value(name: str, kind: str, text: str) -> Any:
    """One value of a filter from its text. Raises Invalid."""
    try:
        return _READ.get(kind, _read_text)(text)
    except (ValueError, KeyError, InvalidOperation):
        raise _wrong(name, "invalid", f"{text[:100]!r} is not a value for {name} ({kind}).") from None


def _read_int(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63 or len(text) > 20:
        raise ValueError
    return number


def _read_instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1970 <= moment.year <= 9998:
        raise ValueError
    return moment


def _read_date(text: str) -> str:
    if len(text) != 10:
        raise ValueError
    return date.fromisoformat(text).isoformat()


def _read_decimal(text: str) -> Decimal:
    amount = Decimal(text)
    if len(text) > 40 or not amount.is_finite() or abs(amount) >= 10**12 or amount != round(amount, 6):
        raise ValueError
    return amount


def _read_text(text: str) -> str:
    if "\x00" in text:
        raise ValueError
    return text


_READ: dict[str, Callable[[str], Any]] = {
    "int": _read_int,
    "bool": {"true": True, "false": False}.__getitem__,
    "instant": _read_instant,
    "date": _read_date,
    "decimal": _read_decimal,
}


def parse_condition(listing: Listing, name: str, operator: str, text: str) -> Condition:
    """Check one `filter[name][operator]=text`. Raises Invalid."""
    known = listing.filters.get(name)
    label = f"filter[{name}]"
    if known is None and listing.is_open(name):
        return Condition(name, operator, text)
    if known is None:
        raise _wrong(label, "unknown", f"There is no filter {name!r}; use {', '.join(sorted(listing.filters))}.")
    if operator not in known.operators:
        raise _wrong(label, "operator", f"{name} can be filtered by {', '.join(known.operators)}.")
    if operator == "exists":
        return Condition(name, operator, parse_value(label, "bool", text))
    values = text.split(",") if operator == "in" else [text]
    if len(values) > MAX_VALUES:
        raise _wrong(label, "too_many", f"At most {MAX_VALUES} values.")
    for value in values:
        if known.choices and value not in known.choices:
            raise _wrong(label, "choice", f"{value[:100]!r} is none of {', '.join(known.choices)}.")
    parsed = [parse_value(label, known.kind, value) for value in values]
    return Condition(name, operator, parsed if operator == "in" else parsed[0])


def conditions_of(listing: Listing, filters: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Filters as a body gives them: `{"action": "ticket.solved", "at": {"gte": "…"}}`. Raises Invalid."""
    found = []
    for name, wanted in filters.items():
        for operator, value in wanted.items() if isinstance(wanted, Mapping) else (("eq", wanted),):
            parts = value if isinstance(value, list) else [value]
            if not all(isinstance(part, str | int | bool) for part in parts):
                raise _wrong(f"filter[{name}]", "invalid", f"{name} takes texts, or a list of them.")
            texts = [str(part).lower() if isinstance(part, bool) else str(part) for part in parts]
            found.append(parse_condition(listing, name, str(operator), ",".join(texts)))
    return tuple(found)


def filters_added(listing: Listing, query: ListQuery, filters: Mapping[str, Filter]) -> tuple[Listing, ListQuery]:
    """The list with its open filters known, and what was asked of them read. Raises Invalid for the unknown."""
    whole = replace(listing, filters={**listing.filters, **filters}, open_filters=None)
    read = tuple(
        parse_condition(whole, one.field, one.operator, one.value) if listing.is_open(one.field) else one
        for one in query.conditions
    )
    return whole, replace(query, conditions=read)


def _apply(known: Filter, condition: Condition) -> ColumnElement[bool]:
    if known.clause is not None:
        return known.clause(condition.operator, condition.value)
    usual: ColumnElement[bool] = _usual(known.column, condition)
    return usual


def _usual(column: Any, condition: Condition) -> Any:
    """The usual reading of an operator. Nulls are not equal to anything."""
    match condition.operator:
        case "eq":
            return column == condition.value
        case "ne":
            return or_(column != condition.value, column.is_(None))
        case "in":
            return column.in_(condition.value)
        case "exists":
            return column.is_not(None) if condition.value else column.is_(None)
        case "lt":
            return column < condition.value
        case "lte":
            return column <= condition.value
        case "gt":
            return column > condition.value
        case _:
            return column >= condition.value


def _sort(listing: Listing, name: str | None) -> tuple[Sort, bool]:
    text = name or listing.default_sort
    key = text.removeprefix("-")
    if key not in listing.sorts:
        raise _wrong("sort", "unknown", f"Sort by {', '.join(sorted(listing.sorts))}, with - in front for falling.")
    return listing.sorts[key], text.startswith("-")


def _fingerprint(listing: Listing, workspace_id: str, query: ListQuery) -> str:
    """What a cursor is bound to: the list, the workspace, the filter and the sort; not the limit."""
    conditions = [[c.field, c.operator, c.value] for c in query.conditions]
    parts = [str(listing.id_column), workspace_id, query.q, query.sort or listing.default_sort, conditions]
    return hashlib.sha256(orjson.dumps(parts, default=str)).hexdigest()[:16]


def _after(listing: Listing, sort: Sort, falling: bool, last: Any, last_id: str) -> ColumnElement[bool]:
    """The rows behind (last, last_id); nulls come last in both directions."""
    id_column = listing.id_column
    beyond = id_column < last_id if falling else id_column > last_id
    if sort.column is id_column:
        return beyond
    if sort.nullable and last is None:
        return and_(sort.column.is_(None), beyond)
    value = datetime.fromisoformat(last) if sort.instant else last
    pair = tuple_(sort.column, id_column)
    rows = pair < (value, last_id) if falling else pair > (value, last_id)
    return or_(rows, sort.column.is_(None)) if sort.nullable else rows


def _order(listing: Listing, sort: Sort, falling: bool, few: bool) -> list[ColumnElement[Any]]:
    """Of few rows that are named by their keys: not by the column itself, or PostgreSQL may walk the column's index to
    look for them."""
    column = func.coalesce(sort.column, sort.column) if few and sort.column is not listing.id_column else sort.column
    keys: list[ColumnElement[Any]] = [sort.column.is_(None)] if sort.nullable else []
    keys.append(column.desc() if falling else column.asc())
    if sort.column is not listing.id_column:
        keys.append(listing.id_column.desc() if falling else listing.id_column.asc())
    return keys


def _meant(listing: Listing, workspace_id: str, query: ListQuery) -> search.Meant | None:
    if not query.q:
        return None
    if listing.search_kind is None:
        raise _wrong("q", "unknown", "This list has no search.")
    return search.meant(workspace_id, listing.search_kind, query.q, query.match)


def narrow(statement: AnySelect, listing: Listing, workspace_id: str, query: ListQuery) -> AnySelect:
    """The statement with the query's search and filters, unsorted."""
    return _narrowed(statement, listing, query, _meant(listing, workspace_id, query))


def _narrowed(statement: AnySelect, listing: Listing, query: ListQuery, meant: search.Meant | None) -> AnySelect:
    if meant is not None:
        statement = statement.where(*meant.clauses(listing.id_column))
    for condition in query.conditions:
        statement = statement.where(_apply(listing.filters[condition.field], condition))
    return statement


Start = Callable[[Any], AnySelect]
"""A function such as `visible_to`, which asks nothing of the actor but the workspace."""


def start_of(start: Start, actor: Actor) -> AnySelect | Start:
    """Where a list begins for this actor: prepared, or with the actor's data range in it."""
    return start if actor.data_range is None else start(actor)


_plans: dict[tuple[Any, ...], Prepared] = {}


def _sorted(statement: AnySelect, listing: Listing, sort: Sort, falling: bool, few: bool = False) -> AnySelect:
    return statement.add_columns(sort.column.label("_sort")).order_by(*_order(listing, sort, falling, few))


def _plan(start: Start, listing: Listing, name: str, *, first: bool) -> Prepared:
    """The prepared statement of a page without search and filters; `first` or, sorted by id, behind another."""
    key = (start, id(listing), name, first)
    if key not in _plans:
        sort, falling = _sort(listing, name)

        def first_page(actor: Any, most: Any) -> AnySelect:
            return _sorted(start(actor), listing, sort, falling).limit(most)

        def later_page(actor: Any, most: Any, last_id: Any) -> AnySelect:
            return first_page(actor, most).where(_after(listing, sort, falling, last_id, last_id))

        _plans[key] = prepared(first_page if first else later_page)
    return _plans[key]


def _behind(query: ListQuery, mark: str) -> tuple[Any, str] | None:
    """The sort value and id that the cursor names. Raises CursorInvalid and CursorMismatch."""
    if not query.cursor:
        return None
    content = unsign(query.cursor)
    if not isinstance(content, list) or len(content) != 3 or content[0] != mark:
        raise CursorMismatch()
    return content[1], content[2]


def _rows(
    start: AnySelect | Start,
    listing: Listing,
    workspace_id: str,
    query: ListQuery,
    meant: search.Meant | None,
    behind: tuple[Any, str] | None,
) -> Sequence[AnyRow]:
    """The wanted rows and one more, prepared where the shape of the question is one of few."""
    sort, falling = _sort(listing, query.sort)
    by_id = sort.column is listing.id_column
    if callable(start) and not (query.q or query.conditions) and (behind is None or by_id):
        plan = _plan(start, listing, query.sort or listing.default_sort, first=behind is None)
        return plan(workspace_id, query.limit + 1, *(() if behind is None else behind[1:]))
    few = meant is not None and meant.few is not None
    wanted = _sorted(_narrowed(_begun(start, workspace_id), listing, query, meant), listing, sort, falling, few)
    if behind is not None:
        wanted = wanted.where(_after(listing, sort, falling, *behind))
    return session().execute(wanted.limit(query.limit + 1)).all()


def _begun(start: AnySelect | Start, workspace_id: str) -> AnySelect:
    return start(InWorkspaceOnly(workspace_id)) if callable(start) else start


def _total(statement: AnySelect, listing: Listing, count: str) -> int | None:
    counted = statement.with_only_columns(listing.id_column).order_by(None)
    if count == "bounded":
        counted = counted.limit(COUNTED + 1)
    return session().scalar(select(func.count()).select_from(counted.subquery()))


def page(start: AnySelect | Start, listing: Listing, workspace_id: str, query: ListQuery) -> Page:
    """One page of what begins at `start`. Raises CursorInvalid, CursorMismatch and Invalid."""
    _sort(listing, query.sort)
    mark = _fingerprint(listing, workspace_id, query)
    behind = _behind(query, mark)
    meant = _meant(listing, workspace_id, query)
    if meant is not None and meant.nothing:
        return Page((), None, 0 if query.count else None, query.fields)
    rows = _rows(start, listing, workspace_id, query, meant, behind)
    total = None
    if query.count:
        total = _total(_narrowed(_begun(start, workspace_id), listing, query, meant), listing, query.count)
    next_cursor = None
    if len(rows) > query.limit:
        rows = rows[: query.limit]
        last = rows[-1]._sort
        value = clock.rfc3339(last) if isinstance(last, datetime) else last
        next_cursor = sign([mark, value, rows[-1].id])
    return Page(rows, next_cursor, total, query.fields)
