"""How gathered calls become rows. This work takes its time from requests, so nothing of SQLAlchemy's runs for each row:
on PostgreSQL hundreds of them travel as one JSON text in one statement, on SQLite as tuples straight to the driver."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import attrgetter
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
_NAMES = [each.name for each in _table.columns]
_JSON = [place for place, each in enumerate(_table.columns) if isinstance(each.type, JSON)]
_values = attrgetter(*_NAMES)


@api_log.writes
def write(calls: Sequence[Call]) -> None:
    """Add these, in the open system unit; those that are there already stay as they are."""
    for call in calls:
        call.at = clock.rfc3339(call.at) if not isinstance(call.at, str) else call.at
    if database().sqlite:
        session().connection().exec_driver_sql(_as_tuples(), [_tuple(call) for call in calls])
    else:
        session().execute(_as_json(), {"calls": orjson.dumps(calls).decode()})


@cache
def _as_tuples() -> str:
    adding = sqlite.insert(_table).on_conflict_do_nothing()
    return str(adding.compile(dialect=sqlite.dialect(), column_keys=_NAMES))


def _tuple(call: Call) -> tuple[Any, ...]:
    values = list(_values(call))
    for place in _JSON:
        if values[place] is not None:
            values[place] = orjson.dumps(values[place]).decode()
    return tuple(values)


@cache
def _as_json() -> Any:
    given = as_type(bindparam("calls", type_=Text), JSON)
    columns = [column(each.name, _plain(each.type)) for each in _table.columns]
    found = func.json_to_recordset(given).table_valued(*columns).render_derived(name="call", with_types=True)
    rows = select(*[found.c[name] for name in _NAMES])
    return postgresql.insert(_table).from_select(_NAMES, rows, include_defaults=False).on_conflict_do_nothing()


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of a column as PostgreSQL calls it in a list of columns."""
    if isinstance(kind, Instant):
        return DateTime(timezone=True)
    if isinstance(kind, JSON):
        return postgresql.JSONB()
    return kind if isinstance(kind, Boolean | SmallInteger | Integer) else Text()
