"""Events of punches."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.schemas import punches as schemas
from portico.kernel.events import EventType

_PUNCH: dict[str, Any] = {
    "id": "pun_01jd0000000000000000000000",
    "employee_id": "emp_01jd0000000000000000000000",
    "kind": "in",
    "occurred_at": "2026-11-27T08:00:00.000Z",
    "timezone": "Europe/Berlin",
    "work_on": "2026-11-27",
    "method": "web",
    "status": "accepted",
    "evidence": "no_evidence",
    "hints": [],
    "shift_instance_key": None,
    "location_id": None,
    "device_id": None,
    "device_seq": None,
    "client_at": None,
    "offset_s": None,
    "client_timezone": None,
    "note": None,
    "correction_id": None,
    "decided_by": None,
    "decided_at": None,
    "decision_note": None,
    "created_by": "emp_01jd0000000000000000000000",
    "created_at": "2026-11-27T08:00:00.000Z",
    "updated_at": "2026-11-27T08:00:00.000Z",
    "version": 1,
}


def _punch(verb: str, title: str, *, batched: bool = False) -> EventType:
    name = f"attendance.punch.{verb}"
    return EventType(name, "attendance.team:read", title, schemas.PunchFact, _PUNCH, role="hr_admin", batched=batched)


PUNCH_CREATED = _punch("created", "Somebody clocked in or out, or began or ended a break", batched=True)
PUNCH_ACCEPTED = _punch("accepted", "A punch that waited for a decision was accepted")
PUNCH_REJECTED = _punch("rejected", "A punch that waited for a decision was rejected")
PUNCH_VOIDED = _punch("voided", "A correction took a punch out of the reckoning")
