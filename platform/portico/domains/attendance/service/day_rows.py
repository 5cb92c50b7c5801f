"""Rows of days, many at once. Each is written over the version that it was computed from, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, column, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.attendance.models import Workday
from portico.kernel import clock
from portico.kernel.db import JSONB
from portico.kernel.unit_of_work import session

TABLE = cast(Table, Workday.__table__)
_day = TABLE.c
Row = Mapping[str, Any]


def _on_postgresql() -> bool:
    return bool(session().get_bind().dialect.name == "postgresql")


def mark(rows: Sequence[Row]) -> None:
    """Add these days as stale, or mark those that are there; a locked one stays as it is."""
    if not rows:
        return
    build: Any = postgresql.insert if _on_postgresql() else sqlite.insert
    statement = build(TABLE).on_conflict_do_update(
        index_elements=["workspace_id", "employee_id", "work_on"],
        set_={"stale": True, "version": _day.version + 1},
        where=_day.status != "locked",
    )
    session().execute(statement, list(rows))


def keep(workspace_id: str, rows: Sequence[Row]) -> None:
    """They were computed and came to the same: nothing waits any more."""
    if not rows:
        return
    if _on_postgresql():
        computed = _given(rows, ("id", "version", "recheck_at"))
        session().execute(
            _over(workspace_id, computed)
            .values(stale=False, recheck_at=computed.c.recheck_at, version=_day.version + 1)
            .execution_options(synchronize_session=False)
        )
        return
    statement = (
        update(TABLE)
        .where(
            _day.workspace_id == workspace_id,
            _day.id == bindparam("its_id"),
            _day.version == bindparam("its_version"),
            _day.status != "locked",
        )
        .values(stale=False, recheck_at=bindparam("its_recheck_at"), version=_day.version + 1)
        .execution_options(synchronize_session=False)
    )
    values = [{"its_id": row["id"], "its_version": row["version"], "its_recheck_at": row["recheck_at"]} for row in rows]
    session().connection().execute(statement, values)


def write(workspace_id: str, rows: Sequence[Row]) -> set[str]:
    """Answers the ids of the rows that were written."""
    if not rows:
        return set()
    names = [name for name in rows[0] if name not in ("workspace_id", "id", "version", "employee_id", "work_on")]
    if _on_postgresql():
        return _at_once(workspace_id, rows, names)
    return {row["id"] for row in rows if _one(workspace_id, row, names)}


def _at_once(workspace_id: str, rows: Sequence[Row], names: Sequence[str]) -> set[str]:
    computed = _given(rows, ("id", "version", *names))
    done = session().execute(
        _over(workspace_id, computed)
        .values({**{name: computed.c[name] for name in names}, "version": _day.version + 1})
        .returning(_day.id)
        .execution_options(synchronize_session=False)
    )
    return set(done.scalars())


def _given(rows: Sequence[Row], names: Sequence[str]) -> Any:
    """All rows as one value: a statement with a placeholder for each cell costs more to write than to run."""
    columns = [column(name, _day[name].type) for name in names]
    given = [{name: _plain(row[name]) for name in names} for row in rows]
    found = func.jsonb_to_recordset(bindparam("rows", given, type_=JSONB)).table_valued(*columns, name="computed")
    return found.render_derived(name="computed", with_types=True)


def _over(workspace_id: str, computed: Any) -> Any:
    """The rows that still are as they were when it was computed."""
    return (
        update(TABLE)
        .where(_day.workspace_id == workspace_id, _day.id == computed.c.id, _day.version == computed.c.version)
        .where(_day.status != "locked")
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    return value.isoformat() if isinstance(value, date) else value


def _one(workspace_id: str, row: Row, names: Sequence[str]) -> bool:
    done = session().execute(
        update(TABLE)
        .where(_day.workspace_id == workspace_id, _day.id == row["id"], _day.version == row["version"])
        .where(_day.status != "locked")
        .values({**{name: row[name] for name in names}, "version": _day.version + 1})
        .returning(_day.id)
    )
    return done.scalar() is not None


def read(workspace_id: str, where: Any) -> list[dict[str, Any]]:
    """Those that are not locked."""
    statement = select(TABLE).where(_day.workspace_id == workspace_id, _day.status != "locked", where)
    return [dict(row) for row in session().execute(statement).mappings()]
