"""Overtime: asked for beforehand or afterwards; what of it counts, the reckoning says."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.approvals import service as approvals
from portico.domains.approvals.service import Step
from portico.domains.attendance import permissions
from portico.domains.attendance.errors import OvertimeExists, RequestDecided
from portico.domains.attendance.events import (
    OVERTIME_APPROVED,
    OVERTIME_CANCELLED,
    OVERTIME_REJECTED,
    OVERTIME_REQUESTED,
)
from portico.domains.attendance.models import OvertimeRequest
from portico.domains.attendance.queries import requests as queries
from portico.domains.attendance.service import absence_rows as rows
from portico.domains.attendance.service.absences import person_of
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Conflict, Forbidden, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

SUBJECT = "overtime"
_TITLE, _DAY, _MINUTES, _WHY = N_("Overtime"), N_("Day"), N_("Minutes"), N_("Reason")
_table = cast(Table, OvertimeRequest.__table__)


def request_overtime(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """For oneself; HR and apps for others. Raises Forbidden, Invalid, OvertimeExists and PeriodLocked."""
    employee_id = person_of(actor, values.get("employee_id"))
    rows.require_unlocked(actor.workspace_id, [values["work_on"]])
    now = clock.now()
    row = {
        "workspace_id": actor.workspace_id,
        "id": new_id("ovt"),
        "employee_id": employee_id,
        "work_on": values["work_on"],
        "requested_minutes": values["minutes"],
        "approved_minutes": None,
        "reason": values.get("reason"),
        "status": "requested",
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    try:
        with session().begin_nested():
            session().execute(insert(_table), [row])
    except IntegrityError:
        raise OvertimeExists() from None
    made = {**row, "credited_minutes": None}
    emit(actor, OVERTIME_REQUESTED, made)
    facts: dict[str, Any] = {_DAY: values["work_on"], _MINUTES: str(values["minutes"])}
    approvals.ask(
        actor,
        kind=SUBJECT,
        title=_TITLE,
        subject=(SUBJECT, row["id"]),
        requester_id=employee_id,
        steps=[Step("manager")],
        details={**facts, **({_WHY: row["reason"]} if row["reason"] else {})},
    )
    return made


def decide_overtime(
    actor: Actor, overtime_id: str, decision: str, *, minutes: int | None = None, note: str | None = None
) -> dict[str, Any]:
    """By HR and apps, above the steps of its approval; perhaps fewer minutes. A repeat changes nothing.

    Raises NotFound, Forbidden, Invalid, RequestDecided and PeriodLocked.
    """
    before = queries.overtime(actor, overtime_id, lock=True, scope=queries.ADMIN)
    if before["employee_id"] == actor.employee_id:
        raise Forbidden("Nobody decides about their own overtime.")
    permissions.require_hr(actor)
    if before["status"] == decision:
        return before
    if before["status"] != "requested":
        raise RequestDecided(extra={"request_status": before["status"]})
    if minutes is not None and minutes > before["requested_minutes"]:
        raise invalid("/minutes", "invalid", "Not more than was asked for.")
    if minutes is not None:
        _write(actor, before, {"approved_minutes": minutes})
    approvals.settle(actor, (SUBJECT, overtime_id), decision, note=note)
    return queries.overtime(actor, overtime_id, scope=queries.ADMIN)


def cancel_overtime(actor: Actor, overtime_id: str) -> dict[str, Any]:
    """Raises NotFound, Forbidden, RequestDecided and PeriodLocked."""
    before = queries.overtime(actor, overtime_id, lock=True, scope=queries.WRITE)
    if before["employee_id"] != actor.employee_id and not permissions.sees_everybody(actor):
        raise Forbidden("Whose overtime it is cancels it, and HR.")
    if before["status"] == "cancelled":
        return before
    if before["status"] == "rejected":
        raise RequestDecided(extra={"request_status": "rejected"})
    rows.require_unlocked(actor.workspace_id, [before["work_on"]])
    after = _change(actor, before, {"status": "cancelled"}, OVERTIME_CANCELLED)
    approvals.withdraw_about(actor, (SUBJECT, overtime_id))
    return after


def approval_ended(actor: Actor, overtime_id: str, outcome: str) -> None:
    """What its approval said. Raises PeriodLocked, and the decision with it fails."""
    before = queries.overtime(system(actor.workspace_id), overtime_id, lock=True)
    if before["status"] != "requested":
        return
    if outcome == "approved":
        rows.require_unlocked(actor.workspace_id, [before["work_on"]])
        minutes = before["approved_minutes"] or before["requested_minutes"]
        _change(actor, before, {"status": "approved", "approved_minutes": minutes}, OVERTIME_APPROVED)
    elif outcome == "withdrawn":
        _change(actor, before, {"status": "cancelled"}, OVERTIME_CANCELLED)
    else:
        _change(actor, before, {"status": "rejected"}, OVERTIME_REJECTED)


def _change(actor: Actor, before: dict[str, Any], values: dict[str, Any], event: EventType) -> dict[str, Any]:
    after = _write(actor, before, values)
    rows.reckon(actor, before["employee_id"], [before["work_on"]])
    emit(actor, event, after, changes=list(values), before=before)
    return after


def _write(actor: Actor, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    stamped = {**values, "updated_at": clock.now(), "version": before["version"] + 1}
    done = session().execute(
        update(_table)
        .where(_table.c.workspace_id == actor.workspace_id, _table.c.id == before["id"])
        .where(_table.c.version == before["version"])
        .values(stamped)
        .returning(_table.c.id)
    )
    if done.one_or_none() is None:
        raise Conflict()
    return {**before, **stamped}
