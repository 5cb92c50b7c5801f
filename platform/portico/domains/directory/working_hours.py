"""Working hours: several intervals a weekday, in a zone. Pure reckoning; instants are compared in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = Mapping[str, list[Mapping[str, str]]]


def minutes(text: str) -> int:
    """`09:30` → 570; `24:00`, which an interval may end with, is the end of the day."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The instant of a local time. A time that the clock jumps over is the moment after the jump."""
    local = datetime.combine(day + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60), zone)
    return local.astimezone(UTC)


def spans(hours: Hours, zone: ZoneInfo, day: date) -> list[tuple[datetime, datetime]]:
    """The intervals of a local day as instants, the first one first."""
    found = [
        (instant(day, minutes(each["from"]), zone), instant(day, minutes(each["to"]), zone))
        for each in hours.get(WEEKDAYS[day.weekday()], ())
    ]
    return sorted(found)


def inside(hours: Hours, zone: ZoneInfo, at: datetime) -> bool:
    """Whether `at` is within the hours. Where no hours are known at all, it always is."""
    if not any(hours.values()):
        return True
    return any(start <= at < end for start, end in spans(hours, zone, at.astimezone(zone).date()))


def next_start(hours: Hours, zone: ZoneInfo, at: datetime) -> datetime | None:
    """When the hours begin next, after `at`."""
    today = at.astimezone(zone).date()
    starts = (start for ahead in range(9) for start, _ in spans(hours, zone, today + timedelta(days=ahead)))
    return next((start for start in starts if start > at), None)


def next_at(hours: Hours, zone: ZoneInfo, at: datetime, clock_time: str) -> datetime | None:
    """When the clock shows `clock_time` next, after `at`, on a day that has hours (or on any, where none has)."""
    today = at.astimezone(zone).date()
    always = not any(hours.values())
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        if always or hours.get(WEEKDAYS[day.weekday()]):
            moment = instant(day, minutes(clock_time), zone)
            if moment > at:
                return moment
    return None


def shown(hours: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Every weekday, in its order, with its intervals in theirs."""
    return {day: sorted(({**each} for each in hours.get(day, ())), key=lambda each: each["from"]) for day in WEEKDAYS}
