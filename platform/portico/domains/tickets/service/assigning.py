"""Who has a ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portico.domains.directory import ranges
from portico.domains.tickets import permissions, queries, queue_queries
from portico.domains.tickets.errors import AlreadyAssigned, TicketClosed
from portico.domains.tickets.service.changing import apply
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden


def assign_ticket(actor: Actor, ticket_id: str, assignee_id: str | None) -> dict[str, Any]:
    """Give a ticket to somebody, or back with None. Raises NotFound, Forbidden, Invalid and TicketClosed."""
    before = queries.whole_ticket(actor, ticket_id, lock=True)
    permissions.require_works_on_tickets(actor)
    return queries.shown_to(actor, apply(actor, before, {"assignee_id": assignee_id}))


def take_ticket(actor: Actor, ticket_id: str) -> dict[str, Any]:
    """Take a ticket that nobody has: of two who try at once, one wins. Taking one's own again changes nothing.

    Raises NotFound, Forbidden, TicketClosed and AlreadyAssigned.
    """
    before = queries.whole_ticket(actor, ticket_id, lock=True)
    permissions.require_works_on_tickets(actor)
    if actor.employee_id is None:
        raise Forbidden("Only a person can take a ticket.")
    if before["status"] == "closed":
        raise TicketClosed()
    if before["assignee_id"] not in (None, actor.employee_id):
        raise AlreadyAssigned(extra={"assignee_id": before["assignee_id"]})
    ranges.require_within(actor, actor.employee_id)
    if not queue_queries.may_have(actor, before["queue_id"], actor.employee_id):
        raise Forbidden("You are not in the queue of this ticket.")
    return queries.shown_to(actor, apply(actor, before, {"assignee_id": actor.employee_id}))


def release_tickets(actor: Actor, employee_id: str) -> int:
    """Give back what an employee has who is not there any more; closed tickets keep their name. Answers how many."""
    actor = replace(actor, data_range=None)  # an app that lets somebody go sees perhaps no tickets at all
    found = queries.assigned_to(actor, employee_id)
    for ticket in found:
        apply(actor, ticket, {"assignee_id": None})
    return len(found)
