"""Calls of the matrix: how a workspace works on tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.world import World

Parts = tuple[str, str, Any, dict[str, Any]]

_AGENTS = {"barred": ("employee", "forbidden")}


def _status(by: str, json: Any = None, **more: Any) -> Callable[[World], Parts]:
    return lambda world: (f"/ticket-statuses/{world.ticket_status()['id']}", by, json, more)


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
}
