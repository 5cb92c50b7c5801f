"""What stands in a calendar feed, in the language of its person."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from portico.domains.attendance import calendar_files, halves
from portico.domains.attendance.models.absences import STATUSES
from portico.domains.attendance.queries import absences
from portico.domains.attendance.queries.absence_days import Days
from portico.domains.attendance.reckoning.values import ShiftInstance
from portico.domains.directory import queries as directory
from portico.kernel import clock
from portico.kernel.actor import system
from portico.kernel.errors import NotFound
from portico.web.catalogues import translations

BACK, AHEAD = timedelta(days=90), timedelta(days=366)
SHIFTS_BACK, SHIFTS_AHEAD = timedelta(days=14), timedelta(days=62)
"""How far a feed reaches."""


def file_of(workspace_id: str, employee_id: str, name: str) -> bytes:
    """The absences and shifts of a person as iCalendar; of nobody who is not at work here. Raises NotFound."""
    platform = system(workspace_id)
    person = directory.active_employee(platform, employee_id)
    if person is None:
        raise NotFound()
    today = clock.now().date()
    window = (today - BACK, today + AHEAD)
    found = absences.between(workspace_id, [employee_id], *window, STATUSES)
    labels = {row.key: row.label for row in absences.all_types(platform)}
    words = translations(person.locale or "en")
    return calendar_files.calendar_of(
        name,
        workspace_id,
        found,
        _shifts(workspace_id, employee_id, today, found),
        label=lambda key: words.gettext(labels.get(key, key)),
        stamp=datetime.combine(today, time(), clock.now().tzinfo),
        window=window,
    )


def _shifts(workspace_id: str, employee_id: str, today: date, found: list[dict[str, Any]]) -> list[ShiftInstance]:
    """Those that are planned, but for the dates on which the person is away all day."""
    first, last = today - SHIFTS_BACK, today + SHIFTS_AHEAD
    days = Days(workspace_id, employee_id, first, last)
    away = {on for row in found if row["status"] == "approved" for on in _whole_days(row)}
    dates = (first + timedelta(days=by) for by in range((last - first).days + 1))
    return [shift for on in dates if on not in away for shift in days.shifts(on)]


def _whole_days(row: dict[str, Any]) -> list[date]:
    stretch = halves.of_row(row)
    return [on for on, slots in stretch.days() if len(slots) == 2] if stretch else []
