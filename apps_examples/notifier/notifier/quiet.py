"""When a channel is left alone, and until when."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portico_sdk import APIError, NotFoundError, Portico

_AWAY = frozenset({"on_break", "on_leave", "off_shift"})
_UNKNOWN = timedelta(hours=1)
"""When nobody knows the end, it is looked at again after so long."""


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def quiet_hours_end(settings: Mapping[str, Any], zone: ZoneInfo, at: datetime) -> datetime | None:
    """The end of the quiet hours in which `at` lies; None outside of them.

    Walked from border to border in local time, since a quiet evening may lead into a quiet weekend.
    """
    end = at
    for _ in range(8):
        border = _border(settings, end.astimezone(zone))
        if border is None:
            break
        end = border.astimezone(UTC)
    return end if end > at else None


def _border(settings: Mapping[str, Any], local: datetime) -> datetime | None:
    """Where the reason ends because of which this moment is quiet."""
    if settings.get("quiet_weekends", True) and local.weekday() >= 5:
        return _midnight(local) + timedelta(days=1)
    start, until = _time(settings.get("quiet_from")), _time(settings.get("quiet_until"))
    if start is None or until is None or start == until:
        return None
    now = local.time().replace(tzinfo=None)
    if start < until:
        return _at(local, until) if start <= now < until else None
    if now < until:
        return _at(local, until)
    return _midnight(local) + timedelta(days=1) if now >= start else None


def _time(text: object) -> time_of_day | None:
    try:
        return time_of_day.fromisoformat(str(text))
    except ValueError:
        return None


def _midnight(local: datetime) -> datetime:
    return _at(local, time_of_day())


def _at(local: datetime, when: time_of_day) -> datetime:
    return local.replace(hour=when.hour, minute=when.minute, second=0, microsecond=0, fold=0)


def person_quiet_until(workspace: Portico, employee_id: str, at: datetime) -> datetime | None:
    """While somebody wants to be left alone, is on a break or away. Without the scope `presence:read`, never."""
    try:
        presence = workspace.presence.get(employee_id)
    except NotFoundError:  # left the company
        return None
    except APIError as refusal:
        if refusal.code == "insufficient_scope":
            return None
        raise
    ends = []
    if presence.dnd_until is not None and presence.dnd_until > at:
        ends.append(presence.dnd_until)
    if presence.availability in _AWAY:
        ends.append(presence.until or at + _UNKNOWN)
    return max(ends) if ends else None
