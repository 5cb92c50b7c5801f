"""Events of announcements. None carries the text: whoever is to read it reads it where it can still be withdrawn."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from portico.domains.announcements import schemas
from portico.kernel.dump import InstantField
from portico.kernel.events import EventType

_AT = "2026-11-22T09:30:00.000Z"
_ID = "ann_01jd0000000000000000000000"
_PERSON = {"kind": "employee", "id": "emp_01jd0000000000000000000000", "display_name": "Ada Lovelace"}
_CONFIDENTIAL = {"confidentiality": {"confidential": "announcements.confidential:read"}}


class AnnouncementEvent(schemas.AnnouncementRow):
    """An announcement as its readers list it, with its counters."""

    class Meta:
        exclude = (
            *("audience", "audience_mode", "ack_due_after_join_hours", "reminders", "publish_timezone"),
            *("reviewed_by", "review_note", "withdrawn_at", "withdraw_reason", "failure", "redacted"),
        )


class AudienceChanged(AnnouncementEvent):
    class Meta(AnnouncementEvent.Meta):
        pass

    added = fields.Integer(required=True)
    removed = fields.Integer(required=True)


class ReceiptEvent(Schema):
    """`id` is the announcement's."""

    id = fields.String(required=True)
    confidentiality = fields.String(required=True, validate=validate.OneOf(schemas.CONFIDENTIALITIES))
    employee_id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("read", "acknowledged")))
    revision = fields.Integer(required=True)
    late = fields.Boolean(required=True)
    at = InstantField(required=True)


class OverdueEvent(Schema):
    """`id` is the announcement's."""

    id = fields.String(required=True)
    confidentiality = fields.String(required=True, validate=validate.OneOf(schemas.CONFIDENTIALITIES))
    employee_id = fields.String(required=True)
    ack_due_at = InstantField(required=True)


class CommentEvent(Schema):
    id = fields.String(required=True)
    announcement_id = fields.String(required=True)
    confidentiality = fields.String(required=True, validate=validate.OneOf(schemas.CONFIDENTIALITIES))
    body = fields.String(required=True)
    author = fields.Nested(schemas.AnnouncementAuthor, required=True)
    created_at = InstantField(required=True)


class Act(Schema):
    """For the record: what was done to which announcement."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    owner_employee_id = fields.String(allow_none=True, required=True)
    employee_id = fields.String()
    note = fields.String(allow_none=True)
    act = fields.String()
    people = fields.Integer()


class LookedOver(Schema):
    """For the record: who listed what is others'. `id` is theirs too."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)


_ANNOUNCEMENT: dict[str, Any] = {
    "id": _ID,
    "title": "The canteen moves",
    "summary": "From Monday on the second floor",
    "language": "en",
    "languages": ["zh-CN"],
    "category_id": None,
    "author": _PERSON,
    "owner_employee_id": "emp_01jd0000000000000000000000",
    "on_behalf_of_department_id": None,
    "importance": "normal",
    "confidentiality": "normal",
    "status": "published",
    "requires_ack": True,
    "ack_text": "I know where the canteen is",
    "ack_due_at": "2026-11-29T09:30:00.000Z",
    "comments_enabled": True,
    "comment_count": 0,
    "revision": 1,
    "material_revision": 1,
    "published_at": _AT,
    "publish_at": None,
    "expires_at": None,
    "pinned_until": None,
    "pin_order": 0,
    "receipts_visibility": "author",
    "counts": {"audience": 240, "read": 0, "acknowledged": 0},
    "created_at": _AT,
    "updated_at": _AT,
    "version": 3,
}


def _announcement(verb: str, title: str, scope: str = "announcements:read", **more: Any) -> EventType:
    return EventType(
        f"announcement.{verb}",
        scope,
        title,
        more.get("schema", AnnouncementEvent),
        {**_ANNOUNCEMENT, **more.get("example", {})},
        guarded=_CONFIDENTIAL,
        hidden={"counts": "announcements.receipts:read"},
        role="admin",
    )


SCHEDULED = _announcement("scheduled", "An announcement was given a time to be published", "announcements:publish")
PUBLISHED = _announcement("published", "An announcement was published")
PUBLISH_FAILED = _announcement("publish_failed", "An announcement could not be published", "announcements:publish")
UPDATED = _announcement("updated", "A published announcement was changed")
WITHDRAWN = _announcement("withdrawn", "An announcement was withdrawn")
EXPIRED = _announcement("expired", "An announcement has had its time")
AUDIENCE_CHANGED = _announcement(
    "audience_changed",
    "People came to the audience of an announcement, or left it",
    schema=AudienceChanged,
    example={"added": 3, "removed": 1},
)
RECEIPTS = EventType(
    "announcement.receipts",
    "announcements.receipts:read",
    "Somebody read or acknowledged an announcement",
    ReceiptEvent,
    {
        "id": _ID,
        "confidentiality": "normal",
        "employee_id": "emp_01jd0000000000000000000000",
        "kind": "acknowledged",
        "revision": 1,
        "late": False,
        "at": _AT,
    },
    guarded=_CONFIDENTIAL,
    role="admin",
    batched=True,
)
ACK_OVERDUE = EventType(
    "announcement.ack_overdue",
    "announcements.receipts:read",
    "Somebody has not acknowledged an announcement in time",
    OverdueEvent,
    {
        "id": _ID,
        "confidentiality": "normal",
        "employee_id": "emp_01jd0000000000000000000000",
        "ack_due_at": _AT,
    },
    guarded=_CONFIDENTIAL,
    role="admin",
    batched=True,
)
COMMENT_CREATED = EventType(
    "announcement.comment_created",
    "announcements:read",
    "Somebody commented on an announcement",
    CommentEvent,
    {
        "id": "anc_01jd0000000000000000000000",
        "announcement_id": _ID,
        "confidentiality": "normal",
        "body": "Will there be a lift?",
        "author": _PERSON,
        "created_at": _AT,
    },
    guarded=_CONFIDENTIAL,
    role="admin",
)

# What nobody outside is told: drafts are their author's, and who stepped in is for the record.
_ACT = {"id": _ID, "title": "The canteen moves", "owner_employee_id": "emp_01jd0000000000000000000000"}


def _act(verb: str, title: str) -> EventType:
    return EventType(f"announcement.{verb}", "audit:read", title, Act, _ACT, record_only=True)


CREATED = _act("created", "An announcement was begun")
EDITED = _act("edited", "A draft of an announcement was changed")
DELETED = _act("deleted", "A draft of an announcement was deleted")
SUBMITTED = _act("submitted", "An announcement was handed in for review")
APPROVED = _act("approved", "An announcement was approved")
REJECTED = _act("rejected", "An announcement was sent back")
UNSCHEDULED = _act("unscheduled", "An announcement was taken off its time")
PINNED = _act("pinned", "An announcement was pinned")
UNPINNED = _act("unpinned", "An announcement was unpinned")
ARCHIVED = _act("archived", "An announcement was archived")
HANDED_OVER = _act("handed_over", "An announcement was given to somebody else to manage")
OVERRIDDEN = _act("overridden", "An admin stepped in on an announcement of somebody else")
REMINDED = _act("reminded", "People were reminded of an announcement")
URGENT_USED = _act("urgent_used", "An announcement was sent as urgent")
LOOKED_OVER = EventType(
    "announcement.looked_over",
    "audit:read",
    "An admin listed the announcements of everybody",
    LookedOver,
    {"id": "emp_01jd0000000000000000000000", "employee_id": "emp_01jd0000000000000000000000"},
    record_only=True,
)
COMMENT_REMOVED = _act("comment_removed", "A comment on an announcement was removed")


def _category(verb: str, title: str) -> EventType:
    return EventType(
        f"announcement_category.{verb}",
        "announcements:read",
        title,
        schemas.AnnouncementCategory,
        {
            "id": "acg_01jd0000000000000000000000",
            "name": "Safety",
            "sort_order": 10,
            "requires_review": True,
            "approver_ids": ["emp_01jd0000000000000000000000"],
            "created_at": _AT,
            "updated_at": _AT,
            "version": 1,
        },
    )


CATEGORY_CREATED = _category("created", "A category of announcements was made")
CATEGORY_UPDATED = _category("updated", "A category of announcements was changed")
CATEGORY_DELETED = _category("deleted", "A category of announcements was deleted")
