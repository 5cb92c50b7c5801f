"""Tables of holidays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to


class HolidayCalendar(InWorkspace, Versioned, Base):
    """The holidays of the company, or of a region of it, which has those of its parent besides."""

    __tablename__ = "holiday_calendar"
    __table_args__ = (
        refers_to("holiday_calendar", "parent_id"),
        UniqueConstraint("workspace_id", "name_key"),
        Index(None, "workspace_id", "parent_id"),
    )

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    region: Mapped[str | None]
    parent_id: Mapped[str | None] = mapped_column(ID)


class Holiday(InWorkspace, Versioned, Base):
    """A date that is not as its weekday says. The nearer calendar has the last word."""

    __tablename__ = "holiday"
    __table_args__ = (
        refers_to("holiday_calendar", "calendar_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "calendar_id", "on_date"),
        CheckConstraint("kind IN ('off', 'makeup', 'partial')", name="kind"),
    )

    calendar_id: Mapped[str] = mapped_column(ID)
    on_date: Mapped[date]
    kind: Mapped[str] = mapped_column(KEY)
    name: Mapped[str]
    works_as: Mapped[int | None]
    """Of a makeup day: the weekday, 1 for Monday, whose shifts are worked."""
    off_from: Mapped[str | None]
    """Of a partial one: from when on one is off, as HH:MM; and until when."""
    off_until: Mapped[str | None]
