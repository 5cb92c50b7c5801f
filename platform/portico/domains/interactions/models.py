"""Tables of interactions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, JSONB, KEY, LONG_TEXT, Base, InWorkspace, Versioned, refers_to


class Interaction(InWorkspace, Versioned, Base):
    """One run of an action: `running → answered | refused | waiting | failed`, `waiting → answered | unanswered`.

    The row is committed before the app is called. `attempts` fences: who called last may write the answer. `due_at` is
    when the sweep looks: a process that died calls nobody any more.
    """

    __tablename__ = "interaction"
    __table_args__ = (
        refers_to("installation", "installation_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "object_type", "object_id", "id"),
        Index(None, "workspace_id", "installation_id", "id"),
        Index(None, "workspace_id", "employee_id", "id"),
        # A form that is sent twice runs once on each record.
        Index("uq_interaction_together", "workspace_id", "bulk_id", "object_id", unique=True),
        Index(None, "state", "due_at"),
        Index(None, "created_at"),
    )

    installation_id: Mapped[str] = mapped_column(ID)
    action: Mapped[str] = mapped_column(KEY)
    title: Mapped[Any] = mapped_column(JSONB)
    """As the manifest had it then: a text, or texts by language."""
    actor: Mapped[dict[str, Any]]
    employee_id: Mapped[str | None] = mapped_column(ID)
    """The person who ran it, or in whose name an app did."""
    by_installation_id: Mapped[str | None] = mapped_column(ID)
    """The app that ran it."""
    object_type: Mapped[str | None] = mapped_column(KEY)
    object_id: Mapped[str | None] = mapped_column(ID)
    input: Mapped[dict[str, Any]]
    locale: Mapped[str]
    timezone: Mapped[str]
    bulk_id: Mapped[str | None] = mapped_column(ID)
    """What was run on several records at once has this in common."""
    state: Mapped[str] = mapped_column(KEY)
    attempts: Mapped[int]
    due_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    """Until then the app may answer late."""
    answer: Mapped[dict[str, Any] | None]
    answered_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(KEY)
    findings: Mapped[list[Any]] = mapped_column(JSONB)
    """What was wrong with an answer."""
    http_status: Mapped[int | None]
    total_ms: Mapped[int | None]
    received: Mapped[str | None] = mapped_column(LONG_TEXT)
    """The first bytes of what the app answered, for its developer."""


class CardCopy(Base):
    """What a card last looked like to a person, and how the last call for it went. `power` is what the app might then:
    when that has changed, the copy is shown no more."""

    __tablename__ = "card_copy"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "installation_id", "surface", "employee_id"),
        refers_to("installation", "installation_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(None, "called_at"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    installation_id: Mapped[str] = mapped_column(ID)
    surface: Mapped[str] = mapped_column(KEY)
    employee_id: Mapped[str] = mapped_column(ID)
    power: Mapped[str] = mapped_column(KEY)
    content: Mapped[dict[str, Any] | None]
    etag: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
    """When the app said that it looks like this."""
    fresh_until: Mapped[datetime | None]
    called_at: Mapped[datetime]
    failure: Mapped[str | None] = mapped_column(KEY)
    findings: Mapped[list[Any]] = mapped_column(JSONB)
    http_status: Mapped[int | None]
    total_ms: Mapped[int | None]
    received: Mapped[str | None] = mapped_column(LONG_TEXT)


class AppPin(Base):
    """That a person wants an app first."""

    __tablename__ = "app_pin"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "employee_id", "installation_id"),
        refers_to("installation", "installation_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    installation_id: Mapped[str] = mapped_column(ID)
    pinned_at: Mapped[datetime]
