"""Tickets themselves over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.tickets import attachments, queries, schemas, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.kernel.schemas import Nothing
from portico.web.api import ApiBlueprint, Created
from portico.web.batch import Batch, BatchAnswer, Changes, run

blp = ApiBlueprint("tickets", "Tickets", "What customers and colleagues ask for.")
_CHANGES = Changes(
    create_schema=schemas.TicketCreate,
    update_schema=schemas.TicketUpdate,
    answer=schemas.Ticket,
    create=service.create_ticket,
    update=service.update_ticket,
)


@blp.get("/tickets", scope="tickets:read", listing=queries.TICKETS, answer=schemas.Ticket, summary="List tickets")
def list_tickets(actor: Actor, query: ListQuery) -> Page:
    """Agents and apps see the workspace's tickets, other people those that they asked for."""
    return queries.page_of_tickets(actor, query)


@blp.post(
    "/tickets",
    scope="tickets:write",
    body=schemas.TicketCreate,
    answer=schemas.Ticket,
    status=201,
    summary="Open a ticket",
)
def create_ticket(actor: Actor, body: dict[str, Any]) -> Created:
    """A ticket begins as `new`; as `open` when an agent opens it for somebody, or with an assignee."""
    ticket = service.create_ticket(actor, body)
    return Created(ticket, f"/api/v1/tickets/{ticket['id']}")


@blp.post("/tickets/batch", scope="tickets:write", body=Batch, answer=BatchAnswer, summary="Write many tickets")
def batch_tickets(actor: Actor, body: dict[str, Any]) -> Any:
    """Up to 100 items: with `id` an update, without a creation. One result each, in order."""
    return run(actor, body, _CHANGES)


@blp.get('/tickets/<id("tkt"):ticket_id>', scope="tickets:read", answer=schemas.Ticket, summary="Read a ticket")
def get_ticket(actor: Actor, ticket_id: str) -> Any:
    """Who asked for it without being an agent sees the requester's side; `_redacted` names what is left out."""
    return queries.ticket(actor, ticket_id)


@blp.patch(
    '/tickets/<id("tkt"):ticket_id>',
    scope="tickets:write",
    body=schemas.TicketUpdate,
    answer=schemas.Ticket,
    versioned=True,
    summary="Change a ticket",
    refusals=("invalid_transition", "ticket_closed"),
)
def update_ticket(actor: Actor, ticket_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """The status too; a step that is not allowed is `409 invalid_transition`. A closed ticket does not change. Who
    asked for it may solve it, and open it again within seven days."""
    return service.update_ticket(actor, ticket_id, body, expected_version=expected_version)


@blp.delete(
    '/tickets/<id("tkt"):ticket_id>',
    scope="tickets:write",
    versioned=True,
    status=204,
    summary="Put a ticket into the trash",
)
def trash_ticket(actor: Actor, ticket_id: str, expected_version: int | None) -> None:
    """It can be restored for 30 days. Of people, support admins may."""
    service.trash_ticket(actor, ticket_id, expected_version=expected_version)


@blp.post(
    '/tickets/<id("tkt"):ticket_id>/restore',
    scope="tickets:write",
    body=Nothing,
    optional_body=True,
    answer=schemas.Ticket,
    summary="Bring a ticket back from the trash",
)
def restore_ticket(actor: Actor, ticket_id: str, body: dict[str, Any]) -> Any:
    return service.restore_ticket(actor, ticket_id)


@blp.post(
    '/tickets/<id("tkt"):ticket_id>/assign',
    scope="tickets:write",
    body=schemas.Assignment,
    answer=schemas.Ticket,
    summary="Give a ticket to somebody, or back",
    refusals=("ticket_closed",),
)
def assign_ticket(actor: Actor, ticket_id: str, body: dict[str, Any]) -> Any:
    return service.assign_ticket(actor, ticket_id, body["assignee_id"])


@blp.post(
    '/tickets/<id("tkt"):ticket_id>/take',
    scope="tickets:write",
    body=Nothing,
    optional_body=True,
    answer=schemas.Ticket,
    people_only=True,
    summary="Take a ticket that nobody has",
    refusals=("already_assigned", "ticket_closed"),
)
def take_ticket(actor: Actor, ticket_id: str, body: dict[str, Any]) -> Any:
    return service.take_ticket(actor, ticket_id)


@blp.get(
    '/tickets/<id("tkt"):ticket_id>/comments',
    scope="tickets:read",
    listing=queries.COMMENTS,
    answer=schemas.Comment,
    summary="List the comments of a ticket",
)
def list_ticket_comments(actor: Actor, ticket_id: str, query: ListQuery) -> Page:
    """Oldest first. Internal ones stand in it only for who holds `tickets.internal:read`."""
    return attachments.page_of_comments(actor, ticket_id, query)


@blp.post(
    '/tickets/<id("tkt"):ticket_id>/comments',
    any_scope=("tickets:write", "tickets.internal:write"),
    body=schemas.CommentCreate,
    answer=schemas.Comment,
    status=201,
    summary="Write on a ticket",
    refusals=("ticket_closed", "newer_comment_exists"),
)
def create_ticket_comment(actor: Actor, ticket_id: str, body: dict[str, Any]) -> Created:
    """A public comment needs `tickets:write`, an internal one `tickets.internal:write`. `attachment_ids` are uploads of
    yours (`POST /attachments`), which it then holds. What the requester writes on a
    ticket that is over stands on one that follows it: look at `ticket_id` of the answer."""
    comment = service.add_comment(actor, ticket_id, body)
    return Created(comment, f"/api/v1/tickets/{comment['ticket_id']}/comments")
