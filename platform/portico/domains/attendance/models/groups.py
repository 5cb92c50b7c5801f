"""Tables of attendance groups: who works by which rules, from which date on."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to

_PRESENT = text("until_on IS NULL")


class AttendanceGroup(InWorkspace, Versioned, Base):
    """People who work by the same rules. What the rules are stands in its versions, each from a date on."""

    __tablename__ = "attendance_group"
    __table_args__ = (UniqueConstraint("workspace_id", "name_key"),)

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    priority: Mapped[int]
    """Of several groups that somebody fits by a rule, the one with the greatest number takes them."""
    ends_on: Mapped[date | None]
    """The first date on which it holds no more."""


class AttendanceGroupVersion(InWorkspace, Versioned, Base):
    """The rules of a group from a date on, until the next version begins."""

    __tablename__ = "attendance_group_version"
    __table_args__ = (
        refers_to("attendance_group", "group_id", ondelete="CASCADE"),
        refers_to("holiday_calendar", "holiday_calendar_id"),
        UniqueConstraint("workspace_id", "group_id", "effective_from"),
        CheckConstraint("kind IN ('fixed', 'roster', 'free')", name="kind"),
        Index(None, "workspace_id", "holiday_calendar_id"),
    )

    group_id: Mapped[str] = mapped_column(ID)
    effective_from: Mapped[date]
    kind: Mapped[str] = mapped_column(KEY)
    timezone: Mapped[str] = mapped_column(KEY)
    holiday_calendar_id: Mapped[str | None] = mapped_column(ID)
    members: Mapped[dict[str, Any]]
    """An audience: `{include: [rule], exclude: [rule]}`."""
    week: Mapped[list[Any]]
    """Of a fixed group: for Monday to Sunday the ids of the shifts of that day."""
    policies: Mapped[dict[str, Any]]
    """How one clocks, what counts as overtime, how days are corrected."""


class AttendanceAssignment(InWorkspace, Base):
    """In which group an employee is from a date on. Written down when it is found, so that who moves to another
    department changes no day before. Without a group nobody took them, or several did: the `contenders`."""

    __tablename__ = "attendance_assignment"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        refers_to("attendance_group", "group_id"),
        UniqueConstraint("workspace_id", "employee_id", "from_on"),
        Index(
            "uq_attendance_assignment_present",
            "workspace_id",
            "employee_id",
            unique=True,
            postgresql_where=_PRESENT,
            sqlite_where=_PRESENT,
        ),
        Index(None, "workspace_id", "group_id"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    group_id: Mapped[str | None] = mapped_column(ID)
    contenders: Mapped[list[str]]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    """The first date on which it holds no more; None: it holds on."""
