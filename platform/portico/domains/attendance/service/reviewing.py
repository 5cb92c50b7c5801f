"""Deciding about punches that wait: pressed without a network, from outside, or with evidence that is too weak."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance import permissions
from portico.domains.attendance.errors import PunchDecided
from portico.domains.attendance.events import PUNCH_ACCEPTED, PUNCH_REJECTED
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.service import punch_notices, punch_rows, sessions
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import EventType


def accept_punch(actor: Actor, punch_id: str, note: str | None = None) -> dict[str, Any]:
    """Let a punch count. Raises NotFound, Forbidden, PunchDecided and Conflict."""
    after = _decide(actor, punch_id, "accepted", note, PUNCH_ACCEPTED)
    if after["kind"] == "out":
        sessions.end_late(actor, after)
    return queries.shown(actor, after)


def reject_punch(actor: Actor, punch_id: str, note: str | None = None) -> dict[str, Any]:
    """Let a punch not count; what it opened or closed has to be looked at. It stays where everybody concerned sees it.

    Raises NotFound, Forbidden, PunchDecided and Conflict.
    """
    after = _decide(actor, punch_id, "rejected", note, PUNCH_REJECTED)
    sessions.disown(actor, after)
    return queries.shown(actor, after)


def _decide(actor: Actor, punch_id: str, status: str, note: str | None, event: EventType) -> dict[str, Any]:
    waiting = queries.whole_punch(actor, punch_id)
    permissions.require_may_decide(actor, waiting["employee_id"])
    # As every step of this person does: their punches and sessions move one after another.
    queries.held(actor.workspace_id, waiting["employee_id"])
    before = queries.whole_punch(actor, punch_id)
    if before["status"] != "pending":
        raise PunchDecided(extra={"punch_status": before["status"]})
    values = {"status": status, "decided_by": actor.id, "decided_at": clock.now(), "decision_note": note}
    after = punch_rows.change_status(actor, before, event, values)
    punch_notices.tell_decided(actor, after)
    return after
