"""Holiday calendars and their holidays."""

from __future__ import annotations

from datetime import date
from typing import Any

from portico.domains.attendance import events, ics
from portico.domains.attendance.errors.rules import CalendarCycle, HolidayExists
from portico.domains.attendance.queries import holidays, setup
from portico.domains.attendance.schemas.holidays import HolidayCreate
from portico.domains.attendance.service import keeping, staling
from portico.domains.attendance.service.keeping import Kept
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, Stale
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import session

CALENDAR = Kept(holidays.CALENDAR, "cal", events.CALENDAR_CREATED, events.CALENDAR_UPDATED, events.CALENDAR_DELETED)
HOLIDAY = Kept(
    holidays.HOLIDAY, "hol", events.HOLIDAY_CREATED, events.HOLIDAY_UPDATED, events.HOLIDAY_DELETED, HolidayExists
)
_FIELDS = ("kind", "name", "works_as", "off_from", "off_until")


def create_calendar(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    setup.require_there(actor, holidays.CALENDAR, [values["parent_id"]], "/parent_id")
    return keeping.create(actor, CALENDAR, values)


def update_calendar(actor: Actor, calendar_id: str, values: dict[str, Any], expected: int | None) -> dict[str, Any]:
    """Raises NotFound, Stale, NameTaken, Invalid and CalendarCycle."""
    before = setup.one(actor, holidays.CALENDAR, calendar_id, lock=True)
    if "parent_id" in values:
        setup.require_there(actor, holidays.CALENDAR, [values["parent_id"]], "/parent_id")
        _hold_all(actor)
        if values["parent_id"] in holidays.below(actor, calendar_id):
            raise CalendarCycle()
    after = keeping.change(actor, CALENDAR, calendar_id, values, expected)
    if after["parent_id"] != before["parent_id"]:
        _stale(actor, calendar_id, _dates_above(actor, before["parent_id"]) | _dates_above(actor, after["parent_id"]))
    return after


def _hold_all(actor: Actor) -> None:
    """The rows of all calendars, in one order: two who change parents at once make no ring."""
    table = holidays.CALENDAR
    statement = setup.visible_to(actor, table).order_by(table.c.id).with_for_update()
    session().execute(statement).all()


def _dates_above(actor: Actor, calendar_id: str | None) -> set[date]:
    if calendar_id is None:
        return set()
    return set(holidays.holidays_between(actor, calendar_id, date(1900, 1, 1), date(2199, 12, 31)))


def delete_calendar(actor: Actor, calendar_id: str, expected: int | None) -> None:
    """One that no group goes by, and no calendar inherits from. Raises NotFound, Stale and InUse."""
    keeping.remove(actor, CALENDAR, calendar_id, expected)


def create_holiday(actor: Actor, calendar_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Raises NotFound and HolidayExists."""
    setup.one(actor, holidays.CALENDAR, calendar_id)
    row = {name: values[name] for name in _FIELDS}
    made = keeping.create(actor, HOLIDAY, {**row, "calendar_id": calendar_id, "on_date": values["on"]})
    _stale(actor, calendar_id, {values["on"]})
    return made


def replace_holiday(
    actor: Actor, calendar_id: str, holiday_id: str, values: dict[str, Any], expected: int | None
) -> dict[str, Any]:
    """Raises NotFound, Stale and HolidayExists."""
    before = _of(actor, calendar_id, holiday_id, expected)
    row = {**{name: values[name] for name in _FIELDS}, "on_date": values["on"]}
    after = keeping.change(actor, HOLIDAY, holiday_id, row, expected)
    _stale(actor, calendar_id, {before["on_date"], after["on_date"]})
    return after


def _of(actor: Actor, calendar_id: str, holiday_id: str, expected: int | None) -> dict[str, Any]:
    found = setup.one(actor, holidays.HOLIDAY, holiday_id)
    if found["calendar_id"] != calendar_id:
        raise NotFound()
    if expected not in (None, found["version"]):
        raise Stale()
    return found


def delete_holiday(actor: Actor, calendar_id: str, holiday_id: str, expected: int | None) -> None:
    """Raises NotFound and Stale."""
    before = _of(actor, calendar_id, holiday_id, expected)
    keeping.remove(actor, HOLIDAY, holiday_id, expected)
    _stale(actor, calendar_id, {before["on_date"]})


def _stale(actor: Actor, calendar_id: str, dates: set[date]) -> None:
    staling.holidays_changed(actor, calendar_id, sorted(dates))


def import_holidays(actor: Actor, calendar_id: str, text: str) -> dict[str, int]:
    """Holidays from a calendar file, all or none; a date that is known already takes the name and kind of the file.
    Raises NotFound and Invalid."""
    setup.one(actor, holidays.CALENDAR, calendar_id)
    found, skipped = in_file(text)
    known = {row.on_date: row for row in holidays.holidays_of(actor, calendar_id)}
    counts = {"added": 0, "changed": 0, "skipped": skipped}
    for values in found:
        on = values["on"]
        if on not in known:
            create_holiday(actor, calendar_id, values)
            counts["added"] += 1
        elif any(known[on]._mapping[name] != values[name] for name in _FIELDS):
            replace_holiday(actor, calendar_id, known[on].id, values, None)
            counts["changed"] += 1
    return counts


def in_file(text: str) -> tuple[list[dict[str, Any]], int]:
    """The holidays of a calendar file, by date, and how many of its events are none. Raises Invalid."""
    found, skipped = ics.read(text)
    rows = [
        load(HolidayCreate(), {**about, "on": on.isoformat()}, f"/ics/{on.isoformat()}")
        for on, about in sorted(found.items())
    ]
    return rows, skipped
