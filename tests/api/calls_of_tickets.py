"""Calls of the matrix: how a workspace works on tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.world import World

Parts = tuple[str, str, Any, dict[str, Any]]

_OTHERS = ("employee", "not_found")
_AGENTS = {"barred": ("employee", "forbidden")}


def _status(by: str, json: Any = None, **more: Any) -> Callable[[World], Parts]:
    return lambda world: (f"/ticket-statuses/{world.ticket_status()['id']}", by, json, more)


def _queue(by: str, json: Any = None, **more: Any) -> Callable[[World], Parts]:
    return lambda world: (f"/queues/{world.queue()['id']}", by, json, more)


def _ticket(suffix: str, by: str = "agent", json: Any = None, **more: Any) -> Callable[[World], Parts]:
    return lambda world: (f"/tickets/{world.ticket()['id']}{suffix}", by, json, {"barred": _OTHERS, **more})


def _follower(world: World) -> Parts:
    ticket_id, agent = world.ticket()["id"], world.cast.employee_id("agent")
    world.post("agent", f"/tickets/{ticket_id}/followers", {"employee_id": agent})
    return f"/tickets/{ticket_id}/followers/{agent}", "agent", None, {"barred": _OTHERS}


def _link(world: World) -> Parts:
    ticket_id = world.ticket()["id"]
    link = world.post("agent", f"/tickets/{ticket_id}/links", {"kind": "blocks", "ticket_id": world.ticket()["id"]})
    return f"/tickets/{ticket_id}/links/{link['id']}", "agent", None, {"barred": _OTHERS}


def _redaction(world: World) -> Parts:
    ticket_id = world.ticket()["id"]
    comment = world.post("agent", f"/tickets/{ticket_id}/comments", {"body": "4111 1111"})
    body = {"comment_id": comment["id"], "start": 0, "end": 4}
    return f"/tickets/{ticket_id}/redactions", "support_admin", body, {"barred": ("agent", "forbidden")}


def _macro(by: str, json: Any = None, **more: Any) -> Callable[[World], Parts]:
    return lambda world: (f"/macros/{world.macro()['id']}", by, json, {**_AGENTS, **more})


def _use_of_macro(step: str) -> Callable[[World], Parts]:
    return lambda world: (
        f"/tickets/{world.ticket()['id']}/macros/{world.macro()['id']}/{step}",
        "agent",
        {},
        {"barred": _OTHERS},
    )


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
    "list_macros": lambda world: ("/macros", "agent", None, _AGENTS),
    "create_macro": lambda world: (
        "/macros",
        "support_admin",
        {"name": world.name("Macro "), "shared": True, "body": "Hello"},
        {**_AGENTS, "besides": ("tickets:admin",)},
    ),
    "get_macro": _macro("agent"),
    "update_macro": _macro("support_admin", {"body": "Bye"}, besides=("tickets:admin",)),
    "delete_macro": _macro("support_admin", besides=("tickets:admin",)),
    "preview_macro": _use_of_macro("preview"),
    "apply_macro": _use_of_macro("apply"),
    "list_ticket_history": _ticket("/history"),
    "list_ticket_followers": _ticket("/followers"),
    "add_ticket_follower": lambda world: (
        f"/tickets/{world.ticket()['id']}/followers",
        "agent",
        {"employee_id": world.cast.employee_id("agent")},
        {"barred": _OTHERS},
    ),
    "remove_ticket_follower": _follower,
    "list_ticket_links": _ticket("/links"),
    "create_ticket_link": lambda world: (
        f"/tickets/{world.ticket()['id']}/links",
        "agent",
        {"kind": "relates", "ticket_id": world.ticket()["id"]},
        {"barred": _OTHERS},
    ),
    "delete_ticket_link": _link,
    "snooze_ticket": _ticket("/snooze", json={"until": None}),
    "redact_ticket_comment": _redaction,
}
