"""The statuses of a ticket and what may follow what."""

from __future__ import annotations

from typing import Any

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
UNSOLVED = ("new", "open", "pending", "on_hold")

# `new` is only ever a beginning and `closed` only an end; closing comes after solving.
STEPS: dict[str, tuple[str, ...]] = {
    "new": ("open", "pending", "on_hold", "solved"),
    "open": ("pending", "on_hold", "solved"),
    "pending": ("open", "on_hold", "solved"),
    "on_hold": ("open", "pending", "solved"),
    "solved": ("open", "closed"),
    "closed": (),
}


def may_follow(status: str, following: str) -> bool:
    return following in STEPS[status]


def after_assignment(status: str) -> str:
    """Somebody has it now, so it is not new any more."""
    return "open" if status == "new" else status


def after_requester_reply(status: str) -> str:
    """A reply brings back what waited for it or was thought done; what waits for a third party keeps waiting."""
    return "open" if status in ("pending", "solved") else status


def stamps(before: dict[str, Any], status: str, now: Any) -> dict[str, Any]:
    """The columns that a step to `status` sets besides the status."""
    match status:
        case "solved":
            return {"solved_at": now}
        case "closed":
            return {"closed_at": now}
        case _ if before["status"] == "solved":
            return {"solved_at": None, "reopen_count": before["reopen_count"] + 1}
        case _:
            return {}
