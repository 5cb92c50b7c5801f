"""Tables of what people ask of attendance besides absences: overtime, and corrections of punches."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to

_LIVE = text("status IN ('requested', 'approved')")
OVERTIME_STATUSES = ("requested", "approved", "rejected", "cancelled")
CORRECTION_STATUSES = ("submitted", "approved", "rejected", "withdrawn", "expired")
CORRECTED_KINDS = ("in", "out", "break_start", "break_end")


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(one) for one in values)})", name=column)


class OvertimeRequest(InWorkspace, Versioned, Base):
    """So many minutes beyond the plan of a date. How many count is reckoned from what was worked."""

    __tablename__ = "overtime_request"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        _one_of("status", OVERTIME_STATUSES),
        # One that counts per date: of two at once the second is refused.
        Index(
            "uq_overtime_request_live",
            "workspace_id",
            "employee_id",
            "work_on",
            unique=True,
            postgresql_where=_LIVE,
            sqlite_where=_LIVE,
        ),
        Index(None, "workspace_id", "work_on"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    work_on: Mapped[date]
    requested_minutes: Mapped[int]
    approved_minutes: Mapped[int | None]
    reason: Mapped[str | None]
    status: Mapped[str] = mapped_column(KEY)


class AttendanceCorrection(InWorkspace, Versioned, Base):
    """A punch that is missing or wrong, as its person says. Approved, it becomes a punch, or makes one void."""

    __tablename__ = "attendance_correction"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        _one_of("status", CORRECTION_STATUSES),
        CheckConstraint("(kind IS NULL) = (occurred_at IS NULL)", name="whole"),
        CheckConstraint("punch_id IS NOT NULL OR kind IS NOT NULL", name="something"),
        Index(None, "workspace_id", "employee_id", "work_on"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    work_on: Mapped[date]
    kind: Mapped[str | None] = mapped_column(KEY)
    occurred_at: Mapped[datetime | None]
    punch_id: Mapped[str | None] = mapped_column(ID)
    """The punch that is wrong."""
    reason: Mapped[str]
    status: Mapped[str] = mapped_column(KEY)
