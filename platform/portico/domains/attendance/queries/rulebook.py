"""The rules of many people over many days, in a handful of statements: what a plan is made from.

For whoever computes, not for whoever looks: the caller has asked whether the actor may.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from portico.domains.attendance.models import (
    AttendanceAssignment,
    AttendanceGroup,
    AttendanceGroupVersion,
    Holiday,
    HolidayCalendar,
    RosterEntry,
    Shift,
    ShiftVersion,
)
from portico.domains.attendance.queries.parsing import group_rules, holiday_rule, shift_rules
from portico.domains.attendance.reckoning import plan_day
from portico.domains.attendance.reckoning.values import HolidayRule, Plan, Rules, ShiftRules
from portico.domains.directory.models import Employee
from portico.domains.identity import queries as identity
from portico.kernel.unit_of_work import session

_assignment = AttendanceAssignment.__table__.c
_group = AttendanceGroup.__table__.c
_version = AttendanceGroupVersion.__table__.c
_shift = Shift.__table__.c
_shift_version = ShiftVersion.__table__.c
_roster = RosterEntry.__table__.c
_calendar = HolidayCalendar.__table__.c
_holiday = Holiday.__table__.c
_employee = Employee.__table__.c


@dataclass(slots=True)
class _Dated:
    """Values that hold from a date on."""

    starts: list[date] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, start: date, value: Any) -> None:
        self.starts.append(start)
        self.values.append(value)

    def at(self, on: date) -> Any | None:
        place = bisect_right(self.starts, on)
        return self.values[place - 1] if place else None


@dataclass(slots=True)
class Rulebook:
    """Ask it for `plan(employee_id, on)`."""

    workspace_id: str
    zone: str
    """Of the workspace: of whom neither a group nor the person says one."""
    people: dict[str, Any] = field(default_factory=dict)
    assignments: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[str, _Dated] = field(default_factory=lambda: defaultdict(_Dated))
    weeks: dict[str, list[list[str]]] = field(default_factory=dict)
    shifts: dict[str, _Dated] = field(default_factory=lambda: defaultdict(_Dated))
    roster: dict[tuple[str, date], list[str | None]] = field(default_factory=lambda: defaultdict(list))
    holidays: dict[str, dict[date, HolidayRule]] = field(default_factory=lambda: defaultdict(dict))
    parents: dict[str, str | None] = field(default_factory=dict)
    _weeks_of: dict[tuple[str, date], Sequence[tuple[ShiftRules, ...]]] = field(default_factory=dict)
    _plans: dict[Any, Plan] = field(default_factory=dict)

    def rules(self, employee_id: str, on: date) -> Rules:
        """By which rules somebody works on a date; without a group when they are in none, or several claim them."""
        person = self.people.get(employee_id)
        zone = (person.timezone if person else None) or self.zone
        for row in self.assignments.get(employee_id, ()):
            if row.from_on <= on and (row.until_on is None or on < row.until_on):
                found: Rules | None = self.groups[row.group_id].at(on) if row.group_id else None
                return found or Rules(zone, contenders=tuple(row.contenders))
        return Rules(zone)

    def plan(self, employee_id: str, on: date) -> Plan:
        """The same object for all whose date was meant alike."""
        rules, employed = self.rules(employee_id, on), self._employed(employee_id, on)
        entries = self.roster.get((employee_id, on))
        key = (rules.version_id, on, employed, None if entries is None else tuple(entries))
        found = self._plans.get(key) if rules.version_id is not None else None
        if found is None:
            found = self._plans[key] = plan_day(
                rules,
                on,
                week=self._week(rules, on),
                roster=None if entries is None else self._known(entries, on),
                holiday=self.holiday(rules.holiday_calendar_id, on),
                employed=employed,
            )
        return found

    def _employed(self, employee_id: str, on: date) -> bool:
        person = self.people.get(employee_id)
        if person is None:
            return False
        hired, leaves = person.hired_on, person.leaves_on
        return (hired is None or hired <= on) and (leaves is None or on <= leaves)

    def shift(self, shift_id: str | None, on: date) -> ShiftRules | None:
        """A shift as it is on a date; before its first version, as in that one."""
        if shift_id is None or shift_id not in self.shifts:
            return None
        known = self.shifts[shift_id]
        found: ShiftRules | None = known.at(on) or (known.values[0] if known.values else None)
        return found

    def _week(self, rules: Rules, on: date) -> Sequence[tuple[ShiftRules, ...]]:
        if rules.kind != "fixed" or rules.version_id is None:
            return ((),) * 7
        key = (rules.version_id, on)
        if key not in self._weeks_of:
            self._weeks_of[key] = tuple(self._known(day, on) for day in self.weeks[rules.version_id])
        return self._weeks_of[key]

    def _known(self, ids: Iterable[str | None], on: date) -> tuple[ShiftRules, ...]:
        return tuple(shift for shift in (self.shift(one, on) for one in ids) if shift is not None)

    def holiday(self, calendar_id: str | None, on: date) -> HolidayRule | None:
        """Of the calendar itself, else of the nearest above it."""
        seen = set()
        while calendar_id is not None and calendar_id not in seen:
            seen.add(calendar_id)
            found = self.holidays.get(calendar_id, {}).get(on)
            if found is not None:
                return found
            calendar_id = self.parents.get(calendar_id)
        return None


def rulebook(workspace_id: str, employee_ids: Sequence[str], first: date, last: date) -> Rulebook:
    """All that plans of these people from `first` to `last` are made from. A day has neighbours: ask for them too."""
    book = Rulebook(workspace_id, identity.workspace(workspace_id).timezone)
    _read_people(book, employee_ids)
    _read_assignments(book, employee_ids, first, last)
    _read_groups(book)
    _read_roster(book, employee_ids, first, last)
    _read_shifts(book)
    if any(rules.holiday_calendar_id for known in book.groups.values() for rules in known.values):
        _read_holidays(book, first, last)
    return book


PIECE = 500
"""Ids in one statement."""


def pieces(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), PIECE):
        yield ids[start : start + PIECE]


def _read_people(book: Rulebook, ids: Sequence[str]) -> None:
    columns = (_employee.id, _employee.timezone, _employee.hired_on, _employee.leaves_on, _employee.status)
    for piece in pieces(ids):
        statement = select(*columns).where(_employee.workspace_id == book.workspace_id, _employee.id.in_(piece))
        book.people.update({row.id: row for row in session().execute(statement)})


def _read_assignments(book: Rulebook, ids: Sequence[str], first: date, last: date) -> None:
    for piece in pieces(ids):
        statement = select(AttendanceAssignment.__table__).where(
            _assignment.workspace_id == book.workspace_id,
            _assignment.employee_id.in_(piece),
            _assignment.from_on <= last,
            or_(_assignment.until_on.is_(None), _assignment.until_on > first),
        )
        for row in session().execute(statement.order_by(_assignment.from_on)):
            book.assignments[row.employee_id].append(row)


def _read_groups(book: Rulebook) -> None:
    wanted = sorted({row.group_id for rows in book.assignments.values() for row in rows if row.group_id})
    if not wanted:
        return
    statement = (
        select(AttendanceGroupVersion.__table__, _group.name.label("group_name"))
        .join(
            AttendanceGroup.__table__, (_group.workspace_id == _version.workspace_id) & (_group.id == _version.group_id)
        )
        .where(_version.workspace_id == book.workspace_id, _version.group_id.in_(wanted))
        .order_by(_version.group_id, _version.effective_from)
    )
    for row in session().execute(statement).mappings():
        book.groups[row["group_id"]].add(row["effective_from"], group_rules(row, row["group_name"]))
        book.weeks[row["id"]] = row["week"]


def _read_roster(book: Rulebook, ids: Sequence[str], first: date, last: date) -> None:
    for piece in pieces(ids):
        statement = (
            select(_roster.employee_id, _roster.work_on, _roster.shift_id)
            .where(_roster.workspace_id == book.workspace_id, _roster.employee_id.in_(piece), _roster.published)
            .where(_roster.work_on.between(first, last))
            .order_by(_roster.employee_id, _roster.work_on, _roster.slot)
        )
        for row in session().execute(statement):
            book.roster[row.employee_id, row.work_on].append(row.shift_id)


def _read_shifts(book: Rulebook) -> None:
    wanted = {one for days in book.weeks.values() for day in days for one in day}
    wanted |= {one for entries in book.roster.values() for one in entries if one is not None}
    if not wanted:
        return
    statement = (
        select(ShiftVersion.__table__, _shift.name.label("shift_name"))
        .join(
            Shift.__table__,
            (_shift.workspace_id == _shift_version.workspace_id) & (_shift.id == _shift_version.shift_id),
        )
        .where(_shift_version.workspace_id == book.workspace_id, _shift_version.shift_id.in_(sorted(wanted)))
        .order_by(_shift_version.shift_id, _shift_version.effective_from)
    )
    for row in session().execute(statement).mappings():
        book.shifts[row["shift_id"]].add(row["effective_from"], shift_rules(row, row["shift_name"]))


def _read_holidays(book: Rulebook, first: date, last: date) -> None:
    calendars = select(_calendar.id, _calendar.parent_id).where(_calendar.workspace_id == book.workspace_id)
    book.parents = {row.id: row.parent_id for row in session().execute(calendars)}
    statement = select(Holiday.__table__).where(
        _holiday.workspace_id == book.workspace_id, _holiday.on_date.between(first, last)
    )
    for row in session().execute(statement).mappings():
        book.holidays[row["calendar_id"]][row["on_date"]] = holiday_rule(row)


def neighbours(on: date) -> tuple[date, date, date]:
    return on - timedelta(days=1), on, on + timedelta(days=1)


def plans_around(book: Rulebook, employee_id: str, on: date) -> tuple[Plan, ...]:
    return tuple(book.plan(employee_id, day) for day in neighbours(on))
