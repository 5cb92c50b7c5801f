"""Dates of a person and their halves: when they are, and whether there was work in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from portico.domains.attendance.halves import Half, Stretch
from portico.domains.attendance.queries.rulebook import rulebook
from portico.domains.attendance.reckoning import instances, instant, local_date
from portico.domains.attendance.reckoning.judging import absence_spans, middle_of
from portico.domains.attendance.reckoning.values import AbsenceFact, Plan, ShiftInstance, Span

_NOON, _MIDNIGHT = 720, 1440
"""Minutes of a date."""
_DAY = timedelta(days=1)


class Days:
    """The dates from `first` to `last`, as the rules stand now."""

    def __init__(self, workspace_id: str, employee_id: str, first: date, last: date) -> None:
        self._employee_id = employee_id
        self._book = rulebook(workspace_id, [employee_id], first - _DAY, last + _DAY)
        self._plans: dict[date, Plan] = {}

    def plan(self, on: date) -> Plan:
        if on not in self._plans:
            self._plans[on] = self._book.plan(self._employee_id, on)
        return self._plans[on]

    def zone(self, on: date) -> str:
        return self.plan(on).rules.timezone

    def shifts(self, on: date) -> list[ShiftInstance]:
        return instances([self.plan(on)])

    def local(self, at: datetime) -> date:
        """The date on which an instant falls, by the zone that holds then."""
        about = at.date()
        for on in (about - _DAY, about, about + _DAY):
            if local_date(self.zone(on), at) == on:
                return on
        return local_date(self.zone(about), at)

    def midnights(self, on: date) -> Span:
        return instant(self.zone(on), on, 0), instant(self.zone(on), on, _MIDNIGHT)

    def middle(self, on: date) -> datetime:
        """Where the morning ends: in the middle of the first shift, without one at noon."""
        shifts = self.shifts(on)
        return middle_of(shifts[0]) if shifts else instant(self.zone(on), on, _NOON)

    def span(self, half: Half) -> Span:
        """When a half is: from midnight to the middle, and on to midnight, or to the end of a shift behind it."""
        if half.slot == "am":
            return self.midnights(half.on)[0], self.middle(half.on)
        ends = [shift.ends_at for shift in self.shifts(half.on)]
        return self.middle(half.on), max([self.midnights(half.on)[1], *ends])

    def bounds(self, stretch: Stretch) -> Span:
        return self.span(stretch.first)[0], self.span(stretch.last)[1]

    def counted(self, on: date, slots: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these halves in which the person was to work."""
        plan = self.plan(on)
        if not plan.shifts:
            return slots if plan.employed and plan.day_kind in ("workday", "makeup") else ()
        shifts = self.shifts(on)
        return tuple(
            slot for slot in slots if any(absence_spans(shift, AbsenceFact("", False, slot)) for shift in shifts)
        )

    def of(self, stretch: Stretch) -> dict[str, Any]:
        """Each date of a stretch with what counts of it, and the sums by the year of the date."""
        days, by_year = [], {str(year): 0 for year in range(stretch.first.on.year, stretch.last.on.year + 1)}
        for on, slots in stretch.days():
            plan, counted = self.plan(on), self.counted(on, slots)
            by_year[str(on.year)] += len(counted)
            about = {"on": on, "day_kind": plan.day_kind, "holiday": plan.holiday}
            days.append({**about, "slots": list(slots), "counted": list(counted)})
        return {"days": days, "half_days": sum(by_year.values()), "by_year": by_year}
