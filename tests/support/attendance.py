"""People who may clock: a group with a shift on every day, straight into its tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, select

from portico.domains.attendance.models import (
    AttendanceAssignment,
    AttendanceGroup,
    AttendanceGroupVersion,
    AttendanceLocation,
    AttendanceWifi,
    Shift,
    ShiftVersion,
)
from portico.kernel import clock
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session
from tests.support.cast import Cast

LONG_AGO = date(2020, 1, 1)


def _row(cast: Cast, prefix: str, **values: Any) -> dict[str, Any]:
    now = clock.now()
    return {
        "workspace_id": cast.acme,
        "id": new_id(prefix),
        "created_at": now,
        "updated_at": now,
        "version": 1,
        **values,
    }


def _add(model: Any, row: dict[str, Any]) -> str:
    session().execute(insert(model), [row])
    return str(row["id"])


def shift(cast: Cast, start: str = "09:00", end: str = "17:30", **segment: Any) -> str:
    """A shift of one segment. In the open unit."""
    name = new_id("x")
    shift_id = _add(Shift, _row(cast, "shf", name="Day", name_key=name, color="blue", archived_at=None))
    rules = {
        "segments": [{"start": start, "end": end, **segment}],
        "breaks": [],
        "grace": {},
        "flex": None,
        "late_off_late_on": [],
        "rounding": {},
        "min_half_day": None,
        "min_full_day": None,
        "day_credit": 100,
        "dst_pay": "elapsed",
    }
    _add(ShiftVersion, _row(cast, "shv", shift_id=shift_id, effective_from=LONG_AGO, rules=rules))
    return shift_id


def location(cast: Cast, lat: float = 48.0, lng: float = 11.0, radius_m: int = 100) -> str:
    values = {"name": "Office", "name_key": new_id("x"), "lat": lat, "lng": lng, "radius_m": radius_m}
    return _add(AttendanceLocation, _row(cast, "loc", **values, min_accuracy_m=100))


def wifi(cast: Cast, bssid: str = "aa:bb:cc:dd:ee:0f") -> str:
    return _add(AttendanceWifi, _row(cast, "wif", ssid="office", bssid=bssid, location_id=None))


def once(cast: Cast, name: str) -> None:
    """Let this person clock, if nobody has let them yet."""
    with cast.writing() as work:
        mine = select(AttendanceAssignment.id).where(
            AttendanceAssignment.workspace_id == cast.acme,
            AttendanceAssignment.employee_id == cast.employee_id(name),
        )
        if work.scalar(mine) is None:
            group(cast, name)


def group(
    cast: Cast,
    *names: str,
    zone: str = "Europe/Berlin",
    kind: str = "fixed",
    shift_ids: tuple[str, ...] | None = None,
    **policies: Any,
) -> str:
    """These people work by it, every day of the week. In the open unit."""
    group_id = _add(AttendanceGroup, _row(cast, "agr", name="Office", name_key=new_id("x"), priority=0, ends_on=None))
    daily = list(shift_ids if shift_ids is not None else [shift(cast)] if kind == "fixed" else [])
    values = {
        "group_id": group_id,
        "effective_from": LONG_AGO,
        "kind": kind,
        "timezone": zone,
        "holiday_calendar_id": None,
        "members": {"include": [{"kind": "employee", "id": cast.employee_id(name)} for name in names], "exclude": []},
        "week": [daily] * 7,
        "policies": {**POLICIES, **policies},
    }
    _add(AttendanceGroupVersion, _row(cast, "agv", **values))
    for name in names:
        assigned = {
            "workspace_id": cast.acme,
            "id": new_id("aga"),
            "employee_id": cast.employee_id(name),
            "group_id": group_id,
            "contenders": [],
            "from_on": LONG_AGO,
            "until_on": None,
        }
        _add(AttendanceAssignment, assigned)
    return group_id


POLICIES: dict[str, Any] = {
    "pairing": "auto",
    "counting": "first_last",
    "target_minutes": 0,
    "photo_policy": "none",
    "field_punch": "no",
    "no_evidence": "pending",
    "overtime": {},
    "correction": {"per_month": None, "within_days": None, "approver_chain": ["manager"]},
    "location_ids": [],
    "wifi_ids": [],
    "device_ids": [],
    "punch_methods": ["web", "mobile", "kiosk", "api"],
    "work_days": [1, 2, 3, 4, 5],
}
