"""Scopes and policies of tickets."""

from __future__ import annotations

from typing import Any

from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import Forbidden
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

TICKETS_READ = Scope("tickets:read", N_("read tickets and what is said to their requesters"), roles=("employee",))
TICKETS_SENSITIVE = Scope(
    "tickets.sensitive:read",
    N_("see the properties of tickets that are marked as sensitive"),
    roles=("support_admin",),
    risk="sensitive",
)
TICKETS_WRITE = Scope(
    "tickets:write", N_("add and change tickets, and write to their requesters"), roles=("employee",), risk="write"
)
INTERNAL_READ = Scope(
    "tickets.internal:read", N_("read the team's internal notes on tickets"), roles=("agent",), marks="agent"
)
INTERNAL_WRITE = Scope("tickets.internal:write", N_("write internal notes on tickets"), roles=("agent",), risk="write")

TICKETS_ADMIN = Scope(
    "tickets:admin", N_("set up the statuses of tickets and the shared macros"), roles=("support_admin",), risk="write"
)

QUEUES_ADMIN = Scope("queues:admin", N_("set up queues, and who is in them"), roles=("support_admin",), risk="write")


def works_on_tickets(actor: Actor) -> bool:
    """Agents and apps by their scopes see the workspace's tickets; other people the requester's side of their own."""
    return actor.is_app or actor.has_role("agent")


def require_works_on_tickets(actor: Actor) -> None:
    """Raises Forbidden."""
    if not works_on_tickets(actor):
        raise Forbidden("This belongs to the agents.")


def require_requester_may(before: dict[str, Any], values: dict[str, Any]) -> None:
    """Who asked says when it is done, and that it is not; everything else is the agents'. Raises Forbidden."""
    wanted = values.get("status")
    if set(values) == {"status"} and (wanted == "solved" or (wanted == "open" and before["status"] == "solved")):
        return
    raise Forbidden(
        "You asked for this ticket; changing it belongs to the agents. You can reply, set the status to solved, "
        "and open again what is solved."
    )


def require_may_trash(actor: Actor) -> None:
    """Of people, only support admins delete and restore; an app does by its scope. Raises Forbidden."""
    if not actor.is_app and not actor.has_role("support_admin"):
        raise Forbidden("Deleting and restoring tickets belongs to support admins.")


def require_may_redact(actor: Actor) -> None:
    """What is taken out does not come back. Raises Forbidden."""
    if not actor.is_app and not actor.has_role("support_admin"):
        raise Forbidden("Taking something out of a comment belongs to support admins.")


def require_may_share(actor: Actor) -> None:
    """What all use is set up by who sets up tickets. Raises InsufficientScope."""
    needed = TICKETS_ADMIN.name
    if not actor.may(needed):
        raise InsufficientScope(f"A shared macro needs {needed}.", extra={"required_scopes": [needed]})


def reads_internal(actor: Actor) -> bool:
    return works_on_tickets(actor) and actor.may("tickets.internal:read")


def require_may_comment(actor: Actor, visibility: str) -> None:
    """An internal note needs its own scope and nothing else. Raises InsufficientScope and Forbidden."""
    needed = "tickets.internal:write" if visibility == "internal" else "tickets:write"
    if not actor.may(needed):
        raise InsufficientScope(f"A comment that is {visibility} needs {needed}.", extra={"required_scopes": [needed]})
    if visibility == "internal":
        require_works_on_tickets(actor)
