"""Days that are to be computed anew, and their computing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.attendance.models import Workday
from portico.domains.attendance.reckoning import DEFINITION_VERSION
from portico.kernel import clock
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_table = cast(Table, Workday.__table__)
_PIECE = 200
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("planned_s", "worked_s", "paid_s", "break_s", "late_s", "early_s"), 0),
    **dict.fromkeys(("absent_s", "overtime_s", "absence_s"), 0),
    "shift_version_ids": [],
    "exceptions": [],
    "details": {},
    "status": "open",
    "stale": True,
    "definition_version": DEFINITION_VERSION,
    "version": 1,
}


def mark_stale(workspace_id: str, employee_id: str, on: date) -> None:
    """What this day depends on has changed: it is to be computed anew. A locked day stays as it is. As often as you
    like, at once or again: a day is a row."""
    mark_days_stale(workspace_id, [(employee_id, on)])


def mark_days_stale(workspace_id: str, days: Iterable[tuple[str, date]]) -> int:
    """As `mark_stale`, for many, in few statements. Answers how many days it was asked for."""
    work = session()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    now = clock.now()
    wanted = sorted(set(days))
    for start in range(0, len(wanted), _PIECE):
        rows = [
            {
                **_EMPTY,
                "workspace_id": workspace_id,
                "id": new_id("wkd"),
                "employee_id": employee_id,
                "work_on": on,
                "created_at": now,
                "updated_at": now,
            }
            for employee_id, on in wanted[start : start + _PIECE]
        ]
        statement = build(_table).values(rows)
        work.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace_id", "employee_id", "work_on"],
                set_={"stale": True},
                where=_table.c.status != "locked",
            )
        )
    return len(wanted)
