"""Tables of announcements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, Versioned, refers_to

_SCHEDULED = text("status = 'scheduled'")
_ENDING = text("status = 'published' AND expires_at IS NOT NULL")
_REMINDING = text("status = 'published' AND remind_at IS NOT NULL")
_DUE = text("status = 'published' AND requires_ack AND overdue_told_revision < material_revision")
_LIVE = text("status = 'published' AND audience_mode = 'live'")
_PINNED = text("status = 'published' AND pinned_until IS NOT NULL")
_PUBLISHING = text("status = 'publishing'")
_UNREAD = text("first_read_at IS NULL AND state = 'delivered'")
_OWN_DUE = text("ack_due_at IS NOT NULL AND overdue_revision = 0 AND state = 'delivered'")
_LATE = text("acked_late OR ack_due_at IS NOT NULL")
_UNFINISHED = text("finished_at IS NULL")


class AnnouncementCategory(InWorkspace, Versioned, Base):
    """What announcements are about; with `requires_review` somebody else says yes before one is published."""

    __tablename__ = "announcement_category"
    __table_args__ = (UniqueConstraint("workspace_id", "name_key"),)

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    sort_order: Mapped[int]
    requires_review: Mapped[bool]


class AnnouncementApprover(Base):
    """Somebody who reviews what is announced in a category."""

    __tablename__ = "announcement_approver"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "category_id", "employee_id"),
        refers_to("announcement_category", "category_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "employee_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    category_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)


class Announcement(InWorkspace, Versioned, Base):
    """`statuses.py` says which status may follow which."""

    __tablename__ = "announcement"
    __table_args__ = (
        refers_to("announcement_category", "category_id"),
        refers_to("employee", "owner_employee_id"),
        CheckConstraint("(owner_employee_id IS NULL) <> (owner_installation_id IS NULL)", name="one_owner"),
        Index(None, "workspace_id", "owner_employee_id", "id"),
        Index(None, "workspace_id", "owner_installation_id", "id"),
        Index(None, "workspace_id", "status", "id"),
        Index(None, "workspace_id", "category_id", "id"),
        Index("ix_announcement_live", "workspace_id", "id", postgresql_where=_LIVE, sqlite_where=_LIVE),
        Index("ix_announcement_pinned", "workspace_id", "id", postgresql_where=_PINNED, sqlite_where=_PINNED),
        # The sweep looks for what is due over all workspaces.
        Index("ix_announcement_scheduled", "publish_at", postgresql_where=_SCHEDULED, sqlite_where=_SCHEDULED),
        Index("ix_announcement_ending", "expires_at", postgresql_where=_ENDING, sqlite_where=_ENDING),
        Index("ix_announcement_reminding", "remind_at", postgresql_where=_REMINDING, sqlite_where=_REMINDING),
        Index("ix_announcement_due", "ack_due_at", postgresql_where=_DUE, sqlite_where=_DUE),
        Index("ix_announcement_publishing", "id", postgresql_where=_PUBLISHING, sqlite_where=_PUBLISHING),
    )

    title: Mapped[str]
    summary: Mapped[str | None]
    body: Mapped[str] = mapped_column(LONG_TEXT)
    language: Mapped[str | None] = mapped_column(KEY)
    """In which language the text is; variants are beside it."""
    languages: Mapped[list[str]]
    """Those of the variants."""
    category_id: Mapped[str | None] = mapped_column(ID)
    author: Mapped[dict[str, Any]]
    """Who began it, with the name they had then."""
    owner_employee_id: Mapped[str | None] = mapped_column(ID)
    owner_installation_id: Mapped[str | None] = mapped_column(ID)
    """Who manages it: the person, or the app, that began it, or the person it was handed over to. Installations stand
    above: no foreign key."""
    department_id: Mapped[str | None] = mapped_column(ID)
    """In whose name it is written. No foreign key: a department may end, what was said in its name stays."""
    importance: Mapped[str] = mapped_column(KEY)
    confidentiality: Mapped[str] = mapped_column(KEY)
    cover_id: Mapped[str | None] = mapped_column(ID)
    withheld: Mapped[list[str]]
    """Attachments that are shown and not given out."""
    status: Mapped[str] = mapped_column(KEY)
    audience: Mapped[dict[str, Any]]
    audience_mode: Mapped[str] = mapped_column(KEY)
    requires_ack: Mapped[bool]
    ack_text: Mapped[str | None]
    ack_due_at: Mapped[datetime | None]
    ack_due_after_join_hours: Mapped[int | None]
    comments_enabled: Mapped[bool]
    comment_count: Mapped[int]
    receipts_visibility: Mapped[str] = mapped_column(KEY)
    revision: Mapped[int]
    material_revision: Mapped[int]
    """The last one that asks for acknowledgements: who acknowledged an earlier one is asked again."""
    publish_at: Mapped[datetime | None]
    publish_timezone: Mapped[str | None] = mapped_column(KEY)
    published_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    pinned_until: Mapped[datetime | None]
    pin_order: Mapped[int]
    reminder_offsets_hours: Mapped[list[Any]]
    reminders_sent: Mapped[int]
    """How many of those offsets are past."""
    reminder_count: Mapped[int]
    """How many reminders there were, planned and by hand."""
    remind_at: Mapped[datetime | None]
    """When the next planned reminder is due."""
    reminded_at: Mapped[datetime | None]
    """When somebody last reminded by hand."""
    overdue_told_revision: Mapped[int]
    """The material revision of which all who were overdue at the common deadline have been told of."""
    reviewed_by: Mapped[dict[str, Any] | None]
    review_note: Mapped[str | None]
    urgent_on: Mapped[date | None]
    """The day whose share of urgent announcements it uses."""
    failure: Mapped[str | None]
    """Why it could not be published."""
    withdrawn_at: Mapped[datetime | None]
    withdraw_reason: Mapped[str | None]


class AnnouncementTally(Base):
    """Counters, apart from the announcement: readers by the thousand do not wait for its author, nor the author for
    them. Moved by what changed, and set right at night by what stands."""

    __tablename__ = "announcement_tally"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "announcement_id"),
        refers_to("announcement", "announcement_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    announcement_id: Mapped[str] = mapped_column(ID)
    audience: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    acknowledged: Mapped[int] = mapped_column(default=0)
    """Of `material_revision`: who saw an earlier one counts it no more."""
    material_revision: Mapped[int] = mapped_column(default=1)


class AnnouncementVariant(Base):
    """The text in another language."""

    __tablename__ = "announcement_variant"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "announcement_id", "language"),
        refers_to("announcement", "announcement_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    announcement_id: Mapped[str] = mapped_column(ID)
    language: Mapped[str] = mapped_column(KEY)
    title: Mapped[str]
    summary: Mapped[str | None]
    body: Mapped[str] = mapped_column(LONG_TEXT)


class AnnouncementRevision(Base):
    """The text as it was from one change to the next, once it had been published. Only added to."""

    __tablename__ = "announcement_revision"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "announcement_id", "number"),
        refers_to("announcement", "announcement_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    announcement_id: Mapped[str] = mapped_column(ID)
    number: Mapped[int]
    title: Mapped[str]
    summary: Mapped[str | None]
    body: Mapped[str] = mapped_column(LONG_TEXT)
    ack_text: Mapped[str | None]
    variants: Mapped[list[Any]]
    material: Mapped[bool]
    note: Mapped[str | None]
    editor: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class AnnouncementRecipient(Base):
    """What became of an announcement with one person. Added once, whoever adds and however often; who leaves the
    audience becomes `removed` and keeps what they did."""

    __tablename__ = "announcement_recipient"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "announcement_id", "employee_id"),
        refers_to("announcement", "announcement_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        # The feed of a person, newest first.
        Index("ix_announcement_recipient_feed", "workspace_id", "employee_id", "state", "listed_at", "announcement_id"),
        Index(
            "ix_announcement_recipient_unread",
            "workspace_id",
            "announcement_id",
            "employee_id",
            postgresql_where=_UNREAD,
            sqlite_where=_UNREAD,
        ),
        # Before the common deadline, who is late is one of these few.
        Index(
            "ix_announcement_recipient_late",
            "workspace_id",
            "announcement_id",
            "employee_id",
            postgresql_where=_LATE,
            sqlite_where=_LATE,
        ),
        Index("ix_announcement_recipient_acked", "workspace_id", "announcement_id", "acked_revision", "employee_id"),
        Index("ix_announcement_recipient_run", "workspace_id", "run_id", "employee_id"),
        # The sweep looks for deadlines of late joiners over all workspaces.
        Index("ix_announcement_recipient_due", "ack_due_at", postgresql_where=_OWN_DUE, sqlite_where=_OWN_DUE),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    announcement_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    state: Mapped[str] = mapped_column(KEY)
    """`delivered` or `removed`."""
    via_rule: Mapped[int | None]
    """Which rule of the audience brought them, counted from 0: the first that holds."""
    run_id: Mapped[str] = mapped_column(ID)
    """The run that added them last. Runs are forgotten: no foreign key."""
    late_joiner: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]
    listed_at: Mapped[datetime]
    """Where it stands in their list."""
    removed_at: Mapped[datetime | None]
    first_read_at: Mapped[datetime | None]
    last_read_at: Mapped[datetime | None]
    read_revision: Mapped[int] = mapped_column(default=0)
    acked_at: Mapped[datetime | None]
    acked_revision: Mapped[int] = mapped_column(default=0)
    acked_late: Mapped[bool] = mapped_column(default=False)
    ack_method: Mapped[str | None] = mapped_column(KEY)
    ack_due_at: Mapped[datetime | None]
    """Their own deadline, of who came later; others have the announcement's."""
    overdue_revision: Mapped[int] = mapped_column(default=0)
    """The material revision of which it was told that they are overdue: once per person."""
    reminded_count: Mapped[int] = mapped_column(default=0)
    last_reminded_at: Mapped[datetime | None]


class AnnouncementAck(Base):
    """Each acknowledgement with the revision that it was of. Only added to."""

    __tablename__ = "announcement_ack"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "announcement_id", "employee_id", "revision"),
        refers_to("announcement", "announcement_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    announcement_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    revision: Mapped[int]
    acked_at: Mapped[datetime]
    late: Mapped[bool]
    method: Mapped[str] = mapped_column(KEY)


class AnnouncementRun(InWorkspace, Base):
    """Recipients and audience brought together, batch by batch. One at a time per announcement: the index says so."""

    __tablename__ = "announcement_run"
    __table_args__ = (
        refers_to("announcement", "announcement_id", ondelete="CASCADE"),
        Index(
            "uq_announcement_run_unfinished",
            "workspace_id",
            "announcement_id",
            unique=True,
            postgresql_where=_UNFINISHED,
            sqlite_where=_UNFINISHED,
        ),
        Index(None, "workspace_id", "announcement_id", "id"),
    )

    announcement_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(KEY)
    """`publish`, `audience` or `reconcile`."""
    job_id: Mapped[str] = mapped_column(ID)
    """The kernel's row of it. Jobs may be forgotten: no foreign key."""
    phase: Mapped[str] = mapped_column(KEY)
    """`adding`, then `removing`, then `done`."""
    cursor: Mapped[str] = mapped_column(ID)
    """The last employee of the last batch of this phase."""
    total: Mapped[int | None]
    batches: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(KEY)
    """`done`, `stopped` (withdrawn meanwhile) or `failed`."""
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class AnnouncementMark(Base):
    """People whose place in live audiences is to be looked at again; the empty id is everybody. Set by what happens in
    the directory, taken by the sweep."""

    __tablename__ = "announcement_mark"
    __table_args__ = (PrimaryKeyConstraint("workspace_id", "employee_id"), Index(None, "marked_at"))

    workspace_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    """No foreign key: see above."""
    marked_at: Mapped[datetime]


class AnnouncementComment(InWorkspace, Base):
    """What somebody says to an announcement. Taking it back leaves its place."""

    __tablename__ = "announcement_comment"
    __table_args__ = (
        refers_to("announcement", "announcement_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "announcement_id", "id"),
    )

    announcement_id: Mapped[str] = mapped_column(ID)
    body: Mapped[str] = mapped_column(LONG_TEXT)
    author: Mapped[dict[str, Any]]
    author_key: Mapped[str] = mapped_column(KEY)
    """The employee's id, or the installation's."""
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[dict[str, Any] | None]


class AnnouncementUrgency(Base):
    """How many urgent announcements a day has had: a conditional update keeps it within its limit."""

    __tablename__ = "announcement_urgency"
    __table_args__ = (PrimaryKeyConstraint("workspace_id", "used_on"),)

    workspace_id: Mapped[str] = mapped_column(ID)
    used_on: Mapped[date]
    used: Mapped[int]
