"""Corrections: what a person says of a punch that is missing or wrong, and what becomes of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, update

from portico.domains.approvals import service as approvals
from portico.domains.approvals.service import Step, Word
from portico.domains.attendance import permissions
from portico.domains.attendance.errors import CorrectionQuota, CorrectionTooLate, RequestDecided
from portico.domains.attendance.events import (
    CORRECTION_APPROVED,
    CORRECTION_EXPIRED,
    CORRECTION_REJECTED,
    CORRECTION_SUBMITTED,
    CORRECTION_WITHDRAWN,
)
from portico.domains.attendance.models import AttendanceCorrection
from portico.domains.attendance.queries import punches
from portico.domains.attendance.queries import requests as queries
from portico.domains.attendance.queries.rules import rules_for
from portico.domains.attendance.reckoning import local_date
from portico.domains.attendance.reckoning.values import Rules
from portico.domains.attendance.service import absence_rows as rows
from portico.domains.attendance.service.punch_corrections import record_correction
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Conflict, Forbidden, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

SUBJECT = "correction"
_TITLE = N_("Correction of a punch")
_DAY, _WHAT, _TIME, _WRONG, _WHY = N_("Day"), N_("Punch"), N_("Time"), N_("Wrong punch"), N_("Reason")
KINDS = {
    "in": N_("Clock in"),
    "out": N_("Clock out"),
    "break_start": N_("Begin a break"),
    "break_end": N_("End a break"),
}
_table = cast(Table, AttendanceCorrection.__table__)
_ENDS = {
    "approved": CORRECTION_APPROVED,
    "rejected": CORRECTION_REJECTED,
    "withdrawn": CORRECTION_WITHDRAWN,
    "expired": CORRECTION_EXPIRED,
}


def submit_correction(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """For oneself. Raises Forbidden, Invalid, CorrectionQuota, CorrectionTooLate and PeriodLocked."""
    employee_id, on = actor.employee_id, values["work_on"]
    if employee_id is None:
        raise Forbidden("People correct their own punches; an app cannot.")
    # Holding the person, so that of two at once the second sees what the first has used up.
    punches.held(actor.workspace_id, employee_id)
    rules = rules_for(actor.workspace_id, employee_id, on)
    rows.require_unlocked(actor.workspace_id, [on])
    _require_time(rules, on, values.get("occurred_at"))
    wrong = _wrong_punch(actor, employee_id, values)
    _require_allowed(actor, employee_id, rules, on)
    now = clock.now()
    row = {
        "workspace_id": actor.workspace_id,
        "id": new_id("cor"),
        "employee_id": employee_id,
        "work_on": on,
        "kind": values.get("kind"),
        "occurred_at": values.get("occurred_at"),
        "punch_id": values.get("punch_id"),
        "reason": values["reason"],
        "status": "submitted",
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    session().execute(insert(_table), [row])
    emit(actor, CORRECTION_SUBMITTED, row)
    approvals.ask(
        actor,
        kind=SUBJECT,
        title=_TITLE,
        subject=(SUBJECT, row["id"]),
        requester_id=employee_id,
        steps=[Step(one) for one in rules.correction.approver_chain or ("manager",)],
        details=_facts(row, wrong),
    )
    return row


def _facts(row: dict[str, Any], wrong: dict[str, Any] | None) -> dict[str, Any]:
    facts: dict[str, Any] = {_DAY: row["work_on"]}
    if wrong is not None:
        facts[_WRONG] = wrong["occurred_at"]
    if row["kind"] is not None:
        facts |= {_WHAT: Word(KINDS[row["kind"]]), _TIME: row["occurred_at"]}
    return {**facts, _WHY: row["reason"]}


def _require_time(rules: Rules, on: date, at: datetime | None) -> None:
    """A punch that is to come cannot be missing, and belongs to its date or to the night behind it. Raises Invalid."""
    today = local_date(rules.timezone, clock.now())
    if on > today:
        raise invalid("/work_on", "future", "That day is still to come.")
    if at is None:
        return
    if at > clock.now():
        raise invalid("/occurred_at", "future", "That time is still to come.")
    if abs(local_date(rules.timezone, at) - on) > timedelta(days=1):
        raise invalid("/occurred_at", "invalid", "That time is not of this day.")


def _wrong_punch(actor: Actor, employee_id: str, values: dict[str, Any]) -> dict[str, Any] | None:
    """Raises Invalid."""
    if "punch_id" not in values:
        return None
    found = punches.punch_of(actor.workspace_id, employee_id, values["punch_id"])
    if found is None or found["work_on"] != values["work_on"] or found["status"] not in punches.LIVE:
        raise invalid("/punch_id", "invalid", "You have no such punch on this day.")
    return found


def _require_allowed(actor: Actor, employee_id: str, rules: Rules, on: date) -> None:
    """What the rules of the group say. Raises CorrectionQuota and CorrectionTooLate."""
    policy, today = rules.correction, local_date(rules.timezone, clock.now())
    if policy.within_days is not None and (today - on).days > policy.within_days:
        raise CorrectionTooLate(extra={"within_days": policy.within_days})
    if policy.per_month is None:
        return
    if queries.corrections_in_month(actor.workspace_id, employee_id, on) >= policy.per_month:
        raise CorrectionQuota(extra={"per_month": policy.per_month})


def decide_correction(actor: Actor, correction_id: str, decision: str, *, note: str | None = None) -> dict[str, Any]:
    """By HR and apps, above the steps of its approval. A repeat changes nothing.

    Raises NotFound, Forbidden, RequestDecided, PeriodLocked, and what carrying it out refuses.
    """
    before = queries.correction(actor, correction_id, lock=True, scope=queries.ADMIN)
    if before["employee_id"] == actor.employee_id:
        raise Forbidden("Nobody decides about their own correction.")
    permissions.require_hr(actor)
    if before["status"] == decision:
        return before
    if before["status"] != "submitted":
        raise RequestDecided(extra={"request_status": before["status"]})
    approvals.settle(actor, (SUBJECT, correction_id), decision, note=note)
    return queries.correction(actor, correction_id, scope=queries.ADMIN)


def withdraw_correction(actor: Actor, correction_id: str) -> dict[str, Any]:
    """Raises NotFound, Forbidden and RequestDecided."""
    before = queries.correction(actor, correction_id, lock=True, scope=queries.WRITE)
    if before["employee_id"] != actor.employee_id:
        raise Forbidden("Who asked for it takes it back.")
    if before["status"] == "withdrawn":
        return before
    if before["status"] != "submitted":
        raise RequestDecided(extra={"request_status": before["status"]})
    after = _change(actor, before, "withdrawn")
    approvals.withdraw_about(actor, (SUBJECT, correction_id))
    return after


def approval_ended(actor: Actor, correction_id: str, outcome: str) -> None:
    """What its approval said. What refuses to be carried out makes the decision fail."""
    before = queries.correction(system(actor.workspace_id), correction_id, lock=True)
    if before["status"] != "submitted":
        return
    if outcome == "approved":
        record_correction(actor, before)
    _change(actor, before, outcome)


def _change(actor: Actor, before: dict[str, Any], status: str) -> dict[str, Any]:
    stamped = {"status": status, "updated_at": clock.now(), "version": before["version"] + 1}
    done = session().execute(
        update(_table)
        .where(_table.c.workspace_id == actor.workspace_id, _table.c.id == before["id"])
        .where(_table.c.version == before["version"])
        .values(stamped)
        .returning(_table.c.id)
    )
    if done.one_or_none() is None:
        raise Conflict()
    event: EventType = _ENDS[status]
    after = {**before, **stamped}
    if status == "approved":
        rows.reckon(actor, before["employee_id"], [before["work_on"]])
    emit(actor, event, after, changes=["status"], before=before)
    return after
