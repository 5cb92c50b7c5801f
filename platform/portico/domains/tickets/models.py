"""Tables of tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.domains.properties import objects
from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, Versioned, refers_to

_DEFAULT = text("is_default")
_PARENT = text("kind = 'parent'")
_ASLEEP = text("snoozed_until IS NOT NULL")
_WAITING = text("queue_id IS NOT NULL AND assignee_id IS NULL")
_CLOSING = text("close_due_at IS NOT NULL")
_TRASHED = text("trashed_at IS NOT NULL")


class TicketStatus(InWorkspace, Versioned, Base):
    """A company's own name for a place inside one of the six categories; the machine knows the categories alone."""

    __tablename__ = "ticket_status"
    __table_args__ = (
        UniqueConstraint("workspace_id", "label_key"),
        CheckConstraint("active OR NOT is_default", name="default_is_active"),
        Index(
            "uq_ticket_status_default",
            "workspace_id",
            "category",
            unique=True,
            postgresql_where=_DEFAULT,
            sqlite_where=_DEFAULT,
        ),
    )

    category: Mapped[str] = mapped_column(KEY)
    label: Mapped[str]
    label_key: Mapped[str] = mapped_column(KEY)
    sort_order: Mapped[int]
    active: Mapped[bool]
    is_default: Mapped[bool]


class Queue(InWorkspace, Versioned, Base):
    """Tickets that some people work on together, and how they are given out among them."""

    __tablename__ = "queue"
    __table_args__ = (UniqueConstraint("workspace_id", "name_key"),)

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    assignment: Mapped[str] = mapped_column(KEY)


class QueueMember(Base):
    """Whoever gives a ticket to this member holds this row meanwhile, so that nobody gets more than they can take."""

    __tablename__ = "queue_member"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "queue_id", "employee_id"),
        refers_to("queue", "queue_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        CheckConstraint("capacity >= 0", name="capacity"),
        Index(None, "workspace_id", "employee_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    queue_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    capacity: Mapped[int | None]
    """The most unsolved tickets of the queue that they are given by turns; None is as many as come."""
    last_given_at: Mapped[datetime | None]


class Ticket(InWorkspace, Versioned, Base):
    """`statuses.py` says which status may follow which; what is in the trash can be restored for 30 days."""

    __tablename__ = "ticket"
    __table_args__ = (
        refers_to("contact", "requester_contact_id"),
        refers_to("employee", "requester_employee_id"),
        refers_to("employee", "assignee_id"),
        UniqueConstraint("workspace_id", "number"),
        CheckConstraint("(requester_contact_id IS NULL) <> (requester_employee_id IS NULL)", name="one_requester"),
        Index(None, "workspace_id", "status", "id"),
        Index(None, "workspace_id", "assignee_id", "id"),
        Index(None, "workspace_id", "requester_contact_id", "id"),
        Index(None, "workspace_id", "requester_employee_id", "id"),
        Index(None, "workspace_id", "updated_at", "id"),
        Index(None, "workspace_id", "priority_rank", "id"),
        Index("ix_ticket_trashed", "trashed_at", postgresql_where=_TRASHED, sqlite_where=_TRASHED),
        Index(None, "workspace_id", "status_id", "id"),
        Index(None, "workspace_id", "follow_up_of"),
        Index(None, "workspace_id", "queue_id", "id"),
        Index("ix_ticket_waiting", "workspace_id", "queue_id", postgresql_where=_WAITING, sqlite_where=_WAITING),
        # The sweep looks for what is due over all workspaces.
        Index("ix_ticket_asleep", "snoozed_until", postgresql_where=_ASLEEP, sqlite_where=_ASLEEP),
        Index("ix_ticket_closing", "close_due_at", postgresql_where=_CLOSING, sqlite_where=_CLOSING),
    )

    number: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str]
    status: Mapped[str] = mapped_column(KEY)
    """The category; `status_id` is the company's own status inside it."""
    status_id: Mapped[str | None] = mapped_column(ID)
    """No foreign key: SQLite adds none to a table that is there. Who writes it holds the status's row meanwhile."""
    hold_reason: Mapped[str | None]
    type: Mapped[str] = mapped_column(KEY, server_default="question")
    priority: Mapped[str] = mapped_column(KEY)
    priority_rank: Mapped[int]
    """What lists sort by; written together with `priority`."""
    requester_contact_id: Mapped[str | None] = mapped_column(ID)
    requester_employee_id: Mapped[str | None] = mapped_column(ID)
    assignee_id: Mapped[str | None] = mapped_column(ID)
    queue_id: Mapped[str | None] = mapped_column(ID)
    """No foreign key, as for `status_id`."""
    channel: Mapped[str] = mapped_column(KEY)
    tags: Mapped[list[str]]
    properties: Mapped[dict[str, Any]] = objects.values_column()
    comment_count: Mapped[int] = mapped_column(default=0)
    reopen_count: Mapped[int] = mapped_column(default=0)
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_due_at: Mapped[datetime | None]
    """When what is solved closes by itself; each public word puts it off."""
    snoozed_until: Mapped[datetime | None]
    follow_up_of: Mapped[str | None] = mapped_column(ID)
    """The ticket that was over when its requester wrote on it again."""
    trashed_at: Mapped[datetime | None]


objects.register("ticket", Ticket, sensitive="tickets.sensitive:read")


class TicketComment(InWorkspace, Base):
    """One message of a ticket; only a redaction changes it, and leaves its mark."""

    __tablename__ = "ticket_comment"
    __table_args__ = (
        refers_to("ticket", "ticket_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "ticket_id", "id"),
    )

    ticket_id: Mapped[str] = mapped_column(ID)
    body: Mapped[str] = mapped_column(LONG_TEXT)
    visibility: Mapped[str] = mapped_column(KEY)
    author: Mapped[dict[str, Any]]
    """The actor, with the name they had when they wrote."""
    created_at: Mapped[datetime]
    redacted_at: Mapped[datetime | None]
    redacted_by: Mapped[dict[str, Any] | None]


class TicketChange(InWorkspace, Base):
    """What somebody did to a ticket besides writing on it: which fields, from what and to what. Only added to."""

    __tablename__ = "ticket_change"
    __table_args__ = (
        refers_to("ticket", "ticket_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "ticket_id", "id"),
    )

    ticket_id: Mapped[str] = mapped_column(ID)
    action: Mapped[str] = mapped_column(KEY)
    author: Mapped[dict[str, Any]]
    changes: Mapped[dict[str, Any]]
    """By field: `{"from": …, "to": …}`."""
    created_at: Mapped[datetime]


class TicketFollower(Base):
    """Somebody of the team who wants to hear of a ticket."""

    __tablename__ = "ticket_follower"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "ticket_id", "employee_id"),
        refers_to("ticket", "ticket_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "employee_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    ticket_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    created_at: Mapped[datetime]


class TicketLink(InWorkspace, Base):
    """`ticket_id` relates to, blocks, duplicates or is the parent of `other_id`. One that relates stands once, the
    smaller id first."""

    __tablename__ = "ticket_link"
    __table_args__ = (
        refers_to("ticket", "ticket_id", ondelete="CASCADE"),
        refers_to("ticket", "other_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "ticket_id", "other_id", "kind"),
        CheckConstraint("ticket_id <> other_id", name="not_itself"),
        Index(
            "uq_ticket_link_parent",
            "workspace_id",
            "other_id",
            unique=True,
            postgresql_where=_PARENT,
            sqlite_where=_PARENT,
        ),
        Index(None, "workspace_id", "other_id"),
    )

    ticket_id: Mapped[str] = mapped_column(ID)
    other_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(KEY)
    created_at: Mapped[datetime]


class TicketCounter(InWorkspace, Base):
    """The last number given out: one row per workspace, bumped by `UPDATE … RETURNING`. Gaps are allowed."""

    __tablename__ = "ticket_counter"

    last: Mapped[int] = mapped_column(BigInteger)


class Macro(InWorkspace, Versioned, Base):
    """A reply and changes that come together; everybody's who works on tickets, or one person's own."""

    __tablename__ = "macro"
    __table_args__ = (
        refers_to("employee", "owner_employee_id", ondelete="CASCADE"),
        # Null is like no other null: the key says the empty text for what everybody has.
        UniqueConstraint("workspace_id", "owner_key", "name_key"),
        Index(None, "workspace_id", "owner_employee_id"),
    )

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    owner_employee_id: Mapped[str | None] = mapped_column(ID)
    owner_key: Mapped[str] = mapped_column(KEY)
    body: Mapped[str | None] = mapped_column(LONG_TEXT)
    visibility: Mapped[str] = mapped_column(KEY)
    effects: Mapped[dict[str, Any]]
