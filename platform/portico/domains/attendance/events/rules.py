"""Events of the rules of attendance."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from portico.domains.attendance.schemas import groups, holidays, places, shifts, workdays
from portico.kernel.events import EventType

_ADMIN = "attendance:admin"
_AT = "2026-11-22T09:30:00.000Z"
_ROW = {"created_at": _AT, "updated_at": _AT, "version": 1}


def _id(prefix: str) -> str:
    return f"{prefix}_01jd0000000000000000000000"


_TIMES = shifts.ShiftRules().load({"segments": [{"start": "09:00", "end": "18:00"}]})
_SHIFT_VERSION = {
    "id": _id("shv"),
    "shift_id": _id("shf"),
    "effective_from": "2026-01-01",
    "rules": _TIMES,
    "used": False,
    **_ROW,
}
_SHIFT = {"id": _id("shf"), "name": "Early", "color": "blue", "archived_at": None, "current": _SHIFT_VERSION, **_ROW}
_RULES = groups.AttendanceGroupRules().load(
    {"kind": "roster", "timezone": "Europe/Berlin", "members": {"include": [{"kind": "all"}]}}
)
_GROUP_VERSION = {
    "id": _id("agv"),
    "group_id": _id("atg"),
    "effective_from": "2026-01-01",
    "rules": _RULES,
    **_ROW,
}
_GROUP = {
    "id": _id("atg"),
    "name": "Support",
    "priority": 0,
    "ends_on": None,
    "current": _GROUP_VERSION,
    "people": 12,
    **_ROW,
}
_LOCATION = {
    "id": _id("loc"),
    "name": "Head office",
    "lat": 52.52,
    "lng": 13.4,
    "radius_m": 200,
    "min_accuracy_m": 100,
    **_ROW,
}
_WIFI = {"id": _id("wif"), "ssid": "Office", "bssid": "aa:bb:cc:dd:ee:ff", "location_id": None, **_ROW}
_DEVICE = {
    "id": _id("atd"),
    "name": "Gate",
    "location_id": None,
    "key_hint": "…9xQ2",
    "disabled_at": None,
    **_ROW,
}
_CALENDAR = {"id": _id("cal"), "name": "Germany", "region": "DE", "parent_id": None, **_ROW}
_HOLIDAY = {
    "id": _id("hol"),
    "calendar_id": _id("cal"),
    "on": "2026-12-25",
    "kind": "off",
    "name": "Christmas",
    "works_as": None,
    "off_from": None,
    "off_until": None,
    **_ROW,
}


def _three(noun: str, words: str, schema: type[Schema], example: dict[str, Any]) -> tuple[EventType, ...]:
    return (
        EventType(f"{noun}.created", _ADMIN, f"{words} was made", schema, example),
        EventType(f"{noun}.updated", _ADMIN, f"{words} was changed", schema, example),
        EventType(f"{noun}.deleted", _ADMIN, f"{words} was deleted", schema, example),
    )


GROUP_CREATED, GROUP_UPDATED, GROUP_DELETED = _three(
    "attendance_group", "An attendance group", groups.AttendanceGroup, _GROUP
)
GROUP_RULES_CHANGED = EventType(
    "attendance_group.rules_changed",
    _ADMIN,
    "An attendance group has other rules from a date on",
    groups.AttendanceGroup,
    _GROUP,
)
SHIFT_CREATED, SHIFT_UPDATED, SHIFT_DELETED = _three("shift", "A shift", shifts.Shift, _SHIFT)
SHIFT_TIMES_CHANGED = EventType(
    "shift.times_changed", _ADMIN, "A shift has other times from a date on", shifts.Shift, _SHIFT
)
LOCATION_CREATED, LOCATION_UPDATED, LOCATION_DELETED = _three(
    "attendance_location", "A place for clocking", places.AttendanceLocation, _LOCATION
)
WIFI_CREATED, WIFI_UPDATED, WIFI_DELETED = _three("attendance_wifi", "A Wi-Fi network", places.AttendanceWifi, _WIFI)
DEVICE_CREATED, DEVICE_UPDATED, DEVICE_DELETED = _three(
    "attendance_device", "A device", places.AttendanceDevice, _DEVICE
)
CALENDAR_CREATED, CALENDAR_UPDATED, CALENDAR_DELETED = _three(
    "holiday_calendar", "A holiday calendar", holidays.HolidayCalendar, _CALENDAR
)
HOLIDAY_CREATED, HOLIDAY_UPDATED, HOLIDAY_DELETED = _three("holiday", "A holiday", holidays.Holiday, _HOLIDAY)


class RosterPublished(Schema):
    """Which dates are known to whom now. Their entries are read from `/attendance/roster`."""

    id = fields.String(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    employee_ids = fields.List(fields.String(), required=True)
    entries = fields.Integer(required=True)


ROSTER_PUBLISHED = EventType(
    "roster.published",
    "attendance.team:read",
    "A roster was published",
    RosterPublished,
    {
        "id": _id("rop"),
        "from_on": "2026-12-01",
        "until_on": "2026-12-07",
        "entries": 7,
        "employee_ids": [_id("emp")],
    },
    role="hr_admin",
)

_DAY: dict[str, Any] = {
    "id": _id("wkd"),
    "employee_id": _id("emp"),
    "work_on": "2026-11-22",
    "group_id": _id("atg"),
    "shift_version_ids": [_id("shv")],
    "shifts": ["Early"],
    "day_kind": "workday",
    "holiday": None,
    "timezone": "Europe/Berlin",
    "planned_minutes": 480,
    "worked_minutes": 468,
    "worked_seconds": 28080,
    "paid_minutes": 468,
    "break_minutes": 60,
    "late_minutes": 12,
    "early_minutes": 0,
    "absent_minutes": 0,
    "overtime_minutes": 0,
    "absence_minutes": 0,
    "absence_by_type": {},
    "first_in_at": _AT,
    "last_out_at": _AT,
    "day_credit": 100,
    "exceptions": [{"code": "late", "seconds": 720, "segment": 0}],
    "status": "exception",
    "stale": False,
    "computed_at": _AT,
    "definition_version": 2,
    "tzdb_version": "2026a",
    "version": 3,
}


def _workday(verb: str, title: str, *, batched: bool = False) -> EventType:
    return EventType(
        f"attendance.workday.{verb}",
        "attendance.team:read",
        title,
        workdays.Workday,
        _DAY,
        role="hr_admin",
        batched=batched,
    )


WORKDAY_COMPUTED = _workday("computed", "A workday was computed anew and came to something else", batched=True)
WORKDAY_EXCEPTION = _workday("exception", "A workday needs a look: somebody was late, absent or forgot to clock")
WORKDAY_CONFIRMED = _workday("confirmed", "A workday was confirmed as it is")

_PERIOD = {
    "id": "2026-11",
    "month": "2026-11",
    "state": "locked",
    "reason": None,
    "tzdb_version": "2026a",
    "closed_at": _AT,
    "locked_at": _AT,
    "reopened_at": None,
    "unresolved": 0,
    "version": 3,
}


def _period(verb: str, title: str) -> EventType:
    return EventType(f"attendance.period.{verb}", "attendance.reports:read", title, workdays.AttendancePeriod, _PERIOD)


PERIOD_CLOSED = _period("closed", "Somebody began to close a month of attendance")
PERIOD_LOCKED = _period("locked", "A month of attendance was locked: its days do not change any more")
PERIOD_REOPENED = _period("reopened", "A locked month of attendance was opened again")
