"""The states of an announcement, and which may follow which."""

from __future__ import annotations

from portico.kernel.errors import InvalidTransition

STATUSES = (
    "draft",
    "in_review",
    "approved",
    "scheduled",
    "publishing",
    "publish_failed",
    "published",
    "expired",
    "withdrawn",
    "archived",
)
UNPUBLISHED = ("draft", "in_review", "approved", "scheduled")
"""Nobody of the audience has seen it."""
OUT = ("published", "expired")
"""Its recipients can read it."""
TOLD = ("publishing", *OUT, "withdrawn", "archived")
"""Some of the audience may have seen it."""
_STEPS: dict[str, tuple[str, ...]] = {
    "draft": ("in_review", "scheduled", "publishing"),
    "in_review": ("approved", "draft"),
    "approved": ("draft", "scheduled", "publishing"),
    "scheduled": ("draft", "approved", "publishing"),
    "publishing": ("published", "publish_failed", "withdrawn"),
    "publish_failed": ("publishing", "withdrawn"),
    "published": ("expired", "withdrawn", "archived"),
    "expired": ("withdrawn", "archived"),
    "withdrawn": ("archived",),
    "archived": (),
}


def may_follow(before: str, after: str) -> bool:
    return after in _STEPS[before]


def before(after: str) -> tuple[str, ...]:
    """The states from which this one can be reached."""
    return tuple(state for state, steps in _STEPS.items() if after in steps)


def require_step(before: str, after: str) -> None:
    """Raises InvalidTransition."""
    if not may_follow(before, after):
        raise InvalidTransition(f"It is {before}; from there it cannot become {after}.")
