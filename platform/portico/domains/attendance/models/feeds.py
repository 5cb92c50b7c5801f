"""Table of calendar feeds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, KEY, Base, InWorkspace, refers_to


class CalendarFeed(InWorkspace, Base):
    """A secret address at which a person's calendar reads their absences and shifts. Only its digest is kept."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "employee_id"),
        # Looked up before the workspace is known; random, so it cannot tell one workspace of another.
        Index("ix_calendar_feed_digest", "digest"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(KEY)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
