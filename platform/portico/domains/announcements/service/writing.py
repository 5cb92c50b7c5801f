"""Beginning announcements, changing what they say, deleting drafts, handing them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, delete, insert

from portico.domains.announcements import events, permissions, queries
from portico.domains.announcements.audience import NOBODY
from portico.domains.announcements.models import Announcement, AnnouncementTally, AnnouncementVariant
from portico.domains.announcements.service import holding, reviewing, revising, telling, urgency
from portico.domains.announcements.statuses import OUT, UNPUBLISHED
from portico.domains.directory import audiences
from portico.domains.directory import queries as directory
from portico.domains.directory.ranges import require_within
from portico.domains.files import service as files
from portico.domains.identity import queries as identity
from portico.kernel import clock
from portico.kernel.actor import Actor, roles_within
from portico.kernel.errors import InvalidTransition, NotFound, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_announcements = cast(Table, Announcement.__table__)
_variants = cast(Table, AnnouncementVariant.__table__)
_tallies = cast(Table, AnnouncementTally.__table__)
_BESIDE = ("variants", "attachments", "reminders", "material", "revision_note")
TEXT = ("title", "summary", "body", "language", "ack_text", "variants")
_BLANK: dict[str, Any] = {
    **dict.fromkeys(("summary", "language", "category_id", "department_id", "cover_id", "ack_text", "ack_due_at")),
    **dict.fromkeys(("ack_due_after_join_hours", "publish_at", "publish_timezone", "published_at", "expires_at")),
    **dict.fromkeys(("pinned_until", "remind_at", "reminded_at", "reviewed_by", "review_note", "urgent_on")),
    **dict.fromkeys(("withdrawn_at", "withdraw_reason", "failure")),
    **dict.fromkeys(("comment_count", "pin_order", "reminders_sent", "reminder_count", "overdue_told_revision"), 0),
    "languages": [],
    "withheld": [],
    "reminder_offsets_hours": [],
    "importance": "normal",
    "confidentiality": "normal",
    "status": "draft",
    "audience": NOBODY,
    "audience_mode": "snapshot",
    "requires_ack": False,
    "comments_enabled": False,
    "receipts_visibility": "author",
    "revision": 1,
    "material_revision": 1,
}


def create_announcement(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Begin a draft. Raises InsufficientScope, OutOfRange and Invalid."""
    now = clock.now()
    columns = {name: value for name, value in values.items() if name not in _BESIDE}
    row = {
        **_BLANK,
        **columns,
        "id": new_id("ann"),
        "author": holding.author(actor),
        "owner_employee_id": None if actor.is_app else actor.employee_id,
        "owner_installation_id": actor.installation_id if actor.is_app else None,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    row |= _beside(values)
    require_within(actor, row["owner_employee_id"])
    _require_sound(actor, row, values)
    if "audience" in values:
        audiences.check_audience(actor, row["audience"])
    session().execute(insert(_announcements), [{"workspace_id": actor.workspace_id, **row}])
    session().execute(insert(_tallies), [{"workspace_id": actor.workspace_id, "announcement_id": row["id"]}])
    _set_variants(actor, row["id"], values.get("variants", []), fresh=True)
    row = _with_files(actor, row, values)
    holding.index(actor, row, *_words(values))
    holding.record(actor, events.CREATED, row)
    return holding.shown(actor, queries.managed(actor, row["id"]))


def _beside(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what comes as a part of its own."""
    found: dict[str, Any] = {}
    if "variants" in values:
        found["languages"] = sorted(one["language"] for one in values["variants"])
    if "reminders" in values:
        found["reminder_offsets_hours"] = values["reminders"]["offsets_hours"]
    return found


def _words(values: Mapping[str, Any]) -> list[str]:
    return [one["title"] for one in values.get("variants", [])]


def _require_sound(actor: Actor, row: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Raises InsufficientScope and Invalid."""
    if row["importance"] == "urgent" and "importance" in values:
        permissions.require_scope(actor, "announcements:urgent", "An urgent announcement")
    if row["ack_text"] is not None and not row["requires_ack"]:
        raise invalid("/ack_text", "invalid", "A text to acknowledge belongs to an announcement that requires_ack.")
    if row["language"] is not None and row["language"] in row["languages"]:
        raise invalid("/variants", "invalid", "The text itself is in this language already.")
    if values.get("category_id") is not None:
        _require_category(actor, values["category_id"])
    if values.get("department_id") is not None:
        _require_department(actor, values["department_id"])
    if row["expires_at"] is not None and "expires_at" in values and row["expires_at"] <= clock.now():
        raise invalid("/expires_at", "invalid", "Give a time to come.")


def _require_category(actor: Actor, category_id: str) -> None:
    try:
        queries.category(actor, category_id)
    except NotFound:
        raise invalid("/category_id", "invalid", "There is no category with this id.") from None


def _require_department(actor: Actor, department_id: str) -> None:
    try:
        directory.department(actor, department_id)
    except NotFound:
        raise invalid("/on_behalf_of_department_id", "invalid", "There is no department with this id.") from None


def _set_variants(actor: Actor, announcement_id: str, variants: list[dict[str, Any]], *, fresh: bool) -> None:
    key = {"workspace_id": actor.workspace_id, "announcement_id": announcement_id}
    if not fresh:
        mine = (_variants.c.workspace_id == actor.workspace_id, _variants.c.announcement_id == announcement_id)
        session().execute(delete(_variants).where(*mine))
    if variants:
        session().execute(insert(_variants), [{**one, **key} for one in variants])


def _with_files(actor: Actor, row: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Attach what came, take away what is not named any more, and check the cover. Raises Invalid."""
    if "attachments" in values:
        wanted = values["attachments"]
        there = {one["id"] for one in queries.attachments_of(actor, row)}
        ids = [one["id"] for one in wanted]
        files.remove_some(actor, queries.KIND, row["id"], there.difference(ids))
        files.link(actor, queries.KIND, row["id"], [one for one in ids if one not in there], "/attachments")
        withheld = sorted(one["id"] for one in wanted if not one["downloadable"])
        row = _set(actor, row, {"withheld": withheld})
    if values.keys() & {"attachments", "cover_id"} and row["cover_id"] is not None:
        pictures = {one["id"] for one in queries.attachments_of(actor, row) if one["width"] is not None}
        if row["cover_id"] not in pictures:
            raise invalid("/cover_id", "invalid", "The cover is a picture among the attachments.")
    return row


def _set(actor: Actor, row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Within the change that is being made: its version is counted by that."""
    session().execute(
        _announcements.update()
        .where(_announcements.c.workspace_id == actor.workspace_id, _announcements.c.id == row["id"])
        .values(values)
    )
    return {**row, **values}


def update_announcement(
    actor: Actor, announcement_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change the given fields. What waited for a review, or had passed one, is a draft again; of what is published the
    text is revised. Raises NotFound, Stale, InvalidTransition, InsufficientScope and Invalid."""
    reviewing.hold_request(actor, announcement_id)
    before = holding.hold(actor, announcement_id, "change", expected_version=expected_version)
    if before["status"] not in (*UNPUBLISHED, *OUT, "publish_failed"):
        raise InvalidTransition(f"It is {before['status']} and cannot be changed.")
    known = {**before, "variants": queries.variants_of(actor, announcement_id)}
    columns = {name: value for name, value in values.items() if name not in _BESIDE} | _beside(values)
    changes = {name: value for name, value in columns.items() if before[name] != value}
    text = [name for name in TEXT if name in values and values[name] != known[name]]
    if not changes and not text and "attachments" not in values:
        return holding.shown(actor, before)
    _require_sound(actor, {**before, **changes}, values)
    if before["status"] in UNPUBLISHED or before["status"] == "publish_failed":
        changes |= _back_to_draft(actor, before)
    else:
        permissions.require_scope(actor, "announcements:publish", "Changing what is published")
        revising.require_still_open(before, changes)
        changes |= revising.revise(actor, known, values, text)
    after = holding.write(actor, before, changes)
    reviewing.take_back(actor, before)
    if "variants" in text:
        _set_variants(actor, announcement_id, values["variants"], fresh=False)
    after = _with_files(actor, after, values)
    if text or "confidentiality" in changes:
        holding.index(actor, after, *(one["title"] for one in queries.variants_of(actor, announcement_id)))
    _tell(actor, before, after, sorted({*changes, *text}))
    if after["material_revision"] > before["material_revision"]:
        urgency.take_today(actor, after, clock.now())
        telling.tell_anew_later(actor, after, after["revision"])
    return holding.shown(actor, after)


def _back_to_draft(actor: Actor, before: dict[str, Any]) -> dict[str, Any]:
    """A yes was for what stood there."""
    reviewed = before["reviewed_by"] is not None or before["status"] in ("in_review", "approved")
    if not reviewed or before["status"] == "publish_failed":
        return {}
    return {"status": "draft", "reviewed_by": None, "review_note": None, "publish_at": None, "publish_timezone": None}


def _tell(actor: Actor, before: dict[str, Any], after: dict[str, Any], changes: list[str]) -> None:
    if before["status"] in OUT:
        emit(actor, events.UPDATED, after, changes=[name for name in changes if name in after])
    else:
        holding.record(actor, events.EDITED, after)


def delete_announcement(actor: Actor, announcement_id: str, *, expected_version: int | None = None) -> None:
    """Only what nobody was told. Raises NotFound, Stale and InvalidTransition."""
    before = holding.hold(actor, announcement_id, "delete", expected_version=expected_version)
    if before["status"] != "draft":
        raise InvalidTransition("Drafts can be deleted; what was published is archived.")
    files.remove_of(actor, queries.KIND, [announcement_id])
    holding.index(actor, {**before, "confidentiality": "confidential"})
    session().execute(
        delete(_announcements).where(
            _announcements.c.workspace_id == actor.workspace_id, _announcements.c.id == announcement_id
        )
    )
    holding.record(actor, events.DELETED, before)


def hand_over(actor: Actor, announcement_id: str, employee_id: str) -> dict[str, Any]:
    """Give it to another person who writes announcements. Raises NotFound and Invalid."""
    before = holding.hold(actor, announcement_id, "hand_over")
    member = identity.member_of_employee(actor, employee_id)
    if member is None or "announcer" not in roles_within(member.role):
        message = "There is nobody with this id who writes announcements."
        raise invalid("/employee_id", "invalid", message)
    after = holding.write(actor, before, {"owner_employee_id": employee_id, "owner_installation_id": None})
    holding.record(actor, events.HANDED_OVER, after, employee_id=employee_id)
    return holding.shown(actor, after)
