"""Changes that somebody asks for: the agents any, the requester what is theirs to say."""

from __future__ import annotations

from typing import Any

from portico.domains.properties import service as properties
from portico.domains.tickets import permissions, queries, status_queries, statuses
from portico.domains.tickets.service import handing_out
from portico.domains.tickets.service.changing import apply
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import InvalidTransition, Stale, invalid


def update_ticket(
    actor: Actor, ticket_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change the given fields. Raises NotFound, Forbidden, Stale, Invalid, InvalidTransition and TicketClosed."""
    before = queries.whole_ticket(actor, ticket_id, lock=True)
    if not permissions.works_on_tickets(actor):
        permissions.require_requester_may(before, values)
        _require_in_time(before, values)
    if expected_version not in (None, before["version"]):
        raise Stale()
    if "status_id" in values:
        values = {**values, **_certain_status(actor, values)}
    if "properties" in values:
        merged = properties.merge(actor, "ticket", before["properties"], values["properties"])
        values = {**values, "properties": merged}
    after = apply(actor, before, values)
    if after["queue_id"] != before["queue_id"]:
        after = handing_out.hand_out(actor, after)
    return queries.shown_to(actor, after)


def _require_in_time(before: dict[str, Any], values: dict[str, Any]) -> None:
    """Raises InvalidTransition: later, the requester's next word begins a ticket that follows."""
    if values["status"] == "open" and statuses.is_over(before, clock.now()):
        raise InvalidTransition("It was solved too long ago; reply, and a ticket that follows it is opened.")


def _certain_status(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    row = status_queries.usable(actor, values["status_id"])
    if values.get("status", row.category) != row.category:
        raise invalid("/status", "invalid", f"The status with this id belongs to the category {row.category}.")
    return {"status": row.category, "status_id": row.id}


def close_when_due(actor: Actor, ticket_id: str) -> None:
    """Close what has been solved for long, unless somebody wrote or opened it meanwhile. Raises NotFound."""
    before = queries.whole_ticket(actor, ticket_id, lock=True)
    if before["status"] == "solved" and before["close_due_at"] <= clock.now():
        apply(actor, before, {"status": "closed"})
