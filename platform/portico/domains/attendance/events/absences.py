"""Events of absences."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.schemas import absences as schemas
from portico.kernel.events import EventType

_AT = "2026-11-27T09:30:00.000Z"
_ABSENCE: dict[str, Any] = {
    "id": "abs_01jd0000000000000000000000",
    "employee_id": "emp_01jd0000000000000000000000",
    "type_key": "vacation",
    "from": {"on": "2026-12-21", "slot": "full"},
    "to": {"on": "2026-12-23", "slot": "am"},
    "from_at": None,
    "until_at": None,
    "from_on": "2026-12-21",
    "until_on": "2026-12-23",
    "timezone": "Europe/Berlin",
    "status": "requested",
    "paid": True,
    "note": None,
    "source": "core",
    "source_ref": None,
    "pending_change": None,
    "created_by": {"kind": "employee", "id": "emp_01jd0000000000000000000000"},
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
}
_TYPE: dict[str, Any] = {
    "id": "abt_01jd0000000000000000000000",
    "key": "vacation",
    "label": "Vacation",
    "paid": True,
    "hourly": False,
    "approvers": ["manager"],
    "source": "core",
    "archived_at": None,
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
}


def _absence(verb: str, title: str) -> EventType:
    # The scope alone shows a person no more than their own absences and those of who reports to them.
    return EventType(f"absence.{verb}", "absences:read", title, schemas.Absence, _ABSENCE, role="hr_admin")


def _type(verb: str, title: str) -> EventType:
    return EventType(f"absence_type.{verb}", "absences:read", title, schemas.AbsenceType, _TYPE)


ABSENCE_REQUESTED = _absence("requested", "An absence was asked for")
ABSENCE_APPROVED = _absence("approved", "An absence was agreed")
ABSENCE_REJECTED = _absence("rejected", "An absence was rejected")
ABSENCE_CANCELLED = _absence("cancelled", "An absence was cancelled")
ABSENCE_CHANGED = _absence("changed", "An absence became shorter, or its change was asked for or refused")
ABSENCE_TYPE_CREATED = _type("created", "A type of absence was made")
ABSENCE_TYPE_UPDATED = _type("updated", "A type of absence was changed")
