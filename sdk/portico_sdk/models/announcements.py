from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model
from portico_sdk.models.identity import Actor


@dataclass(frozen=True, kw_only=True)
class AnnouncementReceipt(Model):
    """What became of an announcement with one person; `state`: unread read acknowledged."""

    employee_id: str
    state: str
    late: bool
    late_joiner: bool
    delivered_at: datetime | None
    first_read_at: datetime | None
    last_read_at: datetime | None
    read_revision: int | None
    acknowledged_at: datetime | None
    acknowledged_revision: int | None
    ack_due_at: datetime | None
    reminded_count: int
    last_reminded_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Announcement(Model):
    """`status`: draft in_review approved scheduled publishing publish_failed published expired withdrawn archived.

    A list and an event lack `body`, `variants` and `attachments`; a reader lacks what is for who manages it.
    """

    id: str
    title: str
    summary: str | None
    body: str | None
    language: str | None
    languages: tuple[str, ...]
    variants: tuple[Mapping[str, Any], ...]
    category_id: str | None
    author: Actor | None
    owner_employee_id: str | None
    on_behalf_of_department_id: str | None
    importance: str
    confidentiality: str
    status: str
    attachments: tuple[Mapping[str, Any], ...]
    cover_id: str | None
    audience: Mapping[str, Any]
    audience_mode: str | None
    requires_ack: bool
    ack_text: str | None
    ack_due_at: datetime | None
    ack_due_after_join_hours: int | None
    comments_enabled: bool
    comment_count: int
    receipts_visibility: str
    reminders: Mapping[str, Any]
    revision: int
    material_revision: int
    publish_at: datetime | None
    published_at: datetime | None
    expires_at: datetime | None
    pinned_until: datetime | None
    counts: Mapping[str, int]
    failure: str | None
    withdrawn_at: datetime | None
    withdraw_reason: str | None
    receipt: AnnouncementReceipt | None
    created_at: datetime | None
    updated_at: datetime | None
    version: int


@dataclass(frozen=True, kw_only=True)
class FeedItem(Model):
    """An announcement as its reader lists it."""

    id: str
    title: str
    summary: str | None
    language: str | None
    category_id: str | None
    author: Actor | None
    importance: str
    confidentiality: str
    requires_ack: bool
    revision: int
    published_at: datetime | None
    expires_at: datetime | None
    pinned: bool
    expired: bool
    pending: bool
    changed_since_read: bool
    author_sees_reading: bool
    receipt: AnnouncementReceipt | None


@dataclass(frozen=True, kw_only=True)
class AnnouncementJob(Model):
    """The work of bringing an announcement to its audience."""

    id: str
    kind: str
    state: str
    progress: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class AnnouncementAudience(Model):
    """`job`: once it is published, the work that a change of the audience makes."""

    id: str
    audience: Mapping[str, Any]
    audience_mode: str
    version: int
    job: AnnouncementJob | None


@dataclass(frozen=True, kw_only=True)
class AnnouncementPreview(Model):
    count: int
    sample: tuple[Mapping[str, Any], ...]
    by_rule: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class AnnouncementRevision(Model):
    """`id` is its number."""

    id: int
    title: str
    summary: str | None
    body: str
    material: bool
    note: str | None
    editor: Actor | None
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AnnouncementStats(Model):
    """Counted anew; what would name somebody is absent."""

    id: str
    audience: int
    read: int | None
    acknowledged: int | None
    late: int | None
    removed: int
    departments: tuple[Mapping[str, Any], ...]
    folded: bool


@dataclass(frozen=True, kw_only=True)
class AnnouncementComment(Model):
    id: str
    announcement_id: str
    body: str
    author: Actor | None
    mine: bool
    created_at: datetime | None
    removed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AnnouncementCategory(Model):
    id: str
    name: str
    sort_order: int
    requires_review: bool
    approver_ids: tuple[str, ...]
    created_at: datetime | None
    updated_at: datetime | None
    version: int
