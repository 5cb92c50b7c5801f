"""Which days a change of rules touches. They are marked; a job computes them. Locked days stay as they are.

Only days that have a row are marked: a day that nobody computed yet has nothing to be wrong about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Select, Table, and_, or_, select, update

from portico.domains.attendance.models import AttendanceAssignment, Workday
from portico.domains.attendance.queries import holidays, shifts
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_table = cast(Table, Workday.__table__)
_day = _table.c
_assignment = AttendanceAssignment.__table__.c
FIRST = date(1900, 1, 2)


def _mark(actor: Actor, *where: Any) -> int:
    """How many days were marked. Each mark raises the version: see `recomputing`."""
    done = session().execute(
        update(_table)
        .where(_day.workspace_id == actor.workspace_id, _day.status != "locked", *where)
        .values(stale=True, version=_day.version + 1)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _members(actor: Actor, group_ids: Iterable[str]) -> Select[str]:
    return select(_assignment.employee_id).where(
        _assignment.workspace_id == actor.workspace_id, _assignment.group_id.in_(sorted(group_ids))
    )


def _since(start: date) -> Any:
    """A day looks at its neighbours: the one before may change with it."""
    return _day.work_on >= start - timedelta(days=1)


def group_changed(actor: Actor, group_id: str, start: date) -> int:
    return _mark(actor, _since(start), _day.employee_id.in_(_members(actor, [group_id])))


def shift_changed(actor: Actor, shift_id: str, start: date) -> int:
    """Whoever has it in the week of their group, or on the roster."""
    groups = shifts.groups_with(actor, shift_id)
    rostered = select(shifts.ENTRY.c.employee_id).where(
        shifts.ENTRY.c.workspace_id == actor.workspace_id,
        shifts.ENTRY.c.shift_id == shift_id,
        shifts.ENTRY.c.work_on >= start - timedelta(days=1),
    )
    people = or_(_day.employee_id.in_(_members(actor, groups)), _day.employee_id.in_(rostered))
    # The first version holds for what is before it too.
    first = shifts.versions_of(actor, shift_id)[:1]
    before = bool(first) and start <= first[0].effective_from
    return _mark(actor, people) if before else _mark(actor, _since(start), people)


def holidays_changed(actor: Actor, calendar_id: str, dates: Sequence[date]) -> int:
    groups = holidays.groups_of(actor, calendar_id)
    if not groups or not dates:
        return 0
    around = sorted({on + timedelta(days=by) for on in dates for by in (-1, 0, 1)})
    return _mark(actor, _day.work_on.in_(around), _day.employee_id.in_(_members(actor, groups)))


def people_changed(actor: Actor, days: Iterable[tuple[str, date]]) -> int:
    """These days and their neighbours, where they have a row."""
    by_person: dict[str, set[date]] = {}
    for employee_id, on in days:
        by_person.setdefault(employee_id, set()).update(on + timedelta(days=by) for by in (-1, 0, 1))
    parts = [and_(_day.employee_id == one, _day.work_on.in_(sorted(dates))) for one, dates in sorted(by_person.items())]
    return sum(_mark(actor, or_(*parts[place : place + 50])) for place in range(0, len(parts), 50))


def person_changed(actor: Actor, employee_id: str, start: date) -> int:
    return _mark(actor, _since(start), _day.employee_id == employee_id)
