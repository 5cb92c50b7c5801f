"""What an approved correction does to punches: a missing one is written, a wrong one is void; none is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portico.domains.attendance.errors import PeriodLocked, PunchDecided
from portico.domains.attendance.events import PUNCH_VOIDED
from portico.domains.attendance.queries import periods, ruling
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.service import punch_rows, sessions
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound


def record_correction(actor: Actor, correction: Mapping[str, Any]) -> dict[str, Any] | None:
    """Carry out an approved correction: `{id, employee_id, work_on, kind, occurred_at, punch_id, reason}`.

    With `punch_id` that punch is void from now on; with `kind` and `occurred_at` a punch stands at this time of the
    work date. Carrying it out again changes nothing. Answers the new punch. Raises NotFound, PeriodLocked,
    PunchDecided and Conflict.
    """
    employee_id = correction["employee_id"]
    queries.held(actor.workspace_id, employee_id)
    made = queries.of_correction(actor.workspace_id, correction["id"])
    if made is not None:
        return made
    if periods.is_locked(actor.workspace_id, correction["work_on"]):
        raise PeriodLocked()
    if correction["punch_id"] is not None:
        _void(actor, employee_id, correction)
    return _write(actor, correction) if correction["occurred_at"] is not None else None


def _void(actor: Actor, employee_id: str, correction: Mapping[str, Any]) -> None:
    before = queries.punch_of(actor.workspace_id, employee_id, correction["punch_id"])
    if before is None:
        raise NotFound()
    if before["status"] == "void" and before["correction_id"] == correction["id"]:
        return
    if before["status"] not in queries.LIVE:
        raise PunchDecided(extra={"punch_status": before["status"]})
    values = {
        "status": "void",
        "correction_id": correction["id"],
        "decided_by": actor.id,
        "decided_at": clock.now(),
        "decision_note": correction["reason"],
    }
    sessions.disown(actor, punch_rows.change_status(actor, before, PUNCH_VOIDED, values))


def _write(actor: Actor, correction: Mapping[str, Any]) -> dict[str, Any]:
    """The corrected punch belongs to the work date that was asked for, and to its shift where its window holds it."""
    at: datetime = correction["occurred_at"]
    workspace_id, employee_id, work_on = actor.workspace_id, correction["employee_id"], correction["work_on"]
    found = ruling.ruling_at(workspace_id, employee_id, at)
    shift = found.at(at)
    mine = shift if shift is not None and shift.work_on == work_on else None
    row = {
        **punch_rows.blank(actor, employee_id, correction["kind"], at, found.rules.timezone, work_on, mine),
        "method": "correction",
        "note": correction["reason"],
        "correction_id": correction["id"],
    }
    late = queries.any_after(workspace_id, employee_id, at)
    punch_rows.keep(actor, row)
    session = queries.open_session(workspace_id, employee_id)
    if row["kind"] == "out" and (late or session is None):
        sessions.end_late(actor, row)
    elif not late:
        sessions.follow_device(actor, row, session, mine)
    return row
