"""Who belongs to whose team, and who of it is away when."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from leave.desk import Desk
from portico_sdk import NotFoundError
from portico_sdk.models import Absence, Employee

_MOST_PEOPLE = 200
_HIGHEST = 10


@dataclass(frozen=True)
class Away:
    """A day of somebody; `part`: whole morning afternoon. `certain` is false while it waits for a decision, which only
    the person sees."""

    on: date
    part: str
    certain: bool
    absence: Absence


def team_of(desk: Desk, employee: Employee) -> list[Employee]:
    """The person first, then the people of their departments and who reports to them."""
    found: dict[str, Employee] = {}
    departments = [one.id for one in employee.departments]
    if departments:
        for one in desk.workspace.employees.list(department_id__in=departments, limit=100):
            found[one.id] = one
            if len(found) >= _MOST_PEOPLE:
                break
    for one in desk.workspace.employees.list(manager_id=employee.id, limit=100):
        found[one.id] = one
    others = [one for one in found.values() if one.id != employee.id and one.status == "active"]
    return [employee, *sorted(others, key=lambda one: one.display_name)[:_MOST_PEOPLE]]


def is_above(desk: Desk, viewer_id: str, employee: Employee) -> bool:
    """Whether the viewer is their manager, or a manager of that one."""
    at, seen = employee.manager_id, 0
    while at is not None and seen < _HIGHEST:
        if at == viewer_id:
            return True
        try:
            at = desk.workspace.employees.get(at).manager_id
        except NotFoundError:
            return False
        seen += 1
    return False


def absences_of(desk: Desk, employee_ids: Iterable[str], first: date, last: date) -> list[Absence]:
    """What is agreed or asked for and touches these days, the earliest first."""
    ids, found = [*employee_ids], list[Absence]()
    for start in range(0, len(ids), 50):
        found += desk.workspace.absences.list(
            employee_id__in=ids[start : start + 50],
            status__in=["approved", "requested"],
            from_on__lte=last,
            until_on__gte=first,
            limit=100,
        )
    return sorted(found, key=lambda one: (one.from_on, one.id))


def days_away(absences: Iterable[Absence], first: date, last: date) -> Mapping[str, Mapping[date, Away]]:
    """By person and day."""
    found: dict[str, dict[date, Away]] = {}
    for absence in absences:
        mine = found.setdefault(absence.employee_id, {})
        day = max(first, absence.from_on)
        while day <= min(last, absence.until_on):
            known = mine.get(day)
            part = part_on(absence, day)
            both = known is not None and known.part != part
            mine[day] = Away(day, "whole" if both else part, absence.status == "approved", absence)
            day += timedelta(days=1)
    return found


def part_on(absence: Absence, day: date) -> str:
    first, last = absence.start, absence.to
    if first is not None and first.on == day and first.slot == "pm":
        return "afternoon"
    if last is not None and last.on == day and last.slot == "am":
        return "morning"
    return "whole"


def month_of(said: str | None, today: date) -> list[date]:
    """The days of a month such as 2026-12; of the present one when that is none."""
    try:
        year, _, month = (said or "").partition("-")
        first = date(int(year), int(month), 1)
    except ValueError:
        first = today.replace(day=1)
    return [first.replace(day=one + 1) for one in range(calendar.monthrange(first.year, first.month)[1])]
