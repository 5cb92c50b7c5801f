"""Table of attachments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace

_PHOTO = text("owner_kind = 'photo'")


class Attachment(InWorkspace, Base):
    """Bytes in the store, under the name that their uploader gave them. Linked once, by a conditional UPDATE."""

    __tablename__ = "attachment"
    __table_args__ = (
        # Exactly what is not linked has an end.
        CheckConstraint("(owner_id IS NULL) = (expires_at IS NOT NULL)", name="linked_or_ending"),
        CheckConstraint("(owner_id IS NULL) = (owner_kind IS NULL)", name="owner"),
        Index(None, "workspace_id", "owner_kind", "owner_id"),
        Index(None, "workspace_id", "uploader", "expires_at"),
        Index(None, "workspace_id", "sha256"),
        Index(None, "workspace_id", "place"),
        Index(None, "expires_at"),
        # A person has one photo, also when two are set at once.
        Index(
            "uq_attachment_photo", "workspace_id", "owner_id", unique=True, postgresql_where=_PHOTO, sqlite_where=_PHOTO
        ),
    )

    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(KEY)
    """What the content is, by its own bytes."""
    sha256: Mapped[str] = mapped_column(KEY)
    place: Mapped[str] = mapped_column(KEY)
    """Where the bytes lie. Several rows of one workspace may share a place."""
    small_place: Mapped[str | None] = mapped_column(KEY)
    """Where the small picture of it lies; only pictures that were drawn anew have one."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    uploader: Mapped[str] = mapped_column(KEY)
    """The `caller_key` of who uploaded it."""
    owner_kind: Mapped[str | None] = mapped_column(KEY)
    owner_id: Mapped[str | None] = mapped_column(ID)
    """Objects of several tables: no foreign key."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
