"""Calls of the matrix: asking and deciding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.world import World

Parts = tuple[str, str, Any, dict[str, Any]]
_OTHERS = ("agent", "not_found")


def _approval(suffix: str, by: str = "employee", json: Any = None, **more: Any) -> Callable[[World], Parts]:
    return lambda world: (f"/approvals/{world.approval()['id']}{suffix}", by, json, {"barred": _OTHERS, **more})


APPROVALS: dict[str, Callable[[World], Parts]] = {
    "list_approvals": lambda world: ("/approvals", "employee", None, {}),
    "create_approval": lambda world: (
        "/approvals",
        "employee",
        world.approval_values(),
        {"barred": ("agent", "forbidden")},
    ),
    "list_approvals_to_decide": lambda world: ("/approvals/inbox", "hr_admin", None, {}),
    "get_approval": _approval(""),
    "approve_approval": _approval("/approve", "hr_admin", {"note": "Yes"}),
    "reject_approval": _approval("/reject", "hr_admin", {"note": "Too dear"}),
    "withdraw_approval": _approval("/withdraw", json={}),
    "comment_on_approval": _approval("/comment", json={"body": "It flickers"}),
    "list_approval_comments": _approval("/comments"),
    "list_approval_delegations": lambda world: ("/approval-delegations", "employee", None, {}),
    "create_approval_delegation": lambda world: (
        "/approval-delegations",
        "employee",
        {"delegate_id": world.cast.employee_id("agent"), "from_on": "2030-01-01", "until_on": "2030-01-07"},
        {},
    ),
    "delete_approval_delegation": lambda world: (
        f"/approval-delegations/{world.delegation()['id']}",
        "owner",
        None,
        {"barred": ("employee", "not_found")},
    ),
}
