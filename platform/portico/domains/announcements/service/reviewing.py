"""The step between writing and publishing, where a category asks for it: somebody else says yes."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import events, kinds, permissions, queries
from portico.domains.announcements.errors import ReviewNotRequired, ReviewRequired
from portico.domains.announcements.service import holding, telling
from portico.kernel.actor import Actor
from portico.kernel.text import N_

_SUBMITTED = (N_("Please review this announcement: %(title)s"), N_("Please review a confidential announcement"))
_APPROVED = (N_("Your announcement was approved: %(title)s"), N_("Your confidential announcement was approved"))
_REJECTED = (N_("Your announcement was sent back: %(title)s"), N_("Your confidential announcement was sent back"))


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
    approvers = queries.category(actor, after["category_id"])["approver_ids"]
    telling.tell_people(actor, after, kinds.REVIEW, approvers, _SUBMITTED, f"submitted:{after['version']}")
    return holding.shown(actor, after)


def approve(actor: Actor, announcement_id: str, note: str | None = None) -> dict[str, Any]:
    """Raises NotFound, Forbidden and InvalidTransition."""
    before = _reviewable(actor, announcement_id)
    after = holding.step(actor, before, "approved", reviewed_by=holding.author(actor), review_note=note)
    holding.record(actor, events.APPROVED, after, note=note)
    _tell_owner(actor, after, _APPROVED)
    return holding.shown(actor, after)


def reject(actor: Actor, announcement_id: str, reason: str) -> dict[str, Any]:
    """Send it back to who wrote it. Raises NotFound, Forbidden and InvalidTransition."""
    before = _reviewable(actor, announcement_id)
    after = holding.step(actor, before, "draft", reviewed_by=None, review_note=reason)
    holding.record(actor, events.REJECTED, after, note=reason)
    _tell_owner(actor, after, _REJECTED)
    return holding.shown(actor, after)


def _reviewable(actor: Actor, announcement_id: str) -> dict[str, Any]:
    found = queries.to_review(actor, announcement_id, lock=True)
    permissions.require_not_author(actor, found)
    return found


def _tell_owner(actor: Actor, announcement: dict[str, Any], texts: tuple[str, str]) -> None:
    if announcement["owner_employee_id"] is not None:
        owner = [announcement["owner_employee_id"]]
        telling.tell_people(actor, announcement, kinds.OWN, owner, texts, f"reviewed:{announcement['version']}")
