"""Tables of absences: when somebody is away, and whether that is agreed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to

_REFERRED = text("source_ref IS NOT NULL")
STATUSES = ("requested", "approved", "rejected", "cancelled")
LIVE = ("requested", "approved")
HALVES = ("am", "pm")


class AbsenceType(InWorkspace, Versioned, Base):
    """Why somebody is away. The key never changes and never goes: absences are known by it."""

    __tablename__ = "absence_type"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)

    key: Mapped[str] = mapped_column(KEY)
    label: Mapped[str]
    paid: Mapped[bool]
    hourly: Mapped[bool]
    """Whether it may be asked for by the hour."""
    approvers: Mapped[list[str]]
    """Who decides, a step each: "manager", "department_lead", "role:<name>". Empty: nobody has to."""
    source: Mapped[str] = mapped_column(KEY)
    """`core` for those that ship and those that people made, else the installation."""
    archived_at: Mapped[datetime | None]


class Absence(InWorkspace, Versioned, Base):
    """From a half of a date to a half of a date, or, by the hour, from an instant to an instant."""

    __tablename__ = "absence"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        ForeignKeyConstraint(["workspace_id", "type_key"], ["absence_type.workspace_id", "absence_type.key"]),
        CheckConstraint(f"status IN ({', '.join(repr(one) for one in STATUSES)})", name="status"),
        CheckConstraint("(from_slot IS NULL) = (until_slot IS NULL)", name="slots"),
        CheckConstraint("starts_at < ends_at", name="order"),
        Index(
            "uq_absence_source_ref",
            "workspace_id",
            "source",
            "source_ref",
            unique=True,
            postgresql_where=_REFERRED,
            sqlite_where=_REFERRED,
        ),
        Index(None, "workspace_id", "employee_id", "until_on"),
        Index(None, "workspace_id", "until_on", "from_on"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    type_key: Mapped[str] = mapped_column(KEY)
    from_on: Mapped[date]
    from_slot: Mapped[str | None] = mapped_column(KEY)
    """Beginning with the morning (`am`) or the afternoon (`pm`); NULL for an absence by the hour."""
    until_on: Mapped[date]
    until_slot: Mapped[str | None] = mapped_column(KEY)
    """Through the morning (`am`) or the afternoon (`pm`)."""
    timezone: Mapped[str] = mapped_column(KEY)
    """Whose dates these are: the zone of the rules that held when it was written."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(KEY)
    paid: Mapped[bool]
    note: Mapped[str | None]
    source: Mapped[str] = mapped_column(KEY)
    source_ref: Mapped[str | None] = mapped_column(KEY)
    pending_change: Mapped[dict[str, Any] | None]
    """What is asked of an approved one: to cancel it, or to shorten it to these halves."""
    created_by: Mapped[dict[str, Any]]


class AbsenceSlot(Base):
    """A half of a date that is taken. The key is what keeps two absences of a person apart."""

    __tablename__ = "absence_slot"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "employee_id", "absent_on", "slot"),
        refers_to("absence", "absence_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "absence_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    absent_on: Mapped[date]
    slot: Mapped[str] = mapped_column(KEY)
    absence_id: Mapped[str] = mapped_column(ID)
