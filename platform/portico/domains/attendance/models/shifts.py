"""Tables of shifts and of the roster."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to


class Shift(InWorkspace, Versioned, Base):
    """A kind of working day, such as the early shift. Its times stand in its versions, each from a date on."""

    __tablename__ = "shift"
    __table_args__ = (UniqueConstraint("workspace_id", "name_key"),)

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    color: Mapped[str] = mapped_column(KEY)
    archived_at: Mapped[datetime | None]


class ShiftVersion(InWorkspace, Versioned, Base):
    """The times of a shift from a date on. Once a day was computed by it, it stays as it is."""

    __tablename__ = "shift_version"
    __table_args__ = (
        refers_to("shift", "shift_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "shift_id", "effective_from"),
    )

    shift_id: Mapped[str] = mapped_column(ID)
    effective_from: Mapped[date]
    rules: Mapped[dict[str, Any]]
    """Segments, breaks, grace and the rest, as `schemas.shifts.ShiftRules` has them."""
    used: Mapped[bool] = mapped_column(default=False)


class RosterEntry(InWorkspace, Versioned, Base):
    """What somebody works on a date: a shift, or nothing. A draft stands beside what is published until it is too."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        refers_to("shift", "shift_id"),
        refers_to("attendance_location", "location_id"),
        UniqueConstraint("workspace_id", "employee_id", "work_on", "slot", "published"),
        CheckConstraint("slot BETWEEN 0 AND 2", name="slot"),
        Index(None, "workspace_id", "work_on"),
        Index(None, "workspace_id", "shift_id"),
        Index(None, "workspace_id", "location_id"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    work_on: Mapped[date]
    slot: Mapped[int]
    shift_id: Mapped[str | None] = mapped_column(ID)
    """None: rest."""
    location_id: Mapped[str | None] = mapped_column(ID)
    published: Mapped[bool]
    source: Mapped[str] = mapped_column(KEY)
