"""The demo company's working hours: shifts, who works by them, holidays, and a month that a terminal has seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from portico.domains.attendance import service
from portico.domains.attendance.queries import groups
from portico.domains.attendance.reckoning import instant, local_date
from portico.domains.attendance.schemas import groups as group_schemas
from portico.domains.attendance.schemas import holidays as holiday_schemas
from portico.domains.attendance.schemas import shifts as shift_schemas
from portico.domains.attendance.schemas.punches import PunchRow
from portico.domains.attendance.service import grouping, holding, rostering, shifting
from portico.domains.directory import queries as directory
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.schemas import load

ZONE = "Europe/Berlin"
BACK, LATELY = 31, 9
"""Days before today that have something in them: of the mechanic, and of the others."""
HOLIDAYS = ((1, 1, "New Year"), (5, 1, "Labour Day"), (10, 3, "German Unity Day"), (12, 25, "Christmas Day"))
WEB = ["web", "mobile", "kiosk", "device", "api"]

# name: (colour, start, end, break from, break until)
SHIFTS = {
    "Workshop": ("green", "08:00", "16:30", "12:00", "12:30"),
    "Office": ("blue", "09:00", "17:30", "12:30", "13:00"),
    "Night": ("purple", "22:00", "30:00", "26:00", "26:30"),
}
MEMBERS = {
    "Workshop": ("Emil Novák", "Hiroshi Tanaka", "Ingrid Solberg"),
    "Office": ("Aylin Demir", "Ada Okafor", "Devi Raman"),
    "Night": ("Dmitri Volkov", "Chen Wei 陈伟"),
}
# Minutes around the plan at coming and going, one pair after the other; None: nobody clocked.
HABITS: tuple[Sequence[tuple[int | None, int | None]], ...] = (
    ((-6, 4), (-2, 11), (3, 2), (-9, 35), (-4, 6), (17, 21), (-7, 1), (-3, None), (-5, 8)),
    ((-12, 3), (-8, 2), (-15, 45), (-4, 7), (-10, 1)),
    ((-3, 12), (6, 9), (-1, 28), (2, 5), (-8, 64), (-4, 3), (24, 30)),
)
MONTH_OF = "Emil Novák"


def are_missing(actor: Actor) -> bool:
    return not groups.page_of_groups(actor, ListQuery(limit=1)).rows


def make_hours(workspace_id: str) -> None:
    """In an open unit. Everybody of the cast may clock in the portal, and nobody is clocked in."""
    actor = system(workspace_id)
    today = local_date(ZONE, clock.now())
    first = today - timedelta(days=BACK)
    people = {row["display_name"]: row["id"] for row in _everybody(actor)}
    calendar = _calendar(actor, today)
    for name in SHIFTS:
        shift = _shift(actor, name, first)
        ids = [people[one] for one in MEMBERS[name]]
        _group(actor, name, shift, ids, calendar, first)
        if name == "Night":
            _roster(actor, shift, ids, today)
    for shift_name, members in MEMBERS.items():
        for place, name in enumerate(members):
            _clock(actor, shift_name, place, people[name], today, BACK if name == MONTH_OF else LATELY)


def _everybody(actor: Actor) -> Sequence[dict[str, Any]]:
    return directory.page_of_employees(actor, ListQuery(limit=MAX_LIMIT)).rows


def _calendar(actor: Actor, today: date) -> str:
    made = holding.create_calendar(actor, load(holiday_schemas.HolidayCalendarCreate(), {"name": "Germany"}))
    for year in (today.year - 1, today.year, today.year + 1):
        for month, day, name in HOLIDAYS:
            values = {"on": date(year, month, day).isoformat(), "name": name}
            holding.create_holiday(actor, made["id"], load(holiday_schemas.HolidayCreate(), values))
    return str(made["id"])


def _shift(actor: Actor, name: str, first: date) -> str:
    color, start, end, pause, until = SHIFTS[name]
    rules = {
        "segments": [{"start": start, "end": end}],
        "breaks": [{"start": pause, "end": until}],
        "grace": {"late": 5, "serious_late": 60, "early": 5},
    }
    values = {"name": name, "color": color, "effective_from": first.isoformat(), "rules": rules}
    return str(shifting.create_shift(actor, load(shift_schemas.ShiftCreate(), values))["id"])


def _group(actor: Actor, name: str, shift: str, ids: Sequence[str], calendar: str, first: date) -> None:
    by_roster = name == "Night"
    rules: dict[str, Any] = {
        "kind": "roster" if by_roster else "fixed",
        "timezone": ZONE,
        "members": {"include": [{"kind": "employee", "id": one} for one in ids], "exclude": []},
        "punch_methods": WEB,
        "holiday_calendar_id": calendar,
        "overtime": {"mode": "approved", "min_minutes": 30},
        "correction": {"per_month": 5, "within_days": 31, "approver_chain": ["manager", "hr_admin"]},
    }
    if not by_roster:
        rules["week"] = [[shift]] * 5 + [[], []]
    values = {"name": name, "effective_from": first.isoformat(), "rules": rules}
    grouping.create_group(actor, load(group_schemas.AttendanceGroupCreate(), values))


def _roster(actor: Actor, shift: str, ids: Sequence[str], today: date) -> None:
    first, last = today - timedelta(days=LATELY), today + timedelta(days=14)
    entries = [
        {"employee_id": one, "work_on": on, "slot": 0, "shift_id": shift, "location_id": None}
        for place, one in enumerate(ids)
        for on in _days(first, last)
        if _on_roster(on, place)
    ]
    rostering.put_entries(actor, entries)
    rostering.publish(actor, first, last)


def _on_roster(on: date, place: int) -> bool:
    """Four nights on and two off, in turn."""
    return (on.toordinal() + 3 * place) % 6 < 4


def _days(first: date, last: date) -> Iterator[date]:
    while first < last:
        yield first
        first += timedelta(days=1)


def _clock(actor: Actor, shift: str, place: int, employee_id: str, today: date, back: int) -> None:
    """What the terminal by the door saw of one person until yesterday, in the order of time."""
    _, start, end, _, _ = SHIFTS[shift]
    habits = HABITS[place % len(HABITS)]
    free = {(month, day) for month, day, _ in HOLIDAYS}
    days = [on for on in _days(today - timedelta(days=back), today) if (on.month, on.day) not in free]
    if shift == "Night":
        worked = [on for on in days if _on_roster(on, place)]
    else:
        worked = [on for on in days if on.isoweekday() <= 5]
    for number, on in enumerate(worked):
        came, left = habits[number % len(habits)]
        for kind, edge, off in (("in", start, came), ("out", end, left)):
            if off is not None:
                _row(actor, employee_id, kind, on, _minute(edge) + off)


def _minute(shown: str) -> int:
    hours, minutes = shown.split(":")
    return int(hours) * 60 + int(minutes)


def _row(actor: Actor, employee_id: str, kind: str, on: date, minute: int) -> None:
    at = instant(ZONE, on, minute) + timedelta(seconds=minute * 7 % 60)
    if at > clock.now():
        return
    row = {"employee_id": employee_id, "kind": kind, "occurred_at": clock.rfc3339(at), "device_id": "Workshop door"}
    service.bring_in(actor, load(PunchRow(), row))
