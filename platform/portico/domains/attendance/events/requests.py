"""Events of requests for overtime and for corrections."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.schemas import requests as schemas
from portico.kernel.events import EventType

_AT = "2026-11-27T09:30:00.000Z"
_OVERTIME: dict[str, Any] = {
    "id": "ovt_01jd0000000000000000000000",
    "employee_id": "emp_01jd0000000000000000000000",
    "work_on": "2026-11-27",
    "requested_minutes": 120,
    "approved_minutes": None,
    "credited_minutes": None,
    "reason": "Year-end stocktaking",
    "status": "requested",
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
}
_CORRECTION: dict[str, Any] = {
    "id": "cor_01jd0000000000000000000000",
    "employee_id": "emp_01jd0000000000000000000000",
    "work_on": "2026-11-26",
    "kind": "out",
    "occurred_at": "2026-11-26T17:00:00.000Z",
    "punch_id": None,
    "reason": "I forgot to clock out",
    "status": "submitted",
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
}
_TEAM = "attendance.team:read"


def _overtime(verb: str, title: str) -> EventType:
    return EventType(f"overtime.{verb}", _TEAM, title, schemas.OvertimeRequest, _OVERTIME, role="hr_admin")


def _correction(verb: str, title: str) -> EventType:
    return EventType(
        f"attendance.correction.{verb}", _TEAM, title, schemas.AttendanceCorrection, _CORRECTION, role="hr_admin"
    )


OVERTIME_REQUESTED = _overtime("requested", "Overtime was asked for")
OVERTIME_APPROVED = _overtime("approved", "Overtime was approved")
OVERTIME_REJECTED = _overtime("rejected", "Overtime was rejected")
OVERTIME_CANCELLED = _overtime("cancelled", "Overtime was cancelled")
CORRECTION_SUBMITTED = _correction("submitted", "A correction of a punch was asked for")
CORRECTION_APPROVED = _correction("approved", "A correction of a punch was approved")
CORRECTION_REJECTED = _correction("rejected", "A correction of a punch was rejected")
CORRECTION_WITHDRAWN = _correction("withdrawn", "A correction of a punch was taken back")
CORRECTION_EXPIRED = _correction("expired", "Nobody decided about a correction in time")
