"""The record, its head and its anchors, and who read whose data. Entries and checkpoints are only ever added, which
PostgreSQL enforces."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, refers_to
from portico.kernel.unit_of_work import SYSTEM_ROLE, WEB_ROLE

ONLY_ADDED = {"rights": {WEB_ROLE: "SELECT", SYSTEM_ROLE: "SELECT, INSERT"}}
MAY_BE_ERASED = {"rights": {WEB_ROLE: "SELECT", SYSTEM_ROLE: "SELECT, INSERT, DELETE"}}
ONLY_THE_SYSTEM = {"rights": {WEB_ROLE: "SELECT", SYSTEM_ROLE: "SELECT, INSERT, UPDATE"}}


class AuditEntry(InWorkspace, Base):
    """One line of the record. `seq` counts without a gap; `hash` covers the line and the hash of the one before."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("workspace_id", "seq"),
        UniqueConstraint("workspace_id", "event_id"),
        Index(None, "workspace_id", "actor_id", "seq"),
        Index(None, "workspace_id", "on_behalf_of", "seq"),
        Index(None, "workspace_id", "object_id", "seq"),
        {"info": ONLY_ADDED},
    )

    seq: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[str] = mapped_column(ID)
    at: Mapped[datetime]
    actor: Mapped[dict[str, Any]]
    actor_id: Mapped[str] = mapped_column(KEY)
    on_behalf_of: Mapped[str | None] = mapped_column(ID)
    action: Mapped[str] = mapped_column(KEY)
    object_type: Mapped[str] = mapped_column(KEY)
    object_id: Mapped[str] = mapped_column(ID)
    changes: Mapped[list[str] | None]
    origin: Mapped[dict[str, Any] | None]
    detail_hash: Mapped[str | None] = mapped_column(KEY)
    """Binds the detail, which stands in a table of its own: it can be erased, and the chain stays whole."""
    hash: Mapped[str] = mapped_column(KEY)


class AuditDetail(InWorkspace, Base):
    """What an entry says about people and things beyond their ids: the name that the object had, and what the changed
    fields held before and after. `salt` keeps the hash of an erased detail from being guessed at. Its id is the
    entry's."""

    __tablename__ = "audit_detail"
    __table_args__ = (refers_to("audit_entry", "id", ondelete="CASCADE"), {"info": MAY_BE_ERASED})

    detail: Mapped[dict[str, Any]]


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


class ReadTally(Base):
    """How often somebody read a person's data on a day (UTC): one row per reader, object and way. Lists, searches and
    exports count without an object."""

    __tablename__ = "read_tally"
    __table_args__ = (
        PrimaryKeyConstraint(
            "workspace_id", "object_type", "object_id", "read_on", "reader_kind", "reader_id", "on_behalf_of", "way"
        ),
        Index(None, "read_on"),
    )

    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"))
    object_type: Mapped[str] = mapped_column(KEY)
    object_id: Mapped[str] = mapped_column(ID)
    """The empty string for what was read together."""
    read_on: Mapped[date]
    reader_kind: Mapped[str] = mapped_column(KEY)
    reader_id: Mapped[str] = mapped_column(KEY)
    on_behalf_of: Mapped[str] = mapped_column(ID, default="")
    way: Mapped[str] = mapped_column(KEY)
    """one, list, search or export."""
    times: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime]
