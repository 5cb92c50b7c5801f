"""Ends of a request other than by its steps."""

from __future__ import annotations

from typing import Any

from portico.domains.approvals import permissions, queries
from portico.domains.approvals.errors import ApprovalClosed
from portico.domains.approvals.events import (
    APPROVAL_APPROVED,
    APPROVAL_EXPIRED,
    APPROVAL_REJECTED,
    APPROVAL_WITHDRAWN,
)
from portico.domains.approvals.service import writing
from portico.kernel import clock
from portico.kernel.actor import Actor, system


def withdraw(actor: Actor, approval_id: str, *, note: str | None = None) -> dict[str, Any]:
    """Take a request back: who asked, or the app by which they did; a repeat changes nothing.

    Raises NotFound, Forbidden and ApprovalClosed.
    """
    before = queries.approval(actor, approval_id, lock=True)
    permissions.require_asked(actor, before)
    if before["status"] == "withdrawn":
        return before
    if before["status"] != "pending":
        raise ApprovalClosed(extra={"approval_status": before["status"]})
    return writing.close(actor, before, "withdrawn", APPROVAL_WITHDRAWN, note=note)


def withdraw_about(actor: Actor, subject: tuple[str, str], *, note: str | None = None) -> None:
    """For the domain of the subject: what is asked about it does not matter any more."""
    known = queries.open_about(actor, queries.CORE, *subject)
    if known is not None:
        _withdraw_quietly(actor, known, note)


def withdraw_all(actor: Actor, *, requester_id: str | None = None, source: str | None = None) -> int:
    """Of a person who is gone, or an app that is. Answers how many."""
    found = queries.pending_of(actor, requester_id=requester_id, source=source)
    for approval_id in found:
        _withdraw_quietly(actor, approval_id, None)
    return len(found)


def _withdraw_quietly(actor: Actor, approval_id: str, note: str | None) -> None:
    before = queries.approval(system(actor.workspace_id), approval_id, lock=True)
    if before["status"] == "pending":
        writing.close(actor, before, "withdrawn", APPROVAL_WITHDRAWN, note=note)


def hold_about(actor: Actor, subject: tuple[str, str]) -> None:
    """For the domain of the subject, before it holds its own row: who decides holds the request first as well."""
    known = queries.open_about(actor, queries.CORE, *subject)
    if known is not None:
        queries.approval(system(actor.workspace_id), known, lock=True)


def settle(actor: Actor, subject: tuple[str, str], decision: str, *, note: str | None = None) -> dict[str, Any] | None:
    """For the domain of the subject: somebody decided who stands above its steps, as its own policy says. Answers the
    request, or None where none is open. Raises Forbidden."""
    known = queries.open_about(actor, queries.CORE, *subject)
    if known is None:
        return None
    before = queries.approval(system(actor.workspace_id), known, lock=True)
    if before["status"] != "pending":
        return None
    permissions.require_not_requester(actor, before)
    event = APPROVAL_APPROVED if decision == "approved" else APPROVAL_REJECTED
    return writing.close(actor, before, decision, event, note=note)


def expire_when_due(actor: Actor, approval_id: str) -> bool:
    """Write down that time has decided, once. Answers whether it had."""
    platform = system(actor.workspace_id)
    row = queries.stored(platform, approval_id)
    if row["status"] != "pending":
        return True
    if row["expires_at"] is None or row["expires_at"] > clock.now():
        return False
    writing.close(platform, row, "expired", APPROVAL_EXPIRED)
    return True
