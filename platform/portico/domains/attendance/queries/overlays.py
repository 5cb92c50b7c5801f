"""What lies over the plan of a day: agreed absences and approved overtime, by person and date.

For whoever computes; the caller has asked whether the actor may. Corrections need no reading of their own: an approved
one has made a punch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from portico.domains.attendance import halves
from portico.domains.attendance.models.requests import OvertimeRequest
from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.queries.absence_days import Days
from portico.domains.attendance.reckoning.values import AbsenceFact, OvertimeFact
from portico.kernel.unit_of_work import session

_overtime = OvertimeRequest.__table__.c
Absences = Mapping[tuple[str, date], tuple[AbsenceFact, ...]]
Overtime = Mapping[tuple[str, date], tuple[OvertimeFact, ...]]
_DAY = timedelta(days=1)


def absences_of(workspace_id: str, employee_ids: Sequence[str], first: date, last: date) -> Absences:
    """The agreed absences of these dates. One by the hour stands at each date whose shift or, without one, whose own
    hours it touches."""
    found: dict[tuple[str, date], list[AbsenceFact]] = defaultdict(list)
    for row in queries.between(workspace_id, employee_ids, first, last + _DAY):
        stretch = halves.of_row(row)
        if stretch is None:
            for on, start, end in _hours(workspace_id, row):
                found[row["employee_id"], on].append(AbsenceFact(row["type_key"], row["paid"], None, start, end))
            continue
        for on, slots in stretch.days():
            slot = "full" if len(slots) == 2 else slots[0]
            found[row["employee_id"], on].append(AbsenceFact(row["type_key"], row["paid"], slot))
    return {key: tuple(facts) for key, facts in found.items() if first <= key[1] <= last}


def _hours(workspace_id: str, row: dict[str, Any]) -> Iterator[tuple[date, datetime, datetime]]:
    """The parts of an absence by the hour, by the date that they count for: a shift of the night before may hold it."""
    first, last = row["from_on"] - _DAY, row["until_on"]
    days = Days(workspace_id, row["employee_id"], first, last)
    for on in (first + timedelta(days=by) for by in range((last - first).days + 1)):
        shifts = days.shifts(on)
        spans = [(one.starts_at, one.ends_at) for one in shifts] or [days.midnights(on)]
        start, end = max(row["starts_at"], spans[0][0]), min(row["ends_at"], spans[-1][1])
        if start < end:
            yield on, start, end


def overtime_of(workspace_id: str, employee_ids: Sequence[str], first: date, last: date) -> Overtime:
    """What was approved for these dates."""
    rows = session().execute(
        select(_overtime.employee_id, _overtime.work_on, _overtime.approved_minutes)
        .where(_overtime.workspace_id == workspace_id, _overtime.employee_id.in_(employee_ids))
        .where(_overtime.status == "approved", _overtime.work_on >= first, _overtime.work_on <= last)
    )
    return {(row.employee_id, row.work_on): (OvertimeFact((row.approved_minutes or 0) * 60),) for row in rows}
