"""Tables of approvals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, Versioned, refers_to

_PENDING = text("status = 'pending'")
_EXPIRING = text("status = 'pending' AND expires_at IS NOT NULL")
_STUCK = text("status = 'pending' AND stuck")
_WAITING = text("state = 'waiting'")


class Approval(InWorkspace, Versioned, Base):
    """A request: `pending`, then once and for all `approved`, `rejected`, `withdrawn` or `expired`."""

    __tablename__ = "approval"
    __table_args__ = (
        refers_to("employee", "requester_id", ondelete="CASCADE"),
        # One open request about a thing, whoever asks at once. The source keeps apps out of each other's way.
        Index(
            "uq_approval_open",
            "workspace_id",
            "source",
            "subject_type",
            "subject_id",
            unique=True,
            postgresql_where=_PENDING,
            sqlite_where=_PENDING,
        ),
        Index(None, "workspace_id", "requester_id"),
        Index("ix_approval_expiring", "expires_at", postgresql_where=_EXPIRING, sqlite_where=_EXPIRING),
        Index("ix_approval_stuck", "workspace_id", "id", postgresql_where=_STUCK, sqlite_where=_STUCK),
    )

    kind: Mapped[str] = mapped_column(KEY)
    title: Mapped[str]
    subject_type: Mapped[str] = mapped_column(KEY)
    subject_id: Mapped[str] = mapped_column(KEY)
    subject_url: Mapped[str | None]
    requester_id: Mapped[str] = mapped_column(ID)
    source: Mapped[str] = mapped_column(KEY)
    """The installation that asked, or `core`."""
    asked_by: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(KEY)
    step: Mapped[int]
    """The place of the step that is being decided, from 0."""
    modes: Mapped[list[str]]
    """For each step, `any` or `all`."""
    details: Mapped[list[Any]]
    stuck: Mapped[bool]
    """Nobody is there who could decide the present step."""
    expires_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[dict[str, Any] | None]
    note: Mapped[str | None]
    """What was said when it was closed."""


class ApprovalApprover(InWorkspace, Base):
    """Somebody who may decide a step. Those of one slot stand for each other; `all` needs each slot to agree.

    `later` until the step begins, then `waiting`, then `approved`, `rejected`, `passed` (it was decided without them)
    or `replaced`. A row without an employee is a slot for which nobody was found."""

    __tablename__ = "approval_approver"
    __table_args__ = (
        refers_to("approval", "approval_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "approval_id", "step", "slot", "employee_id"),
        Index(
            "ix_approval_approver_waiting",
            "workspace_id",
            "employee_id",
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
        Index(None, "workspace_id", "employee_id", "approval_id"),
        Index(None, "workspace_id", "decided_by_id", "approval_id"),
    )

    approval_id: Mapped[str] = mapped_column(ID)
    step: Mapped[int]
    slot: Mapped[int]
    employee_id: Mapped[str | None] = mapped_column(ID)
    origin_id: Mapped[str] = mapped_column(ID)
    """Whose chain is followed when this one cannot decide."""
    state: Mapped[str] = mapped_column(KEY)
    decided_by_id: Mapped[str | None] = mapped_column(ID)
    """Who spoke: the employee, or whom they had delegated to."""
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]


class ApprovalComment(InWorkspace, Base):
    """What is said about a request before and after it is decided."""

    __tablename__ = "approval_comment"
    __table_args__ = (
        refers_to("approval", "approval_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "approval_id", "id"),
    )

    approval_id: Mapped[str] = mapped_column(ID)
    author: Mapped[dict[str, Any]]
    body: Mapped[str] = mapped_column(LONG_TEXT)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class ApprovalDelegation(InWorkspace, Base):
    """For some days somebody else may decide too. The days are the delegating person's own; the instants are kept
    beside them, so that moving to another zone moves nothing."""

    __tablename__ = "approval_delegation"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        refers_to("employee", "delegate_id", ondelete="CASCADE"),
        CheckConstraint("employee_id <> delegate_id", name="another"),
        Index(None, "workspace_id", "employee_id"),
        Index(None, "workspace_id", "delegate_id", "ends_at"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    delegate_id: Mapped[str] = mapped_column(ID)
    from_on: Mapped[date]
    until_on: Mapped[date]
    timezone: Mapped[str] = mapped_column(KEY)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
