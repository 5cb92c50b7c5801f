"""Global tables of the authorization server."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, KEY, LONG_TEXT, Base

_ACTIVE = text("retired_at IS NULL")


class InstallationToken(Base):
    """An app's token for one workspace; only its digest is here. `scopes` is set when it was narrowed."""

    __tablename__ = "installation_token"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "installation_id"], ["installation.workspace_id", "installation.id"], ondelete="CASCADE"
        ),
        Index(None, "workspace_id", "installation_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    digest: Mapped[str] = mapped_column(KEY, unique=True)
    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"))
    installation_id: Mapped[str] = mapped_column(ID)
    app_id: Mapped[str] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"))
    scopes: Mapped[list[str] | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SpentJti(Base):
    """The id of a token that may be shown once, until it is refused for its age anyway."""

    __tablename__ = "spent_jti"
    __table_args__ = (Index(None, "expires_at"),)

    kind: Mapped[str] = mapped_column(KEY, primary_key=True)
    client_id: Mapped[str] = mapped_column(KEY, primary_key=True)
    digest: Mapped[str] = mapped_column(KEY, primary_key=True)
    expires_at: Mapped[datetime]


class SigningKey(Base):
    """A P-256 key for ES256. The private half is sealed for this row; the index holds the platform to one in use."""

    __tablename__ = "signing_key"
    __table_args__ = (
        Index("uq_signing_key_active", "purpose", unique=True, postgresql_where=_ACTIVE, sqlite_where=_ACTIVE),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    purpose: Mapped[str] = mapped_column(KEY)
    sealed: Mapped[str] = mapped_column(LONG_TEXT)
    public: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
