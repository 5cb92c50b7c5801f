"""Tables of punches and of the sessions that they open and close."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to

_OPEN = text("state = 'open'")
_PENDING = text("status = 'pending'")
_LOCATED = text("lat IS NOT NULL")
_NUMBERED = text("device_seq IS NOT NULL")
_IMPORTED = text("method = 'import'")
KINDS = ("in", "out", "break_start", "break_end", "auto")
"""`auto` is what a terminal sends that knows one button: it alternates."""
METHODS = ("web", "mobile", "kiosk", "device", "import", "correction", "api")
STATUSES = ("accepted", "pending", "rejected", "void")
SESSION_STATES = ("open", "closed", "auto_closed", "needs_review")


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(one) for one in values)})", name=column)


class Punch(InWorkspace, Versioned, Base):
    """What happened, as it came. Only its status changes, and its coordinates go after their time.

    The ids of places and devices are no references: a place that is deleted takes no fact with it.
    """

    __tablename__ = "punch"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        _one_of("kind", KINDS),
        _one_of("method", METHODS),
        _one_of("status", STATUSES),
        Index(None, "workspace_id", "employee_id", "occurred_at", "id"),
        Index(None, "workspace_id", "occurred_at", "id"),
        Index("ix_punch_pending", "workspace_id", "id", postgresql_where=_PENDING, sqlite_where=_PENDING),
        Index("ix_punch_located", "occurred_at", postgresql_where=_LOCATED, sqlite_where=_LOCATED),
        Index(
            "uq_punch_device_seq",
            "workspace_id",
            "device_id",
            "device_seq",
            unique=True,
            postgresql_where=_NUMBERED,
            sqlite_where=_NUMBERED,
        ),
        Index(
            "uq_punch_device_instant",
            "workspace_id",
            "employee_id",
            "occurred_at",
            "device_id",
            unique=True,
            postgresql_where=_IMPORTED,
            sqlite_where=_IMPORTED,
        ),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(KEY)
    occurred_at: Mapped[datetime]
    """By the server's clock; of an offline punch, the server's clock less the time that the device counted."""
    client_at: Mapped[datetime | None]
    offset_s: Mapped[int | None]
    timezone: Mapped[str] = mapped_column(KEY)
    """Of the rule that held; `work_on` is a day of it."""
    client_timezone: Mapped[str | None] = mapped_column(KEY)
    work_on: Mapped[date]
    instance_key: Mapped[str | None] = mapped_column(KEY)
    method: Mapped[str] = mapped_column(KEY)
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    bssid: Mapped[str | None] = mapped_column(KEY)
    location_id: Mapped[str | None] = mapped_column(ID)
    device_id: Mapped[str | None] = mapped_column(KEY)
    device_seq: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None]
    evidence: Mapped[str] = mapped_column(KEY)
    hints: Mapped[list[str]]
    status: Mapped[str] = mapped_column(KEY)
    decided_by: Mapped[str | None] = mapped_column(ID)
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    correction_id: Mapped[str | None] = mapped_column(ID)
    """The approved correction that made this punch, or made it void."""
    created_by: Mapped[str | None] = mapped_column(ID)


class WorkSession(InWorkspace, Base):
    """From one clock-in to its end. Nobody has two open ones; workdays are reckoned from punches, not from these."""

    __tablename__ = "work_session"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        refers_to("punch", "in_punch_id", ondelete="CASCADE"),
        refers_to("punch", "out_punch_id"),
        _one_of("state", SESSION_STATES),
        Index(
            "uq_work_session_open",
            "workspace_id",
            "employee_id",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index("ix_work_session_due", "due_at", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index(None, "workspace_id", "employee_id", "opened_at"),
        Index(None, "workspace_id", "in_punch_id"),
        Index(None, "workspace_id", "out_punch_id"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    in_punch_id: Mapped[str] = mapped_column(ID)
    out_punch_id: Mapped[str | None] = mapped_column(ID)
    state: Mapped[str] = mapped_column(KEY)
    work_on: Mapped[date]
    timezone: Mapped[str] = mapped_column(KEY)
    instance_key: Mapped[str | None] = mapped_column(KEY)
    opened_at: Mapped[datetime]
    break_since: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    """When the planned work ends."""
    due_at: Mapped[datetime]
    """From when on the clock-out counts as forgotten."""
