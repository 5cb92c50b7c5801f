"""Putting a ticket off: it sleeps until a time, or until its requester writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portico.domains.directory import queries as directory
from portico.domains.tickets import permissions, queries
from portico.domains.tickets.errors import TicketClosed
from portico.domains.tickets.service import handing_out
from portico.domains.tickets.service.changing import apply
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid

LONGEST = timedelta(days=366)


def snooze_ticket(actor: Actor, ticket_id: str, until: datetime | None) -> dict[str, Any]:
    """Put it off, or wake it with None. Raises NotFound, Forbidden, TicketClosed and Invalid."""
    before = queries.whole_ticket(actor, ticket_id, lock=True)
    permissions.require_works_on_tickets(actor)
    if before["status"] == "closed":
        raise TicketClosed()
    now = clock.now()
    if until is not None and not now < until <= now + LONGEST:
        raise invalid("/until", "invalid", "Give a time to come, within a year.")
    if until is None:
        return queries.shown_to(actor, _wake(actor, before))
    return queries.shown_to(actor, apply(actor, before, {"snoozed_until": until}))


def wake_when_due(actor: Actor, ticket_id: str) -> None:
    """Wake a ticket whose time has come, unless it was put off again meanwhile. Raises NotFound."""
    before = queries.whole_ticket(actor, ticket_id, lock=True)
    if before["snoozed_until"] is not None and before["snoozed_until"] <= clock.now():
        _wake(actor, before)


def _wake(actor: Actor, before: dict[str, Any]) -> dict[str, Any]:
    """Who had it and is gone meanwhile does not have it any more: it goes to who is there."""
    changes: dict[str, Any] = {"snoozed_until": None}
    holder = before["assignee_id"]
    if holder is not None and directory.active_employee(actor, holder) is None:
        changes["assignee_id"] = None
    return handing_out.hand_out(actor, apply(actor, before, changes))
