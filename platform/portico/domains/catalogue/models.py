"""The global tables of the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, JSONB, KEY, Base
from portico.kernel.resealing import sealed_column

_RELEASED = text("status = 'released'")
_OF_CLIENT = text("kind = 'client_secret' AND revoked_at IS NULL")
_OF_KEY = text("kind = 'public_key' AND revoked_at IS NULL")


class Publisher(Base):
    """Who owns apps: a member of its home workspace."""

    __tablename__ = "publisher"
    __table_args__ = (UniqueConstraint("workspace_id", "membership_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"))
    membership_id: Mapped[str] = mapped_column(ID, ForeignKey("membership.id"))
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class App(Base):
    """What a developer registers. Its id is its client_id. `last_number` counts its versions."""

    __tablename__ = "app"
    __table_args__ = (Index(None, "publisher_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    publisher_id: Mapped[str] = mapped_column(ID, ForeignKey("publisher.id"))
    key: Mapped[str] = mapped_column(KEY, unique=True)
    visibility: Mapped[str] = mapped_column(KEY, default="private")
    base_url_override: Mapped[str | None]
    """In development the app runs on another port than its frozen version says."""
    last_number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class AppCredential(Base):
    """A client secret (only its digest), a signing secret (sealed, because we sign with it), or a public key, by
    which the app shows that it holds the private one (`digest` is its thumbprint).

    Client secrets stand in slot 1 or 2, public keys in 1 to 5, so that the database holds them to so many at a time.
    """

    __tablename__ = "app_credential"
    __table_args__ = (
        Index(None, "app_id", "kind"),
        Index(
            "uq_app_credential_slot",
            "app_id",
            "slot",
            unique=True,
            postgresql_where=_OF_CLIENT,
            sqlite_where=_OF_CLIENT,
        ),
        Index(
            "uq_app_credential_key_slot",
            "app_id",
            "slot",
            unique=True,
            postgresql_where=_OF_KEY,
            sqlite_where=_OF_KEY,
        ),
        Index("uq_app_credential_kid", "app_id", "kid", unique=True, postgresql_where=_OF_KEY, sqlite_where=_OF_KEY),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    app_id: Mapped[str] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(KEY)
    slot: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(KEY)
    sealed: Mapped[str | None] = sealed_column("app_credential|sealed|{id}|{app_id}")
    kid: Mapped[str | None] = mapped_column(KEY)
    public: Mapped[dict[str, Any] | None]
    hint: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class AppVersion(Base):
    """One frozen manifest. What requests ask of it stands beside it, so that no hot path loads it whole."""

    __tablename__ = "app_version"
    __table_args__ = (
        UniqueConstraint("app_id", "number"),
        Index("uq_app_version_released", "app_id", unique=True, postgresql_where=_RELEASED, sqlite_where=_RELEASED),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    app_id: Mapped[str] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(KEY)
    digest: Mapped[str] = mapped_column(KEY)
    manifest: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    name: Mapped[Any] = mapped_column(JSONB)
    """Text or texts by language, as the manifest has it."""
    base_url: Mapped[str]
    scopes: Mapped[list[str]]
    """Required and optional ones: the most that any installation can have."""
    surfaces: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    reviewed_at: Mapped[datetime | None]
    """When the review approved it; private apps, and all where the review is open, are released without one."""
    released_at: Mapped[datetime | None]


class AppListing(Base):
    """What the catalogue shows of the released version, in the form in which it is searched."""

    __tablename__ = "listing"

    id: Mapped[str] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"), primary_key=True)
    category_words: Mapped[str]
    search_words: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
