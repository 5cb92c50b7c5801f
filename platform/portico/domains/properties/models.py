"""Tables of properties."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to

MOST = 300


class Property(InWorkspace, Versioned, Base):
    """`active ⇄ archived` by people, `active ⇄ hidden → erasing` with the life of the app that it belongs to."""

    __tablename__ = "property"
    __table_args__ = (
        UniqueConstraint("workspace_id", "object", "key"),
        # Each has a place of its own among so many, so that two who add one at once cannot pass the limit.
        UniqueConstraint("workspace_id", "object", "place"),
        CheckConstraint(f"place BETWEEN 1 AND {MOST}", name="place"),
        Index(None, "workspace_id", "app_id"),
    )

    object: Mapped[str] = mapped_column(KEY)
    key: Mapped[str] = mapped_column(KEY)
    place: Mapped[int]
    label: Mapped[str]
    type: Mapped[str] = mapped_column(KEY)
    options: Mapped[list[Any]]
    sensitive: Mapped[bool]
    app_id: Mapped[str | None] = mapped_column(ID)
    """The app that it belongs to; None: the workspace's own."""
    app_key: Mapped[str | None] = mapped_column(KEY)
    state: Mapped[str] = mapped_column(KEY)


class PropertyIndex(Base):
    """That an object has a value of a property, and the value as lists are filtered by it; one row for each option of
    several. Written together with the object, so it needs no repair. Objects are of several tables: no foreign key."""

    __tablename__ = "property_index"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "property_id", "object_id", "position"),
        refers_to("property", "property_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "property_id", "text_key", "object_id"),
        Index(None, "workspace_id", "property_id", "number", "object_id"),
        Index(None, "workspace_id", "property_id", "instant", "object_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    property_id: Mapped[str] = mapped_column(ID)
    object_id: Mapped[str] = mapped_column(ID)
    position: Mapped[int]
    text_key: Mapped[str | None] = mapped_column(KEY)
    number: Mapped[int | None] = mapped_column(BigInteger)
    """Whole numbers, yes and no as they are, decimals in millionths: exact, and leakproof to compare."""
    instant: Mapped[datetime | None]
