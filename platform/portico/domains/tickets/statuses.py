"""The statuses of a ticket and what may follow what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
LABELS = ("New", "Open", "Pending", "On hold", "Solved", "Closed")
"""What each is called in a workspace until somebody names it."""
REOPEN_DAYS = 7
"""How long a reply opens again what is solved; later it begins a ticket of its own."""
CLOSE_DAYS = 14
"""How long after the last public word what is solved closes by itself."""
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


def is_over(ticket: dict[str, Any], now: datetime) -> bool:
    """Whether a word of the requester begins a ticket of its own."""
    if ticket["status"] == "solved":
        return bool(ticket["solved_at"] + timedelta(days=REOPEN_DAYS) < now)
    return bool(ticket["status"] == "closed")


def closes_at(now: datetime) -> datetime:
    return now + timedelta(days=CLOSE_DAYS)


def stamps(before: dict[str, Any], status: str, now: datetime) -> dict[str, Any]:
    """The columns that a step to `status` sets besides the status."""
    left = {"hold_reason": None} if before["status"] == "on_hold" else {}
    match status:
        case "solved":
            return {**left, "solved_at": now, "close_due_at": closes_at(now)}
        case "closed":
            return {"closed_at": now, "close_due_at": None}
        case _ if before["status"] == "solved":
            return {"solved_at": None, "close_due_at": None, "reopen_count": before["reopen_count"] + 1}
        case _:
            return left
