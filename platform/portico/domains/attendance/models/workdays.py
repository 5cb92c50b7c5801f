"""Tables of what days came to, and of the months that close them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to

_STALE = text("stale")
_WAITING = text("recheck_at IS NOT NULL")
_UNSETTLED = text("stale OR status IN ('open', 'exception')")
STATUSES = ("open", "computed", "exception", "corrected", "confirmed", "locked")
UNSETTLED = ("open", "exception")
"""What a month is closed for: these, and what is stale."""
STATES = ("open", "closing", "locked", "reopened")


class Workday(InWorkspace, Versioned, Base):
    """A date of an employee, as it was computed last. `stale`: something changed since, and a job computes it anew.
    A locked one never changes."""

    __tablename__ = "workday"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "employee_id", "work_on"),
        CheckConstraint(f"status IN ({', '.join(repr(one) for one in STATUSES)})", name="status"),
        Index(None, "workspace_id", "work_on"),
        Index("ix_workday_recheck", "recheck_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index(
            "ix_workday_unsettled",
            "workspace_id",
            "work_on",
            "employee_id",
            postgresql_where=_UNSETTLED,
            sqlite_where=_UNSETTLED,
        ),
        Index("ix_workday_stale", "workspace_id", "employee_id", postgresql_where=_STALE, sqlite_where=_STALE),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    work_on: Mapped[date]
    group_id: Mapped[str | None] = mapped_column(ID)
    group_version_id: Mapped[str | None] = mapped_column(ID)
    shift_version_ids: Mapped[list[str]]
    day_kind: Mapped[str | None] = mapped_column(KEY)
    timezone: Mapped[str | None] = mapped_column(KEY)
    planned_s: Mapped[int]
    worked_s: Mapped[int]
    paid_s: Mapped[int]
    break_s: Mapped[int]
    late_s: Mapped[int]
    early_s: Mapped[int]
    absent_s: Mapped[int]
    overtime_s: Mapped[int]
    absence_s: Mapped[int]
    late_level: Mapped[str | None] = mapped_column(KEY)
    exceptions: Mapped[list[Any]]
    details: Mapped[dict[str, Any]]
    """Absences by type, overtime by kind of day, first in and last out."""
    status: Mapped[str] = mapped_column(KEY)
    stale: Mapped[bool]
    inputs_hash: Mapped[str | None] = mapped_column(KEY)
    computed_at: Mapped[datetime | None]
    recheck_at: Mapped[datetime | None]
    """When the day is to be looked at again without any news: a shift is over then."""
    confirmed_at: Mapped[datetime | None]
    tzdb_version: Mapped[str | None]
    """By which clock changes it was computed."""
    definition_version: Mapped[int]


class AttendancePeriod(InWorkspace, Versioned, Base):
    """A month: `open → closing → locked → reopened → closing`."""

    __tablename__ = "attendance_period"
    __table_args__ = (
        UniqueConstraint("workspace_id", "month"),
        CheckConstraint(f"state IN ({', '.join(repr(one) for one in STATES)})", name="state"),
    )

    month: Mapped[str] = mapped_column(KEY)
    """As 2026-11."""
    state: Mapped[str] = mapped_column(KEY)
    tzdb_version: Mapped[str | None]
    reason: Mapped[str | None]
    """Why it was opened again."""
    closed_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    by_actor: Mapped[dict[str, Any] | None]
