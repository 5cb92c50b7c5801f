"""Holidays as iCalendar (RFC 5545): all-day events, so their dates are dates and move with no zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Component, Event

from portico.kernel import clock
from portico.kernel.errors import invalid

MOST = 1000
_KIND = "X-PORTICO-KIND"
_WORKS_AS = "X-PORTICO-WORKS-AS"
_OFF = ("X-PORTICO-OFF-FROM", "X-PORTICO-OFF-UNTIL")


def read(text: str) -> tuple[dict[date, dict[str, Any]], int]:
    """What the file says of each date, and how many events were left out: those with a time of day, repeated ones and
    cancelled ones. Raises Invalid."""
    try:
        calendar = Calendar.from_ical(text)
        events = list(calendar.walk("VEVENT"))
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise invalid("/ics", "invalid", f"This is no calendar file: {str(error)[:200]}") from None
    found: dict[date, dict[str, Any]] = {}
    skipped = 0
    for event in events:
        dates = _dates(event)
        if not dates:
            skipped += 1
        for on in dates:
            found[on] = _about(event)
        if len(found) > MOST:
            raise invalid("/ics", "too_many", f"A file has at most {MOST} dates.")
    return found, skipped


def _dates(event: Component) -> list[date]:
    """The dates of an all-day event; its end is the first date that is not one of it (RFC 5545 section 3.6.1)."""
    start, end = _date(event, "DTSTART"), _date(event, "DTEND")
    if start is None or event.get("RRULE") or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return []
    last = end or start + timedelta(days=1)
    duration = getattr(event.get("DURATION"), "dt", None)
    if end is None and isinstance(duration, timedelta):
        last = start + duration
    days = min(max((last - start).days, 1), MOST + 1)
    return [start + timedelta(days=by) for by in range(days)]


def _date(event: Component, name: str) -> date | None:
    moment = getattr(event.get(name), "dt", None)
    return moment if isinstance(moment, date) and not isinstance(moment, datetime) else None


def _about(event: Component) -> dict[str, Any]:
    kind = str(event.get(_KIND, "off")).lower()
    about: dict[str, Any] = {"name": str(event.get("SUMMARY", "")).strip()[:100] or "—", "kind": kind}
    works_as = str(event.get(_WORKS_AS, ""))
    if kind == "makeup" and works_as.isascii() and works_as.isdigit():
        about["works_as"] = int(works_as)
    for name, field in zip(_OFF, ("off_from", "off_until"), strict=True):
        if kind == "partial" and event.get(name):
            about[field] = str(event[name])
    return about


def write(name: str, rows: Iterable[Any], calendar_id: str) -> bytes:
    """The holidays as a file that other calendars read; what they have no words for stands in fields of our own."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Portico//Holidays//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", name)
    for row in rows:
        event = Event()
        event.add("UID", f"{row.id}@{calendar_id}")
        event.add("DTSTAMP", clock.now().astimezone(UTC))
        event.add("DTSTART", row.on_date)
        event.add("DTEND", row.on_date + timedelta(days=1))
        event.add("SUMMARY", row.name)
        event.add("TRANSP", "TRANSPARENT")
        event.add(_KIND, row.kind)
        if row.works_as is not None:
            event.add(_WORKS_AS, str(row.works_as))
        for key, value in zip(_OFF, (row.off_from, row.off_until), strict=True):
            if value is not None:
                event.add(key, value)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
