"""What happens to tickets when something happens to people."""

from __future__ import annotations

from typing import Any

from portico.domains.tickets import notices, service
from portico.kernel.actor import Actor
from portico.kernel.events import on
from portico.kernel.jobs import enqueue


@on("member.joined")
def begin_with_statuses(actor: Actor, event: dict[str, Any]) -> None:
    """A workspace begins with its first member."""
    service.seed_statuses(actor)


@on("employee.departed")
@on("employee.suspended")
def give_back(actor: Actor, event: dict[str, Any]) -> None:
    service.release_tickets(actor, event["resource_id"])


@on("employee.departed")
def leave_queues(actor: Actor, event: dict[str, Any]) -> None:
    service.leave_queues(actor, event["resource_id"])


@on("contact.updated")
def contact_renamed(actor: Actor, event: dict[str, Any]) -> None:
    if "display_name" in (event["changes"] or ()):
        enqueue(actor, "tickets.reindex_requester", contact_id=event["resource_id"])


@on("employee.updated")
def employee_renamed(actor: Actor, event: dict[str, Any]) -> None:
    if "display_name" in (event["changes"] or ()):
        enqueue(actor, "tickets.reindex_requester", employee_id=event["resource_id"])


@on("ticket.created")
@on("ticket.assigned")
def tell_assignee(actor: Actor, event: dict[str, Any]) -> None:
    notices.given(actor, event["data"])


@on("ticket.solved")
def tell_requester(actor: Actor, event: dict[str, Any]) -> None:
    notices.solved(actor, event["data"])


@on("ticket.comment_created")
def tell_of_comment(actor: Actor, event: dict[str, Any]) -> None:
    notices.written(actor, event["data"])
