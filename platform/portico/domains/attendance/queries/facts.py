"""The inputs of many days at once, in a handful of statements."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from portico.domains.attendance.models import Punch
from portico.domains.attendance.queries import overlays
from portico.domains.attendance.queries.rulebook import pieces, plans_around, rulebook
from portico.domains.attendance.reckoning import instant
from portico.domains.attendance.reckoning.values import Inputs, PunchFact
from portico.kernel.unit_of_work import session

_punch = Punch.__table__.c
Day = tuple[str, date]
_BEFORE, _AFTER = timedelta(days=2), timedelta(days=3, hours=2)
"""From a date in UTC so far to each side: what days of whatever zone may ask for."""
_NOON_AFTER_NEXT = 2 * 1440 + 720
"""A shift begins on its date, is at most 24 hours long, and its window stays open for at most 12 more."""


def inputs_of(workspace_id: str, days: Iterable[Day], as_of: datetime | None) -> dict[Day, Inputs]:
    """Of these days; none of whom nothing is known."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    ids = sorted({employee_id for employee_id, _ in wanted})
    first, last = min(on for _, on in wanted), max(on for _, on in wanted)
    book = rulebook(workspace_id, ids, first - timedelta(days=1), last + timedelta(days=1))
    punches = _punches(workspace_id, ids, _midnight(first) - _BEFORE, _midnight(last) + _AFTER)
    absences = overlays.absences_of(workspace_id, ids, first, last)
    overtime = overlays.overtime_of(workspace_id, ids, first, last)
    return {
        (employee_id, on): Inputs(
            on=on,
            plans=plans_around(book, employee_id, on),
            punches=_around(punches.get(employee_id, _NONE), on, book.rules(employee_id, on).timezone),
            absences=absences.get((employee_id, on), ()),
            overtime=overtime.get((employee_id, on), ()),
            as_of=as_of,
        )
        for employee_id, on in wanted
        if employee_id in book.people
    }


Punches = tuple[Sequence[datetime], Sequence[PunchFact]]
_NONE: Punches = ((), ())


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)


def _around(punches: Punches, on: date, zone: str) -> tuple[PunchFact, ...]:
    """From the beginning of the day before to the end of the longest window of the day."""
    moments, facts = punches
    start, end = instant(zone, on - timedelta(days=1), 0), instant(zone, on, _NOON_AFTER_NEXT)
    return tuple(facts[bisect_left(moments, start) : bisect_left(moments, end)])


def _punches(workspace_id: str, ids: Sequence[str], start: datetime, end: datetime) -> Mapping[str, Punches]:
    """What counts, and what waits for a decision, by person and time."""
    found: dict[str, list[PunchFact]] = defaultdict(list)
    for piece in pieces(ids):
        statement: Any = (
            select(_punch.employee_id, _punch.id, _punch.kind, _punch.occurred_at, _punch.status, _punch.method)
            .where(_punch.workspace_id == workspace_id, _punch.employee_id.in_(piece))
            .where(_punch.occurred_at >= start, _punch.occurred_at < end)
            .where(_punch.status.in_(("accepted", "pending")))
            .order_by(_punch.employee_id, _punch.occurred_at, _punch.id)
        )
        for employee_id, *fact in session().execute(statement):
            found[employee_id].append(PunchFact(*fact))
    return {one: ([fact.occurred_at for fact in facts], facts) for one, facts in found.items()}
