"""The outbox and the counter that orders it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace

_WAITING = text("NOT fanned_out")


class Event(InWorkspace, Base):
    """One fact, whole and frozen. What a receiver gets is a projection of it."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("workspace_id", "seq"),
        Index(None, "workspace_id", "resource_id"),
        Index(None, "occurred_at"),
        # The pump looks for events that were not fanned out yet, over all workspaces.
        Index("ix_event_waiting", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    seq: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(KEY)
    version: Mapped[int] = mapped_column(default=1)
    occurred_at: Mapped[datetime]
    scopes: Mapped[str] = mapped_column(KEY)
    actor: Mapped[dict[str, Any]]
    resource_type: Mapped[str] = mapped_column(KEY)
    resource_id: Mapped[str] = mapped_column(ID)
    resource_version: Mapped[int | None]
    installation_id: Mapped[str | None] = mapped_column(ID)
    """Set when the event is about one installation: then no other app receives it."""
    data: Mapped[dict[str, Any]]
    changes: Mapped[list[str] | None]
    before: Mapped[dict[str, Any] | None]
    """What the changed fields held. Read by the audit alone, as `origin`."""
    cause: Mapped[dict[str, Any]]
    origin: Mapped[dict[str, Any] | None]
    """From where it was done. Read by the audit alone; no projection of the event shows it."""
    fanned_out: Mapped[bool] = mapped_column(default=False)


class EventCounter(Base):
    """The last `seq` of each workspace. In a table of its own: it is the last lock that a transaction takes."""

    __tablename__ = "event_counter"
    __table_args__ = (PrimaryKeyConstraint("workspace_id"),)

    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
