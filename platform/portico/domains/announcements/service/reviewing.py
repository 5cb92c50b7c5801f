"""The step between writing and publishing, where a category asks for it: somebody else says yes."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import events, kinds, permissions, queries
from portico.domains.announcements.errors import ReviewNotRequired, ReviewRequired
from portico.domains.announcements.service import holding, telling
from portico.domains.approvals import service as approvals
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
    """Hand a draft in: what a person says is asked for in the inbox of those who review. Raises NotFound,
    ReviewNotRequired and InvalidTransition."""
    before = holding.hold(actor, announcement_id, "submit")
    if not is_reviewed(actor, before):
        raise ReviewNotRequired()
    after = holding.step(actor, before, "in_review", review_note=None)
    holding.record(actor, events.SUBMITTED, after)
    category = queries.category(actor, after["category_id"])
    if after["owner_employee_id"] is None:
        # Requests are people's; of an app's announcement those who review are told.
        texts, key = _SUBMITTED, f"submitted:{after['version']}"
        telling.tell_people(actor, after, kinds.REVIEW, category["approver_ids"], texts, key)
    else:
        _ask(actor, after, category)
    return holding.shown(actor, after)


def _ask(actor: Actor, announcement: dict[str, Any], category: dict[str, Any]) -> None:
    """Apps read requests: what is not out yet stands in none, and the page of who decides looks it up."""
    facts: dict[str, Any] = {N_("Category"): category["name"]}
    if announcement["confidentiality"] == "confidential":
        facts[N_("Confidentiality")] = approvals.Word(N_("Confidential"))
    approvals.ask(
        actor,
        kind=queries.KIND,
        title=N_("Announcement"),
        subject=(queries.KIND, announcement["id"]),
        requester_id=announcement["owner_employee_id"],
        steps=[approvals.Step(category["approver_ids"] or "role:admin")],
        details=facts,
    )


def approve(actor: Actor, announcement_id: str, note: str | None = None) -> dict[str, Any]:
    """Raises NotFound, Forbidden and InvalidTransition."""
    return _decide(actor, announcement_id, "approved", note)


def reject(actor: Actor, announcement_id: str, reason: str) -> dict[str, Any]:
    """Send it back to who wrote it. Raises NotFound, Forbidden and InvalidTransition."""
    return _decide(actor, announcement_id, "rejected", reason)


def _decide(actor: Actor, announcement_id: str, outcome: str, note: str | None) -> dict[str, Any]:
    """By the request for approval, so that it is one decision wherever it is made; where none is open, here."""
    permissions.require_not_author(actor, queries.to_review(actor, announcement_id))
    if approvals.settle(actor, (queries.KIND, announcement_id), outcome, note=note) is None:
        before = queries.to_review(actor, announcement_id, lock=True)
        _tell_owner(actor, _end(actor, before, outcome, note), outcome)
    return holding.shown(actor, queries.any_one(actor, announcement_id) or {})


def _end(actor: Actor, before: dict[str, Any], outcome: str, note: str | None) -> dict[str, Any]:
    if outcome == "approved":
        permissions.require_not_author(actor, before)
        after = holding.step(actor, before, "approved", reviewed_by=holding.author(actor), review_note=note)
        holding.record(actor, events.APPROVED, after, note=note)
        return after
    after = holding.step(actor, before, "draft", reviewed_by=None, review_note=note)
    holding.record(actor, events.REJECTED, after, note=note)
    return after


def request_ended(actor: Actor, announcement_id: str, outcome: str, note: str | None) -> None:
    """What was decided of it, or that it was taken back. Raises Forbidden, and the decision with it fails."""
    before = queries.held(actor, announcement_id)
    if before is not None and before["status"] == "in_review":
        _end(actor, before, outcome, note)


def hold_request(actor: Actor, announcement_id: str) -> None:
    """Before the row of the announcement, by whoever may take it out of a review: who decides holds them in this
    order."""
    approvals.hold_about(actor, (queries.KIND, announcement_id))


def take_back(actor: Actor, before: dict[str, Any]) -> None:
    """What waits for a review has changed: nobody says yes to what stood there."""
    if before["status"] == "in_review":
        approvals.withdraw_about(actor, (queries.KIND, before["id"]))


def _tell_owner(actor: Actor, announcement: dict[str, Any], outcome: str) -> None:
    if announcement["owner_employee_id"] is not None:
        texts = _APPROVED if outcome == "approved" else _REJECTED
        owner = [announcement["owner_employee_id"]]
        telling.tell_people(actor, announcement, kinds.OWN, owner, texts, f"reviewed:{announcement['version']}")
