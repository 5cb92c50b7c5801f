"""Tables of tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.domains.properties import objects
from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, Versioned, refers_to


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
    )

    number: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str]
    status: Mapped[str] = mapped_column(KEY)
    priority: Mapped[str] = mapped_column(KEY)
    priority_rank: Mapped[int]
    """What lists sort by; written together with `priority`."""
    requester_contact_id: Mapped[str | None] = mapped_column(ID)
    requester_employee_id: Mapped[str | None] = mapped_column(ID)
    assignee_id: Mapped[str | None] = mapped_column(ID)
    channel: Mapped[str] = mapped_column(KEY)
    tags: Mapped[list[str]]
    properties: Mapped[dict[str, Any]] = objects.values_column()
    comment_count: Mapped[int] = mapped_column(default=0)
    reopen_count: Mapped[int] = mapped_column(default=0)
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    trashed_at: Mapped[datetime | None]


objects.register("ticket", Ticket, sensitive="tickets.sensitive:read")


class TicketComment(InWorkspace, Base):
    """One message of a ticket; never changed."""

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


class TicketCounter(InWorkspace, Base):
    """The last number given out: one row per workspace, bumped by `UPDATE … RETURNING`. Gaps are allowed."""

    __tablename__ = "ticket_counter"

    last: Mapped[int] = mapped_column(BigInteger)
