"""Days that are to be computed anew, and their computing.

Whoever changes what a day depends on marks it, in the same transaction. Marking raises the version of the row, and what
was computed is only written over the version that it was computed from: a mark that comes in between is never lost, and
two who compute at once write the same, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, update

from portico.domains.attendance import events
from portico.domains.attendance.queries import facts, periods, shifts, workdays
from portico.domains.attendance.reckoning import DEFINITION_VERSION, Known, inputs_hash, next_edge
from portico.domains.attendance.reckoning import workday as reckon
from portico.domains.attendance.reckoning.values import Inputs, Reckoned
from portico.domains.attendance.service import day_rows
from portico.domains.attendance.zones import tzdb_version
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

Day = tuple[str, date]
_day = day_rows.TABLE.c
_PIECE = 400
UNREADABLE = "rules_unreadable"
_FIGURES = (
    *("planned_s", "worked_s", "paid_s", "break_s", "late_s", "early_s"),
    *("absent_s", "overtime_s", "absence_s"),
)
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(_FIGURES, 0),
    "shift_version_ids": [],
    "exceptions": [],
    "details": {},
    "status": "open",
    "stale": True,
    "definition_version": DEFINITION_VERSION,
    "version": 1,
}
_SAID = (*_FIGURES, "group_id", "shift_version_ids", "day_kind", "late_level", "exceptions", "details", "status")
"""What a day says: when one of it changes, its event tells."""


def mark_stale(workspace_id: str, employee_id: str, on: date) -> None:
    """What this day depends on has changed: it is to be computed anew. A locked day stays as it is. As often as you
    like, at once or again: a day is a row."""
    mark_days_stale(workspace_id, [(employee_id, on)])


def mark_days_stale(workspace_id: str, days: Iterable[Day]) -> int:
    """As `mark_stale`, for many, in few statements. Answers how many days it marked, without those of locked months."""
    locked = periods.locked_months(workspace_id)
    wanted = sorted({day for day in days if periods.month_of(day[1]) not in locked})
    now = clock.now()
    day_rows.mark(
        [
            {
                **_EMPTY,
                "workspace_id": workspace_id,
                "id": new_id("wkd"),
                "employee_id": employee_id,
                "work_on": on,
                "created_at": now,
                "updated_at": now,
            }
            for employee_id, on in wanted
        ]
    )
    return len(wanted)


def recompute(actor: Actor, days: Iterable[Day]) -> int:
    """Compute these days as they are now, but for locked ones. Answers how many came to something else."""
    wanted = sorted(set(days))
    changed = 0
    for start in range(0, len(wanted), _PIECE):
        changed += _recompute(actor, wanted[start : start + _PIECE])
    return changed


def _recompute(actor: Actor, days: Sequence[Day]) -> int:
    now = clock.now()
    rows = _rows(actor.workspace_id, days)
    inputs = facts.inputs_of(actor.workspace_id, rows, now)
    known = Known()
    written: list[dict[str, Any]] = []
    same: list[dict[str, Any]] = []
    for day, row in rows.items():
        if day not in inputs:
            continue
        found = known.instances(inputs[day].plans)
        digest = inputs_hash(inputs[day], found, known)
        edge = next_edge(inputs[day], found)
        if digest == row["inputs_hash"] and row["definition_version"] == DEFINITION_VERSION:
            same.append({**row, "recheck_at": edge})
        else:
            told = reckon(inputs[day], found)
            about = {"inputs_hash": digest, "recheck_at": edge, "computed_at": now, "updated_at": now}
            written.append({**_outcome(row, inputs[day], told), **about})
    day_rows.keep(actor.workspace_id, same)
    done = day_rows.write(actor.workspace_id, written)
    kept = [row for row in written if row["id"] in done]
    _mark_used(actor, kept)
    return sum(_tell(actor, rows[row["employee_id"], row["work_on"]], row) for row in kept)


def mark_unreadable(actor: Actor, day: Day) -> None:
    """The rules of this day cannot be read: that is its exception, until somebody changes them."""
    now = clock.now()
    for before in _rows(actor.workspace_id, [day]).values():
        told = {"status": "exception", "exceptions": [{"code": UNREADABLE}], "details": {}, "inputs_hash": ""}
        about = {"stale": False, "recheck_at": None, "confirmed_at": None, "computed_at": now, "updated_at": now}
        row = {**before, **dict.fromkeys(_FIGURES, 0), **told, **about}
        if day_rows.write(actor.workspace_id, [row]):
            _tell(actor, before, row)


def _rows(workspace_id: str, days: Sequence[Day]) -> dict[Day, dict[str, Any]]:
    """Of everybody from the first to the last of the dates, and of those the wanted: a condition for each person costs
    more to write than the rows that are too many."""
    wanted = set(days)
    ids, dates = sorted({employee_id for employee_id, _ in days}), [on for _, on in days]
    where = and_(_day.employee_id.in_(ids), _day.work_on.between(min(dates), max(dates)))
    found = ((row["employee_id"], row["work_on"], row) for row in day_rows.read(workspace_id, where))
    return {(one, on): row for one, on, row in found if (one, on) in wanted}


def _outcome(row: Mapping[str, Any], inputs: Inputs, found: Reckoned) -> dict[str, Any]:
    plan = inputs.plans[1]
    return {
        **row,
        **{name: getattr(found, name) for name in _FIGURES},
        "group_id": plan.rules.group_id,
        "group_version_id": plan.rules.version_id,
        "shift_version_ids": [shift.version_id for shift in plan.shifts],
        "day_kind": found.day_kind,
        "timezone": plan.rules.timezone,
        "late_level": found.late_level,
        "exceptions": workdays.plain(found.exceptions),
        "details": workdays.plain(found.details),
        "status": found.status,
        "stale": False,
        "confirmed_at": None,
        "tzdb_version": tzdb_version(),
        "definition_version": DEFINITION_VERSION,
    }


def _mark_used(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """The versions of shifts by which days were computed stay as they are from now on."""
    ids = {one for row in rows if row["status"] != "open" for one in row["shift_version_ids"]}
    if not ids:
        return
    table = shifts.VERSION
    session().execute(
        update(table)
        .where(table.c.workspace_id == actor.workspace_id, table.c.id.in_(sorted(ids)), table.c.used.is_(False))
        .values(used=True)
    )


def _tell(actor: Actor, before: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """What a day came to is news when it is another thing than before, and the day is over."""
    if all(before[name] == row[name] for name in _SAID) or (row["status"] == "open" and before["status"] == "open"):
        return False
    shown = workdays.shown({**row, "version": row["version"] + 1})
    emit(actor, events.WORKDAY_COMPUTED, shown)
    codes = [one["code"] for one in row["exceptions"]]
    if row["status"] == "exception" and codes != [one["code"] for one in before["exceptions"]]:
        emit(actor, events.WORKDAY_EXCEPTION, shown)
    return True
