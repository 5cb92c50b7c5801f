"""A company's own statuses over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.tickets import service, status_queries, status_schemas
from portico.domains.tickets.api.tickets import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_ONE = '/ticket-statuses/<id("tst"):status_id>'


@blp.get(
    "/ticket-statuses",
    scope="tickets:read",
    listing=status_queries.TICKET_STATUSES,
    answer=status_schemas.TicketStatus,
    summary="List the statuses of tickets",
)
def list_ticket_statuses(actor: Actor, query: ListQuery) -> Page:
    """For agents and apps: the workspace's own names inside the six categories, one default in each."""
    return status_queries.page_of_statuses(actor, query)


@blp.post(
    "/ticket-statuses",
    scope="tickets:admin",
    body=status_schemas.TicketStatusCreate,
    answer=status_schemas.TicketStatus,
    status=201,
    summary="Add a status of tickets",
    refusals=("status_exists",),
)
def create_ticket_status(actor: Actor, body: dict[str, Any]) -> Created:
    made = service.create_status(actor, body)
    return Created(made, f"/api/v1/ticket-statuses/{made['id']}")


@blp.get(_ONE, scope="tickets:read", answer=status_schemas.TicketStatus, summary="Read a status of tickets")
def get_ticket_status(actor: Actor, status_id: str) -> Any:
    return status_queries.status(actor, status_id)


@blp.patch(
    _ONE,
    scope="tickets:admin",
    body=status_schemas.TicketStatusUpdate,
    answer=status_schemas.TicketStatus,
    versioned=True,
    must_match=True,
    summary="Change a status of tickets",
    refusals=("status_exists", "status_is_default"),
)
def update_ticket_status(actor: Actor, status_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """One that is not active stays on the tickets that have it and is offered no more."""
    return service.update_status(actor, status_id, body, expected_version=expected_version)


@blp.delete(
    _ONE,
    scope="tickets:admin",
    parameters={"replace_with": False},
    versioned=True,
    status=204,
    summary="Delete a status of tickets",
    refusals=("status_in_use", "status_is_default"),
)
def delete_ticket_status(
    actor: Actor, status_id: str, expected_version: int | None, replace_with: str | None = None
) -> None:
    """While tickets have it, `409 status_in_use` says how many; with `replace_with` they get that status first."""
    service.delete_status(actor, status_id, replace_with=replace_with, expected_version=expected_version)
