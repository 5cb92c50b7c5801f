"""What stands beside a ticket, over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.tickets import detail_queries as queries
from portico.domains.tickets import detail_schemas, schemas, service
from portico.domains.tickets.api.tickets import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_ONE = '/tickets/<id("tkt"):ticket_id>'


@blp.get(
    f"{_ONE}/history",
    scope="tickets:read",
    listing=queries.HISTORY,
    answer=detail_schemas.TicketChange,
    summary="List who changed what of a ticket",
)
def list_ticket_history(actor: Actor, ticket_id: str, query: ListQuery) -> Page:
    """Oldest first. What was written stands in the comments."""
    return queries.page_of_history(actor, ticket_id, query)


@blp.get(
    f"{_ONE}/followers",
    scope="tickets:read",
    listing=queries.FOLLOWERS,
    answer=detail_schemas.Follower,
    summary="List who follows a ticket",
)
def list_ticket_followers(actor: Actor, ticket_id: str, query: ListQuery) -> Page:
    """The tickets that somebody follows: `GET /tickets?filter[follower_id]=emp_…`."""
    return queries.page_of_followers(actor, ticket_id, query)


@blp.post(
    f"{_ONE}/followers",
    scope="tickets:write",
    body=detail_schemas.FollowerAdd,
    answer=detail_schemas.Follower,
    summary="Let somebody of the team follow a ticket",
)
def add_ticket_follower(actor: Actor, ticket_id: str, body: dict[str, Any]) -> Any:
    """Who follows already stays so."""
    return service.follow_ticket(actor, ticket_id, body["employee_id"])


@blp.delete(
    _ONE + '/followers/<id("emp"):employee_id>',
    scope="tickets:write",
    status=204,
    summary="Let somebody follow a ticket no more",
)
def remove_ticket_follower(actor: Actor, ticket_id: str, employee_id: str) -> None:
    service.unfollow_ticket(actor, ticket_id, employee_id)


@blp.get(
    f"{_ONE}/links",
    scope="tickets:read",
    listing=queries.LINKED,
    answer=detail_schemas.TicketLink,
    summary="List the links of a ticket",
)
def list_ticket_links(actor: Actor, ticket_id: str, query: ListQuery) -> Page:
    """In both directions."""
    return queries.page_of_links(actor, ticket_id, query)


@blp.post(
    f"{_ONE}/links",
    scope="tickets:write",
    body=detail_schemas.TicketLinkCreate,
    answer=detail_schemas.TicketLink,
    status=201,
    summary="Link a ticket to another",
    refusals=("link_exists", "link_contradicts", "ticket_closed"),
)
def create_ticket_link(actor: Actor, ticket_id: str, body: dict[str, Any]) -> Created:
    """This ticket relates to, blocks, duplicates or is the parent of the other."""
    made = service.link_ticket(actor, ticket_id, body["kind"], body["ticket_id"])
    return Created(made, f"/api/v1/tickets/{ticket_id}/links")


@blp.delete(
    _ONE + '/links/<id("tln"):link_id>', scope="tickets:write", status=204, summary="Take a link of a ticket away"
)
def delete_ticket_link(actor: Actor, ticket_id: str, link_id: str) -> None:
    """From either end."""
    service.unlink_ticket(actor, ticket_id, link_id)


@blp.post(
    f"{_ONE}/snooze",
    scope="tickets:write",
    body=detail_schemas.Snooze,
    answer=schemas.Ticket,
    summary="Put a ticket off",
    refusals=("ticket_closed",),
)
def snooze_ticket(actor: Actor, ticket_id: str, body: dict[str, Any]) -> Any:
    """It wakes at `until`, or when its requester writes; with null at once. Meanwhile no queue gives it out."""
    return service.snooze_ticket(actor, ticket_id, body["until"])


@blp.post(
    f"{_ONE}/redactions",
    scope="tickets:write",
    body=detail_schemas.RedactionCreate,
    answer=schemas.Comment,
    summary="Take something out of a comment for good",
)
def redact_ticket_comment(actor: Actor, ticket_id: str, body: dict[str, Any]) -> Any:
    """A range is blackened, without one the whole text goes, and its files with it; `redacted_at` stays as its mark.
    The text is gone from the comment and from its event. Of people, support admins may; on closed tickets too."""
    return service.redact_comment(actor, ticket_id, body["comment_id"], start=body.get("start"), end=body.get("end"))
