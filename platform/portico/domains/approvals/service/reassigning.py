"""Somebody else decides, because who should cannot any more."""

from __future__ import annotations

from typing import Any

from portico.domains.approvals import queries
from portico.domains.approvals.events import APPROVAL_REASSIGNED
from portico.domains.approvals.service import writing
from portico.domains.approvals.service.asking import add_approvers, is_stuck
from portico.domains.approvals.service.choosing import Choosing, Slot
from portico.domains.approvals.service.deciding import people_of
from portico.domains.approvals.service.writing import approvers
from portico.kernel.actor import Actor, system


def replace_approver(actor: Actor, employee_id: str) -> int:
    """Who cannot decide any more is replaced wherever they have not spoken yet. Answers in how many requests."""
    found = queries.waiting_on(actor, employee_id)
    return sum(look_again(actor, approval_id) for approval_id in found)


def look_again(actor: Actor, approval_id: str) -> bool:
    """Replace whoever of a request cannot decide, and look for somebody where nobody was found. Answers whether
    anything changed."""
    platform = system(actor.workspace_id)
    before = queries.approval(platform, approval_id, lock=True)
    if before["status"] != "pending":
        return False
    choosing = Choosing(platform, before["requester_id"])
    asked = [row["employee_id"] for step in before["steps"] for row in step["approvers"] if _open(row)]
    able = set(choosing.able(one for one in asked if one is not None))
    changed = [_mend(actor, choosing, before["id"], rows, able) for rows in _slots(before)]
    if not any(changed):
        return False
    now = writing.read(actor, approval_id)
    step = now["steps"][now["step"]]
    writing.write(actor, before, {"stuck": is_stuck(step["mode"], people_of(step["approvers"]))})
    writing.tell(actor, approval_id, APPROVAL_REASSIGNED)
    return True


def _open(row: dict[str, Any]) -> bool:
    return row["state"] in ("waiting", "later")


def _slots(approval: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The rows of each slot of each step."""
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for step in approval["steps"]:
        for row in step["approvers"]:
            found.setdefault((row["step"], row["slot"]), []).append(row)
    return list(found.values())


def _mend(actor: Actor, choosing: Choosing, approval_id: str, rows: list[dict[str, Any]], able: set[str]) -> bool:
    """One slot: who cannot decide goes, and where nobody else is there to speak for it, the next of the chain comes."""
    gone = [row for row in rows if _open(row) and row["employee_id"] not in able]
    if not gone:
        return False
    left = any(row["state"] == "approved" or (_open(row) and row["employee_id"] in able) for row in rows)
    origin = gone[0]["employee_id"] or gone[0]["origin_id"]
    people = () if left else choosing.above(origin)
    if not left and not people and gone[0]["employee_id"] is None:
        return False
    writing.move(actor, approval_id, {"state": "replaced"}, approvers.c.id.in_([row["id"] for row in gone]))
    if not left:
        _fill(actor, approval_id, rows, gone[0], Slot(origin, people))
    return True


def _fill(actor: Actor, approval_id: str, rows: list[dict[str, Any]], gone: dict[str, Any], slot: Slot) -> None:
    """Who was there before, was replaced and can decide again, comes back; the others are new."""
    back = [row["id"] for row in rows if row["state"] == "replaced" and row["employee_id"] in slot.people]
    if back:
        writing.move(actor, approval_id, {"state": gone["state"]}, approvers.c.id.in_(back))
    known = {row["employee_id"] for row in rows}
    fresh = tuple(one for one in slot.people if one not in known)
    if fresh or not slot.people:
        add_approvers(actor, approval_id, gone["step"], [(gone["slot"], Slot(slot.origin_id, fresh))], gone["state"])
