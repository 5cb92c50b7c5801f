"""Yes or no, by who may say it; exactly once, whoever else says something at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portico.domains.approvals import permissions, queries
from portico.domains.approvals.errors import ApprovalClosed, NotYourTurn
from portico.domains.approvals.events import APPROVAL_APPROVED, APPROVAL_REJECTED, APPROVAL_STEP_APPROVED
from portico.domains.approvals.service import writing
from portico.domains.approvals.service.asking import is_stuck
from portico.domains.approvals.service.writing import approvers
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden
from portico.kernel.unit_of_work import session


def decide(actor: Actor, approval_id: str, decision: str, *, note: str | None = None) -> dict[str, Any]:
    """`approved` or `rejected`. A person decides once: a repeat answers what stands, and where they stand again in a
    later step their word counts again. Raises NotFound, Forbidden, ApprovalClosed and NotYourTurn."""
    before = queries.approval(actor, approval_id, lock=True)
    permissions.require_not_requester(actor, before)
    said, mine = _said(actor, before), _own_rows(actor, before)
    if said == decision and not mine:
        return before
    if before["status"] != "pending":
        raise ApprovalClosed(extra={"approval_status": before["status"]})
    if said is None and not mine:
        raise _not_waiting(actor, before)
    if said is not None and not mine:
        raise NotYourTurn("You have approved it already; who decides now is somebody else.")
    spoken = {"state": decision, "decided_by_id": actor.employee_id, "decided_at": clock.now(), "note": note}
    writing.move(actor, approval_id, spoken, approvers.c.id.in_([row["id"] for row in mine]))
    if decision == "rejected":
        return writing.close(actor, before, "rejected", APPROVAL_REJECTED, note=note)
    return _go_on(actor, before, note)


def _rows(approval: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for step in approval["steps"] for row in step["approvers"]]


def _said(actor: Actor, approval: dict[str, Any]) -> str | None:
    """What this person has said of it already."""
    said = [row["state"] for row in _rows(approval) if row["decided_by_id"] == actor.employee_id]
    return said[-1] if said else None


def _own_rows(actor: Actor, approval: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the open step for which this person may speak."""
    mine = {actor.employee_id, *session().scalars(queries.delegators_of(actor))}
    return [row for row in _rows(approval) if row["state"] == "waiting" and row["employee_id"] in mine]


def _not_waiting(actor: Actor, approval: dict[str, Any]) -> NotYourTurn | Forbidden:
    if any(row["employee_id"] == actor.employee_id for row in _rows(approval)):
        return NotYourTurn()
    return Forbidden("You see this request, and others decide about it.")


def _done(mode: str, rows: Sequence[dict[str, Any]]) -> bool:
    """Whether the step is approved."""
    slots: dict[int, bool] = {}
    for row in rows:
        if row["state"] != "replaced":
            slots[row["slot"]] = slots.get(row["slot"], False) or row["state"] == "approved"
    return any(slots.values()) if mode == "any" else all(slots.values())


def _go_on(actor: Actor, before: dict[str, Any], note: str | None) -> dict[str, Any]:
    """After an approval: to the next step that still needs somebody, or to the end."""
    step = before["step"]
    now = writing.read(actor, before["id"])
    _pass_by(actor, now)
    while step < len(now["modes"]) and _done(now["modes"][step], now["steps"][step]["approvers"]):
        here = approvers.c.step == step
        writing.move(actor, before["id"], {"state": "passed"}, here, approvers.c.state == "waiting")
        step += 1
        _begin(actor, now, step)
        now = writing.read(actor, before["id"])
        _pass_by(actor, now)
    if step == len(now["modes"]):
        return writing.close(actor, before, "approved", APPROVAL_APPROVED, note=note)
    if step == before["step"]:
        writing.write(actor, before, {})
        return writing.read(actor, before["id"])
    open_slots = people_of(now["steps"][step]["approvers"])
    writing.write(actor, before, {"step": step, "stuck": is_stuck(now["modes"][step], open_slots)})
    return writing.tell(actor, before["id"], APPROVAL_STEP_APPROVED)


def _begin(actor: Actor, now: dict[str, Any], step: int) -> None:
    """Open a step; who has approved before has approved here too."""
    here = approvers.c.step == step
    writing.move(actor, now["id"], {"state": "waiting"}, here, approvers.c.state == "later")
    agreed = [row for row in _rows(now) if row["state"] == "approved"]
    for person in {row["employee_id"] for row in agreed} | {row["decided_by_id"] for row in agreed}:
        spoke = next(row for row in agreed if person in (row["employee_id"], row["decided_by_id"]))
        again = {"state": "approved", "decided_by_id": spoke["decided_by_id"], "decided_at": clock.now()}
        mine = approvers.c.employee_id == person
        writing.move(actor, now["id"], again, here, mine, approvers.c.state == "waiting")


def _pass_by(actor: Actor, now: dict[str, Any]) -> None:
    """Whoever shares a slot with somebody who has agreed need not speak any more."""
    agreed = {(row["step"], row["slot"]) for row in _rows(now) if row["state"] == "approved"}
    silent = [r["id"] for r in _rows(now) if r["state"] == "waiting" and (r["step"], r["slot"]) in agreed]
    if silent:
        writing.move(actor, now["id"], {"state": "passed"}, approvers.c.id.in_(silent))


def people_of(rows: Sequence[dict[str, Any]]) -> list[list[str]]:
    """By slot, who may still speak or has spoken."""
    slots: dict[int, list[str]] = {}
    for row in rows:
        found = slots.setdefault(row["slot"], [])
        if row["employee_id"] is not None and row["state"] in ("waiting", "approved"):
            found.append(row["employee_id"])
    return list(slots.values())
