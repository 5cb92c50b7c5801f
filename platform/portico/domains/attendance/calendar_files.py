"""A person's absences and shifts as iCalendar (RFC 5545), for the calendar that they keep elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from portico.domains.attendance import halves
from portico.domains.attendance.reckoning.values import ShiftInstance

_DAY = timedelta(days=1)
_STATUS = {"approved": "CONFIRMED", "requested": "TENTATIVE", "rejected": "CANCELLED", "cancelled": "CANCELLED"}
"""What was taken back does not vanish: calendars that have it would keep it."""
Label = Callable[[str], str]
"""From the key of a type of absence to words."""


def calendar_of(
    name: str,
    workspace_id: str,
    absences: Iterable[dict[str, Any]],
    shifts: Iterable[ShiftInstance],
    *,
    label: Label,
    stamp: datetime,
    window: tuple[date, date],
) -> bytes:
    """One event per absence and per shift: no rules of repetition, which clock changes would move."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Portico//Absences and shifts//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", name)
    calendar.add("REFRESH-INTERVAL", timedelta(hours=1))
    for absence in absences:
        calendar.add_component(_absence(absence, workspace_id, label))
    for shift in shifts:
        calendar.add_component(_shift(shift, workspace_id, stamp))
    # Outlook shifts events whose zone the file does not describe. A year more on both sides holds both clock changes.
    calendar.add_missing_timezones(window[0] - 366 * _DAY, window[1] + 366 * _DAY)
    return bytes(calendar.to_ical())


def _absence(absence: dict[str, Any], workspace_id: str, label: Label) -> Event:
    event = Event()
    event.add("UID", f"{absence['id']}@{workspace_id}")
    event.add("SEQUENCE", absence["version"] - 1)
    event.add("DTSTAMP", absence["updated_at"])
    event.add("LAST-MODIFIED", absence["updated_at"])
    event.add("SUMMARY", label(absence["type_key"]))
    event.add("STATUS", _STATUS[absence["status"]])
    whole = halves.of_row(absence)
    if whole is not None and (whole.first.slot, whole.last.slot) == ("am", "pm"):
        event.add("DTSTART", whole.first.on)
        event.add("DTEND", whole.last.on + _DAY)  # the first date that is not of it any more
    else:
        _timed(event, absence["starts_at"], absence["ends_at"], absence["timezone"])
    if absence["note"]:
        event.add("DESCRIPTION", absence["note"])
    return event


def _shift(shift: ShiftInstance, workspace_id: str, stamp: datetime) -> Event:
    event = Event()
    event.add("UID", f"{shift.key.replace('#', '-')}-{shift.shift.shift_id}@{workspace_id}")
    event.add("DTSTAMP", stamp)
    event.add("SUMMARY", shift.shift.name)
    event.add("STATUS", "CONFIRMED")
    _timed(event, shift.starts_at, shift.ends_at, shift.rules.timezone)
    return event


def _timed(event: Event, start: datetime, end: datetime, zone: str) -> None:
    event.add("DTSTART", start.astimezone(ZoneInfo(zone)))
    event.add("DTEND", end.astimezone(ZoneInfo(zone)))
