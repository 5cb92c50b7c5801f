"""How gathered calls become rows: one statement for hundreds of them, whose rows travel as one JSON text. Binding each
value by itself costs several times as much, and this work takes its time from requests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import orjson
from sqlalchemy import JSON, Boolean, DateTime, Integer, SmallInteger, Table, Text, bindparam, column, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from portico.domains.api_log.models import ApiRequest
from portico.kernel import api_log, clock
from portico.kernel.api_log import Call
from portico.kernel.db import Instant, database
from portico.kernel.unit_of_work import session

_table = cast(Table, ApiRequest.__table__)


@api_log.writes
def write(calls: Sequence[Call]) -> None:
    """Add these, in the open system unit; those that are there already stay as they are."""
    for call in calls:
        call.at = clock.rfc3339(call.at) if not isinstance(call.at, str) else call.at
    session().execute(_insert(database().sqlite), {"calls": orjson.dumps(calls).decode()})


@cache
def _insert(on_sqlite: bool) -> Any:
    names = [each.name for each in _table.columns]
    if on_sqlite:
        each = func.json_each(bindparam("calls", type_=Text)).table_valued("value").alias("call")
        values = [func.json_extract(each.c.value, f"$.{name}") for name in names]
        rows = select(*values).where(each.c.value.is_not(None))
        return sqlite.insert(_table).from_select(names, rows, include_defaults=False).on_conflict_do_nothing()
    given = as_type(bindparam("calls", type_=Text), JSON)
    columns = [column(each.name, _plain(each.type)) for each in _table.columns]
    found = func.json_to_recordset(given).table_valued(*columns).render_derived(name="call", with_types=True)
    rows = select(*[found.c[name] for name in names])
    return postgresql.insert(_table).from_select(names, rows, include_defaults=False).on_conflict_do_nothing()


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of a column as PostgreSQL calls it in a list of columns."""
    if isinstance(kind, Instant):
        return DateTime(timezone=True)
    if isinstance(kind, JSON):
        return postgresql.JSONB()
    return kind if isinstance(kind, Boolean | SmallInteger | Integer) else Text()
