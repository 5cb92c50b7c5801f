"""The record, its head and its anchors. Entries and checkpoints are only ever added, which PostgreSQL enforces."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace
from portico.kernel.unit_of_work import SYSTEM_ROLE, WEB_ROLE

ONLY_ADDED = {"rights": {WEB_ROLE: "SELECT", SYSTEM_ROLE: "SELECT, INSERT"}}
ONLY_THE_SYSTEM = {"rights": {WEB_ROLE: "SELECT", SYSTEM_ROLE: "SELECT, INSERT, UPDATE"}}


class AuditEntry(InWorkspace, Base):
    """One line of the record. `seq` counts without a gap; `hash` covers the line and the hash of the one before."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("workspace_id", "seq"),
        UniqueConstraint("workspace_id", "event_id"),
        Index(None, "workspace_id", "actor_id", "seq"),
        Index(None, "workspace_id", "object_id", "seq"),
        {"info": ONLY_ADDED},
    )

    seq: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[str] = mapped_column(ID)
    at: Mapped[datetime]
    actor: Mapped[dict[str, Any]]
    actor_id: Mapped[str] = mapped_column(KEY)
    action: Mapped[str] = mapped_column(KEY)
    object_type: Mapped[str] = mapped_column(KEY)
    object_id: Mapped[str] = mapped_column(ID)
    changes: Mapped[list[str] | None]
    origin: Mapped[dict[str, Any] | None]
    hash: Mapped[str] = mapped_column(KEY)


class AuditHead(Base):
    """How far the record of a workspace has come. Whoever holds the row's lock is the one writer.

    `key_id` and `signature` seal seq and hash, so that a chain worked out anew without the server's key is found.
    """

    __tablename__ = "audit_head"
    __table_args__ = (PrimaryKeyConstraint("workspace_id"), {"info": ONLY_THE_SYSTEM})

    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    event_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    """The last event that was read; the sweep takes none behind it."""
    hash: Mapped[str] = mapped_column(KEY, default="")
    key_id: Mapped[str] = mapped_column(KEY, default="")
    signature: Mapped[str] = mapped_column(KEY, default="")
    anchored_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    anchored_at: Mapped[datetime | None]


class AuditCheckpoint(InWorkspace, Base):
    """A signed head, kept here and in a file outside of the database: the end of the record cannot just be cut off."""

    __tablename__ = "audit_checkpoint"
    __table_args__ = (UniqueConstraint("workspace_id", "seq"), {"info": ONLY_ADDED})

    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(KEY)
    at: Mapped[datetime]
    key_id: Mapped[str] = mapped_column(KEY)
    signature: Mapped[str] = mapped_column(KEY)
