"""Into the trash and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portico.domains.directory import queries as directory
from portico.domains.tickets import events, permissions, queries
from portico.domains.tickets.service import changing, history
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Stale
from portico.kernel.events import emit

TRASH_DAYS = 30


def trash_ticket(actor: Actor, ticket_id: str, *, expected_version: int | None = None) -> None:
    """Put a ticket into the trash. Raises NotFound, Forbidden and Stale."""
    before = queries.whole_ticket(actor, ticket_id, lock=True)
    permissions.require_may_trash(actor)
    if expected_version not in (None, before["version"]):
        raise Stale()
    now = clock.now()
    after = changing.write(actor, before, {"trashed_at": now}, now)
    history.note(actor, "trashed", ticket_id, {})
    emit(actor, events.TICKET_TRASHED, after)


def restore_ticket(actor: Actor, ticket_id: str) -> dict[str, Any]:
    """Bring a ticket back within 30 days; an assignee who left meanwhile does not have it any more.

    Raises Forbidden and NotFound.
    """
    permissions.require_may_trash(actor)
    now = clock.now()
    before = queries.trashed_ticket(actor, ticket_id, now - timedelta(days=TRASH_DAYS))
    changes: dict[str, Any] = {"trashed_at": None}
    assignee_id = before["assignee_id"]
    if assignee_id is not None and directory.active_employee(actor, assignee_id) is None:
        changes["assignee_id"] = None
    after = changing.write(actor, before, changes, now)
    history.note(actor, "restored", ticket_id, history.difference(before, after, changes.keys() - {"trashed_at"}))
    emit(actor, events.TICKET_RESTORED, after)
    return queries.shown_to(actor, after)
