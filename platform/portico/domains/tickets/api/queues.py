"""Queues over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.tickets import queue_queries, queue_schemas, service
from portico.domains.tickets.api.tickets import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_ONE = '/queues/<id("que"):queue_id>'


@blp.get(
    "/queues",
    scope="tickets:read",
    listing=queue_queries.QUEUES,
    answer=queue_schemas.Queue,
    summary="List the queues",
)
def list_queues(actor: Actor, query: ListQuery) -> Page:
    """For agents and apps: the queues, how they give out their tickets, and to whom."""
    return queue_queries.page_of_queues(actor, query)


@blp.post(
    "/queues",
    scope="queues:admin",
    body=queue_schemas.QueueCreate,
    answer=queue_schemas.Queue,
    status=201,
    summary="Make a queue",
    refusals=("queue_exists",),
)
def create_queue(actor: Actor, body: dict[str, Any]) -> Created:
    """`manual`: tickets wait until somebody takes them. `round_robin` gives them out by turns, `least_loaded` to who
    has the fewest; both pass over who is not active or has as many as their capacity."""
    made = service.create_queue(actor, body)
    return Created(made, f"/api/v1/queues/{made['id']}")


@blp.get(_ONE, scope="tickets:read", answer=queue_schemas.Queue, summary="Read a queue")
def get_queue(actor: Actor, queue_id: str) -> Any:
    return queue_queries.queue(actor, queue_id)


@blp.patch(
    _ONE,
    scope="queues:admin",
    body=queue_schemas.QueueUpdate,
    answer=queue_schemas.Queue,
    versioned=True,
    summary="Change a queue",
    refusals=("queue_exists",),
)
def update_queue(actor: Actor, queue_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """Who leaves keeps the tickets that they have."""
    return service.update_queue(actor, queue_id, body, expected_version=expected_version)


@blp.delete(
    _ONE,
    scope="queues:admin",
    parameters={"move_tickets_to": False},
    versioned=True,
    status=204,
    summary="Delete a queue",
    refusals=("queue_in_use",),
)
def delete_queue(actor: Actor, queue_id: str, expected_version: int | None, move_tickets_to: str | None = None) -> None:
    """While it has unsolved tickets, `409 queue_in_use` says how many; with `move_tickets_to` they go there first."""
    service.delete_queue(actor, queue_id, move_tickets_to=move_tickets_to, expected_version=expected_version)
