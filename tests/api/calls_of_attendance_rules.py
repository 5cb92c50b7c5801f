"""Calls of the matrix: how attendance is set up, and what its days came to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.world import GROUP_RULES, SHIFT_RULES, World

Parts = tuple[str, str, Any, dict[str, Any]]
Make = Callable[[World], Parts]
_LINES = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261225", "SUMMARY:X")
ICS = "\r\n".join((*_LINES, "END:VEVENT", "END:VCALENDAR", ""))


def _to(path: str, by: str, json: Any = None, **more: Any) -> Make:
    return lambda world: (path, by, json, more)


def _at(path: str, noun: str, by: str = "hr_admin", json: Any = None, **more: Any) -> Make:
    return lambda world: (path.format(getattr(world, noun)()["id"]), by, json, more)


def _in(path: str, outer: str, inner: str, by: str = "hr_admin", json: Any = None) -> Make:
    """On something that lies in something else."""

    def make(world: World) -> Parts:
        made = getattr(world, inner)()
        return path.format(made[outer], made["id"]), by, json, {}

    return make


def _named(path: str, values: dict[str, Any]) -> Make:
    return lambda world: (path, "hr_admin", {"name": world.name("A "), **values}, {})


def _month(noun: str, step: str, json: Any = None, **more: Any) -> Make:
    return lambda world: (f"/attendance/periods/{getattr(world, noun)()}{step}", "hr_admin", json, more)


def _roster(world: World) -> Parts:
    entry = {"employee_id": world.employee()["id"], "work_on": "2026-12-01", "shift_id": world.shift()["id"]}
    return "/attendance/roster", "hr_admin", {"entries": [entry]}, {}


_TWO = {"effective_from": "2027-02-01", "rules": SHIFT_RULES}
_RULES = {"effective_from": "2027-02-01", "rules": GROUP_RULES}
_HOLIDAY = {"on": "2026-12-26", "name": "Boxing Day"}
ATTENDANCE: dict[str, Make] = {
    "list_shifts": _to("/attendance/shifts", "employee"),
    "create_shift": _named("/attendance/shifts", {"rules": SHIFT_RULES}),
    "get_shift": _at("/attendance/shifts/{}", "shift", "employee"),
    "update_shift": _at("/attendance/shifts/{}", "shift", json={"color": "red"}),
    "delete_shift": _at("/attendance/shifts/{}", "shift"),
    "list_shift_versions": _at("/attendance/shifts/{}/versions", "shift", "employee"),
    "create_shift_version": _at("/attendance/shifts/{}/versions", "shift", json=_TWO),
    "update_shift_version": _in(
        "/attendance/shifts/{}/versions/{}", "shift_id", "shift_version", json={"rules": SHIFT_RULES}
    ),
    "delete_shift_version": _in("/attendance/shifts/{}/versions/{}", "shift_id", "shift_version"),
    "list_roster": _to("/attendance/roster", "employee"),
    "put_roster": _roster,
    "publish_roster": _to(
        "/attendance/roster/publish", "hr_admin", {"from_on": "2026-12-01", "until_on": "2026-12-07"}
    ),
    "copy_roster_week": _to(
        "/attendance/roster/copy", "hr_admin", {"from_week_on": "2026-12-01", "to_week_on": "2026-12-08"}
    ),
    "list_attendance_groups": _to("/attendance/groups", "hr_admin"),
    "create_attendance_group": _named("/attendance/groups", {"rules": GROUP_RULES}),
    "get_attendance_group": _at("/attendance/groups/{}", "attendance_group"),
    "update_attendance_group": _at("/attendance/groups/{}", "attendance_group", json={"priority": 3}),
    "delete_attendance_group": _at("/attendance/groups/{}", "attendance_group"),
    "list_attendance_group_versions": _at("/attendance/groups/{}/versions", "attendance_group"),
    "create_attendance_group_version": _at("/attendance/groups/{}/versions", "attendance_group", json=_RULES),
    "delete_attendance_group_version": _in("/attendance/groups/{}/versions/{}", "group_id", "attendance_group_version"),
    "list_attendance_group_members": _at("/attendance/groups/{}/members", "attendance_group"),
    "list_attendance_overlaps": _to("/attendance/overlaps", "hr_admin"),
    "list_locations": _to("/attendance/locations", "hr_admin"),
    "create_location": _named("/attendance/locations", {"lat": 52.5, "lng": 13.4}),
    "get_location": _at("/attendance/locations/{}", "location"),
    "update_location": _at("/attendance/locations/{}", "location", json={"radius_m": 100}),
    "delete_location": _at("/attendance/locations/{}", "location"),
    "list_wifi": _to("/attendance/wifi", "hr_admin"),
    "create_wifi": _to("/attendance/wifi", "hr_admin", {"ssid": "Office", "bssid": "AA-BB-CC-DD-EE-01"}),
    "get_wifi": _at("/attendance/wifi/{}", "wifi"),
    "update_wifi": _at("/attendance/wifi/{}", "wifi", json={"ssid": "Other"}),
    "delete_wifi": _at("/attendance/wifi/{}", "wifi"),
    "list_devices": _to("/attendance/devices", "hr_admin"),
    "create_device": _named("/attendance/devices", {}),
    "get_device": _at("/attendance/devices/{}", "device"),
    "update_device": _at("/attendance/devices/{}", "device", json={"disabled": True}),
    "renew_device_key": _at("/attendance/devices/{}/key", "device"),
    "delete_device": _at("/attendance/devices/{}", "device"),
    "list_holiday_calendars": _to("/holiday-calendars", "employee"),
    "create_holiday_calendar": _named("/holiday-calendars", {}),
    "get_holiday_calendar": _at("/holiday-calendars/{}", "holiday_calendar", "employee"),
    "update_holiday_calendar": _at("/holiday-calendars/{}", "holiday_calendar", json={"region": "DE"}),
    "delete_holiday_calendar": _at("/holiday-calendars/{}", "holiday_calendar"),
    "list_holidays": _at("/holiday-calendars/{}/holidays", "holiday_calendar", "employee"),
    "create_holiday": _at("/holiday-calendars/{}/holidays", "holiday_calendar", json=_HOLIDAY),
    "replace_holiday": _in("/holiday-calendars/{}/holidays/{}", "calendar_id", "holiday", json=_HOLIDAY),
    "delete_holiday": _in("/holiday-calendars/{}/holidays/{}", "calendar_id", "holiday"),
    "import_holidays": _at("/holiday-calendars/{}/import", "holiday_calendar", json={"ics": ICS}),
    "preview_holidays": _at("/holiday-calendars/{}/preview", "holiday_calendar", json={"holidays": [_HOLIDAY]}),
    "export_holidays": _at("/holiday-calendars/{}/holidays.ics", "holiday_calendar", "employee"),
    "list_workdays": _to("/attendance/workdays", "employee"),
    "get_workday": _at("/attendance/workdays/{}", "workday", "employee", barred=("agent", "not_found")),
    "explain_workday": _at("/attendance/workdays/{}/explain", "workday", "employee", barred=("agent", "not_found")),
    "confirm_workday": _at("/attendance/workdays/{}/confirm", "workday", barred=("employee", "forbidden")),
    "list_periods": _to("/attendance/periods", "hr_admin"),
    "get_period": _month("month", ""),
    "close_period": _month("month", "/close"),
    "lock_period": _month("closed_month", "/lock", {}, stranger=409),
    "reopen_period": _month("locked_month", "/reopen", {"reason": "A mistake"}, stranger=409),
    "get_daily_report": _to("/attendance/reports/daily?from_on=2026-11-01&until_on=2026-11-07", "hr_admin"),
    "get_monthly_report": _to("/attendance/reports/monthly?month=2026-11", "hr_admin"),
}
