"""What becomes of absences: decided, cancelled, shortened.

What is still to come is given back at once. What has begun was reckoned with, so giving that back is asked for, unless
HR or an app does it. A locked month stays as it is.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from portico.domains.approvals import service as approvals
from portico.domains.attendance import halves, permissions
from portico.domains.attendance.errors import AbsenceChangePending, AbsenceDecided
from portico.domains.attendance.events import (
    ABSENCE_APPROVED,
    ABSENCE_CANCELLED,
    ABSENCE_CHANGED,
    ABSENCE_REJECTED,
)
from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.queries.absence_days import Days
from portico.domains.attendance.queries.punches import held
from portico.domains.attendance.service import absence_rows as rows
from portico.domains.attendance.service.absences import SUBJECT, ask, facts_of, of_stretch
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.text import N_

_CANCEL, _SHORTEN = N_("Cancel the absence"), N_("Shorten the absence")


def _own(actor: Actor, absence: dict[str, Any]) -> bool:
    return actor.employee_id is not None and absence["employee_id"] == actor.employee_id


def _held(actor: Actor, absence_id: str, scope: str) -> dict[str, Any]:
    """One that the actor sees, held with its person. Raises NotFound."""
    known = queries.absence(actor, absence_id, scope=scope)
    held(actor.workspace_id, known["employee_id"])
    return queries.absence(actor, absence_id, lock=True, scope=scope)


def _require_may_change(actor: Actor, absence: dict[str, Any]) -> None:
    """Raises Forbidden."""
    if not _own(actor, absence) and not permissions.sees_everybody(actor):
        raise Forbidden("Whose absence it is changes it, and HR.")


def decide_absence(actor: Actor, absence_id: str, decision: str, *, note: str | None = None) -> dict[str, Any]:
    """By who stands above the steps of its approval; nobody about their own. A repeat changes nothing.

    Raises NotFound, Forbidden, AbsenceDecided and PeriodLocked.
    """
    before = _held(actor, absence_id, queries.APPROVE)
    if _own(actor, before):
        raise Forbidden("Nobody decides about their own absence.")
    permissions.require_hr(actor)
    waits = before["status"] == "requested" or before["pending_change"] is not None
    if waits:
        # Its end is what changes the absence, by the handler of approvals.
        approvals.settle(actor, (SUBJECT, absence_id), decision, note=note)
        return queries.absence(actor, absence_id, scope=queries.APPROVE)
    if before["status"] != decision:
        raise AbsenceDecided(extra={"absence_status": before["status"]})
    return before


def cancel_absence(actor: Actor, absence_id: str, *, note: str | None = None) -> dict[str, Any]:
    """Raises NotFound, Forbidden, AbsenceDecided, AbsenceChangePending and PeriodLocked."""
    before = _held(actor, absence_id, queries.WRITE)
    _require_may_change(actor, before)
    if before["status"] == "cancelled":
        return before
    if before["status"] == "rejected":
        raise AbsenceDecided(extra={"absence_status": "rejected"})
    if before["status"] == "approved":
        rows.require_unlocked(actor.workspace_id, rows.days_of(before))
    if before["status"] == "requested" or not _must_ask(actor, before, before["starts_at"] > clock.now()):
        return _cancelled(actor, before, note)
    return _ask_again(actor, before, {"kind": "cancel"}, _CANCEL)


def shorten_absence(actor: Actor, absence_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """What remains is within what was. Raises as `cancel_absence`, and Invalid."""
    before = _held(actor, absence_id, queries.WRITE)
    _require_may_change(actor, before)
    was = halves.of_row(before)
    if was is None:
        raise invalid("/from", "invalid", "An absence by the hour cannot be shortened; cancel it.")
    if before["status"] not in ("requested", "approved"):
        raise AbsenceDecided(extra={"absence_status": before["status"]})
    wanted = _wanted(was, before, values)
    if wanted == was:
        return before
    days = Days(actor.workspace_id, before["employee_id"], was.first.on, was.last.on)
    given_back = [half for half in was.halves() if not wanted.first <= half <= wanted.last]
    if before["status"] == "approved":
        rows.require_unlocked(actor.workspace_id, {half.on for half in given_back})
    ahead = all(days.span(half)[0] > clock.now() for half in given_back)
    if before["status"] == "approved" and _must_ask(actor, before, ahead):
        change = {"kind": "shorten", "first": _stored(wanted.first), "last": _stored(wanted.last)}
        return _ask_again(actor, before, change, _SHORTEN)
    after = _shortened(actor, before, wanted)
    if before["status"] == "requested":
        approvals.restate(actor, (SUBJECT, absence_id), facts_of(after, _type_of(actor, after), days))
    return after


def _stored(half: halves.Half) -> dict[str, str]:
    return {"on": half.on.isoformat(), "slot": half.slot}


def _wanted(was: halves.Stretch, before: dict[str, Any], values: dict[str, Any]) -> halves.Stretch:
    """Raises Invalid."""
    first, last = values.get("from_") or before["from_"], values.get("to") or before["to"]
    wanted = halves.stretch(first, last)
    if wanted.last < wanted.first or not was.holds(wanted):
        at = "/to" if "to" in values else "/from"
        raise invalid(at, "invalid", "What remains lies within what was agreed; ask for more as another absence.")
    return wanted


def _type_of(actor: Actor, absence: dict[str, Any]) -> Any:
    return next(one for one in queries.all_types(actor) if one.key == absence["type_key"])


def _must_ask(actor: Actor, absence: dict[str, Any], ahead: bool) -> bool:
    if ahead or not _type_of(actor, absence).approvers:
        return False
    return _own(actor, absence) or not permissions.sees_everybody(actor)


def _ask_again(actor: Actor, before: dict[str, Any], change: dict[str, Any], title: str) -> dict[str, Any]:
    known = before["pending_change"]
    if known is not None:
        if known == queries.shown_change(change):
            return before
        raise AbsenceChangePending()
    after = rows.change(actor, before, {"pending_change": change}, ABSENCE_CHANGED, ["pending_change"])
    days = Days(actor.workspace_id, after["employee_id"], after["from_on"], after["until_on"])
    ask(actor, after, _type_of(actor, after), days, wish=title, title=title)
    return after


def _cancelled(actor: Actor, before: dict[str, Any], note: str | None) -> dict[str, Any]:
    after = rows.change(actor, before, {"status": "cancelled"}, ABSENCE_CANCELLED, ["status"])
    rows.give_back(actor, before["id"])
    if before["status"] == "approved":
        rows.reckon(actor, before["employee_id"], rows.days_of(before))
    approvals.withdraw_about(actor, (SUBJECT, before["id"]), note=note)
    return after


def _shortened(actor: Actor, before: dict[str, Any], wanted: halves.Stretch) -> dict[str, Any]:
    was = halves.of_row(before)
    if was is None:
        raise LookupError(f"The absence {before['id']} is by the hour.")
    days = Days(actor.workspace_id, before["employee_id"], was.first.on, was.last.on)
    gone = [half for half in was.halves() if not wanted.first <= half <= wanted.last]
    after = rows.change(actor, before, of_stretch(days, wanted), ABSENCE_CHANGED, ["from", "to"])
    rows.give_back(actor, before["id"], gone)
    if before["status"] == "approved":
        rows.reckon(actor, before["employee_id"], sorted({half.on for half in gone}))
    return after


def approval_ended(actor: Actor, absence_id: str, outcome: str) -> None:
    """What an approval said of an absence or of its change. Raises PeriodLocked, and the decision with it fails."""
    known = queries.absence(system(actor.workspace_id), absence_id)
    held(actor.workspace_id, known["employee_id"])
    before = queries.absence(system(actor.workspace_id), absence_id, lock=True)
    if before["status"] == "requested":
        _decided(actor, before, outcome)
    elif before["pending_change"] is not None:
        _change_decided(actor, before, outcome)


def _decided(actor: Actor, before: dict[str, Any], outcome: str) -> None:
    if outcome == "approved":
        days = rows.days_of(before)
        rows.require_unlocked(actor.workspace_id, days)
        rows.change(actor, before, {"status": "approved"}, ABSENCE_APPROVED, ["status"])
        rows.reckon(actor, before["employee_id"], days)
        return
    status, event = ("cancelled", ABSENCE_CANCELLED) if outcome == "withdrawn" else ("rejected", ABSENCE_REJECTED)
    rows.change(actor, before, {"status": status}, event, ["status"])
    rows.give_back(actor, before["id"])


def _change_decided(actor: Actor, before: dict[str, Any], outcome: str) -> None:
    if outcome != "approved":
        rows.change(actor, before, {"pending_change": None}, ABSENCE_CHANGED, ["pending_change"])
        return
    if before["pending_change"]["kind"] == "cancel":
        rows.require_unlocked(actor.workspace_id, rows.days_of(before))
        _cancelled(actor, before, None)
        return
    wanted = halves.stretch(before["pending_change"]["from_"], before["pending_change"]["to"])
    was = halves.of_row(before)
    gone = {half.on for half in was.halves() if not wanted.first <= half <= wanted.last} if was else set[date]()
    rows.require_unlocked(actor.workspace_id, gone)
    _shortened(actor, before, wanted)


def cancel_to_come(actor: Actor, employee_id: str) -> int:
    """Of somebody who left: what has begun stays a fact. Answers how many."""
    held(actor.workspace_id, employee_id)
    found = queries.still_to_come(actor.workspace_id, employee_id, clock.now())
    for absence in found:
        _cancelled(actor, absence, None)
    return len(found)
