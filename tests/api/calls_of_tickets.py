"""Calls of the matrix: how a workspace works on tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.world import World

Parts = tuple[str, str, Any, dict[str, Any]]

_AGENTS = {"barred": ("employee", "forbidden")}


def _status(by: str, json: Any = None, **more: Any) -> Callable[[World], Parts]:
    return lambda world: (f"/ticket-statuses/{world.ticket_status()['id']}", by, json, more)


def _queue(by: str, json: Any = None, **more: Any) -> Callable[[World], Parts]:
    return lambda world: (f"/queues/{world.queue()['id']}", by, json, more)


TICKET_SETUP: dict[str, Callable[[World], Parts]] = {
    "list_ticket_statuses": lambda world: ("/ticket-statuses", "agent", None, _AGENTS),
    "create_ticket_status": lambda world: (
        "/ticket-statuses",
        "support_admin",
        {"category": "pending", "label": world.name("Status ")},
        {},
    ),
    "get_ticket_status": _status("agent", **_AGENTS),
    "update_ticket_status": _status("support_admin", {"active": False}),
    "delete_ticket_status": _status("support_admin"),
    "list_queues": lambda world: ("/queues", "agent", None, _AGENTS),
    "create_queue": lambda world: ("/queues", "support_admin", {"name": world.name("Queue ")}, {}),
    "get_queue": _queue("agent", **_AGENTS),
    "update_queue": _queue("support_admin", {"assignment": "round_robin"}),
    "delete_queue": _queue("support_admin"),
}
