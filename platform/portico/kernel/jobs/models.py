"""The one job table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import KEY, LONG_TEXT, Base, InWorkspace

_UNFINISHED = text("state IN ('queued', 'running')")


class Job(InWorkspace, Base):
    """A piece of work: `queued → running → succeeded | failed`; back to queued when a try failed."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "due_at", postgresql_where=_UNFINISHED, sqlite_where=_UNFINISHED),
        Index(None, "workspace_id", "kind", "id"),
        Index(None, "workspace_id", "asked_by", "id"),
    )

    kind: Mapped[str] = mapped_column(KEY)
    args: Mapped[dict[str, Any]]
    asked_by: Mapped[str | None] = mapped_column(KEY)
    """The caller key of who waits for it and may see it; None for what the platform does by itself."""
    state: Mapped[str] = mapped_column(KEY, default="queued")
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When it may be taken (again): while it runs, the end of its lease."""
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None] = mapped_column(LONG_TEXT)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
