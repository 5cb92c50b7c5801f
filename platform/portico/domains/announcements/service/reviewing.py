"""The step between writing and publishing, where a category asks for it: somebody else says yes."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import events, permissions, queries
from portico.domains.announcements.errors import ReviewNotRequired, ReviewRequired
from portico.domains.announcements.service import holding
from portico.kernel.actor import Actor


def is_reviewed(actor: Actor, announcement: dict[str, Any]) -> bool:
    """Whether its category asks for a review."""
    category_id = announcement["category_id"]
    return category_id is not None and bool(queries.category(actor, category_id)["requires_review"])


def require_passed(actor: Actor, announcement: dict[str, Any]) -> None:
    """Raises ReviewRequired."""
    if announcement["reviewed_by"] is None and is_reviewed(actor, announcement):
        raise ReviewRequired()


def submit(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """Hand a draft in. Raises NotFound, ReviewNotRequired and InvalidTransition."""
    before = holding.hold(actor, announcement_id, "submit")
    if not is_reviewed(actor, before):
        raise ReviewNotRequired()
    after = holding.step(actor, before, "in_review", review_note=None)
    holding.record(actor, events.SUBMITTED, after)
    return holding.shown(actor, after)


def approve(actor: Actor, announcement_id: str, note: str | None = None) -> dict[str, Any]:
    """Raises NotFound, Forbidden and InvalidTransition."""
    before = _reviewable(actor, announcement_id)
    after = holding.step(actor, before, "approved", reviewed_by=holding.author(actor), review_note=note)
    holding.record(actor, events.APPROVED, after, note=note)
    return holding.shown(actor, after)


def reject(actor: Actor, announcement_id: str, reason: str) -> dict[str, Any]:
    """Send it back to who wrote it. Raises NotFound, Forbidden and InvalidTransition."""
    before = _reviewable(actor, announcement_id)
    after = holding.step(actor, before, "draft", reviewed_by=None, review_note=reason)
    holding.record(actor, events.REJECTED, after, note=reason)
    return holding.shown(actor, after)


def _reviewable(actor: Actor, announcement_id: str) -> dict[str, Any]:
    found = queries.to_review(actor, announcement_id, lock=True)
    permissions.require_not_author(actor, found)
    return found
