"""Global tables of the authorization server."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, KEY, Base
from portico.kernel.resealing import sealed_column

_IN_USE = text("stage <> 'retired'")


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
    """A key that signs, for ES256 or RS256. The private half is sealed for this row. `stage` is next (published, does
    not sign yet), active or retired; the index holds a purpose to one next and one active key."""

    __tablename__ = "signing_key"
    __table_args__ = (
        Index("uq_signing_key_stage", "purpose", "stage", unique=True, postgresql_where=_IN_USE, sqlite_where=_IN_USE),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    purpose: Mapped[str] = mapped_column(KEY)
    stage: Mapped[str] = mapped_column(KEY)
    sealed: Mapped[str] = sealed_column("signing_key|sealed|{id}")
    public: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]


class OAuthGrant(Base):
    """One consent act: this client may act for this member, within these scopes, until it ends.

    Codes and tokens hang on it and live no longer than it does, so that ending it is one conditional update. It is
    also the family of its refresh tokens. `scopes` is what was consented and never shrinks by a narrower refresh.
    A client that is no app of the catalogue has neither `app_id` nor `installation_id`.
    """

    __tablename__ = "oauth_grant"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "installation_id"], ["installation.workspace_id", "installation.id"], ondelete="CASCADE"
        ),
        Index(None, "workspace_id", "client_id"),
        Index(None, "membership_id"),
        Index(None, "user_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"))
    membership_id: Mapped[str] = mapped_column(ID, ForeignKey("membership.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id", ondelete="CASCADE"))
    client_id: Mapped[str] = mapped_column(KEY)
    app_id: Mapped[str | None] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"))
    installation_id: Mapped[str | None] = mapped_column(ID)
    public: Mapped[bool]
    """Whether the client keeps no secret: its tokens live shorter and its refresh has no grace."""
    scopes: Mapped[list[str]]
    resource: Mapped[str | None] = mapped_column(KEY)
    session_id: Mapped[str | None] = mapped_column(ID)
    """The sign-in from which it came; the session may be over long before the grant."""
    session_bound: Mapped[bool] = mapped_column(default=False)
    """Whether it ends with that sign-in: what pages inside the portal were given."""
    auth_time: Mapped[datetime]
    amr: Mapped[list[str]] = mapped_column(default=list)
    """How the person had proved who they are then (RFC 8176)."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    """When the first token came of it; without one it is only a code on its way."""
    last_used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(KEY)


class AuthorizationCode(Base):
    """A code on its way to the client, bound to all that was asked with it. Spent by conditional update."""

    __tablename__ = "authorization_code"
    __table_args__ = (Index(None, "grant_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    digest: Mapped[str] = mapped_column(KEY, unique=True)
    grant_id: Mapped[str] = mapped_column(ID, ForeignKey("oauth_grant.id", ondelete="CASCADE"))
    redirect_uri: Mapped[str]
    challenge: Mapped[str] = mapped_column(KEY)
    nonce: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]


class UserToken(Base):
    """An access token of a grant. `scopes` is what this one was narrowed to."""

    __tablename__ = "user_token"
    __table_args__ = (Index(None, "grant_id"), Index(None, "refresh_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    digest: Mapped[str] = mapped_column(KEY, unique=True)
    grant_id: Mapped[str] = mapped_column(ID, ForeignKey("oauth_grant.id", ondelete="CASCADE"))
    refresh_id: Mapped[str | None] = mapped_column(ID)
    """The refresh token that was issued beside it."""
    scopes: Mapped[list[str]]
    resource: Mapped[str | None] = mapped_column(KEY)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One generation of a family. It is spent once; then `successor_id` is the only living one."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index(None, "grant_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    digest: Mapped[str] = mapped_column(KEY, unique=True)
    grant_id: Mapped[str] = mapped_column(ID, ForeignKey("oauth_grant.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    successor_id: Mapped[str | None] = mapped_column(ID)
    graces: Mapped[int] = mapped_column(default=0)
    """How often a successor was lost on its way and issued anew."""
    revoked_at: Mapped[datetime | None]


class OAuthConsent(Base):
    """What a member has allowed a client, so that they are asked once. `seen` names what was shown of the client."""

    __tablename__ = "oauth_consent"
    __table_args__ = (UniqueConstraint("membership_id", "client_id"), Index(None, "workspace_id", "client_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"))
    membership_id: Mapped[str] = mapped_column(ID, ForeignKey("membership.id", ondelete="CASCADE"))
    client_id: Mapped[str] = mapped_column(KEY)
    scopes: Mapped[list[str]]
    seen: Mapped[str] = mapped_column(KEY, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class DeviceCode(Base):
    """A device that waits for a person (RFC 8628). Only digests of its two codes are here; that of the short one is
    keyed. `state` is pending, approved, denied or spent."""

    __tablename__ = "device_code"
    __table_args__ = (Index(None, "expires_at"), Index(None, "grant_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    device_digest: Mapped[str] = mapped_column(KEY, unique=True)
    user_digest: Mapped[str] = mapped_column(KEY, unique=True)
    client_id: Mapped[str] = mapped_column(KEY)
    scopes: Mapped[list[str]]
    resource: Mapped[str | None] = mapped_column(KEY)
    state: Mapped[str] = mapped_column(KEY)
    grant_id: Mapped[str | None] = mapped_column(ID, ForeignKey("oauth_grant.id", ondelete="CASCADE"))
    interval: Mapped[int]
    polled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]


class DeviceTry(Base):
    """A sign-in's try at a device's code, in one of few slots."""

    __tablename__ = "device_try"
    __table_args__ = (Index(None, "expires_at"),)

    session_id: Mapped[str] = mapped_column(ID, primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    expires_at: Mapped[datetime]


class OAuthClient(Base):
    """A client that is no app of the catalogue: `dynamic` (it registered itself) or `document` (its id is the address
    of a document about it). It is public, and acts for people only."""

    __tablename__ = "oauth_client"
    __table_args__ = (Index(None, "fetched_at"),)

    client_id: Mapped[str] = mapped_column(KEY, primary_key=True)
    kind: Mapped[str] = mapped_column(KEY)
    name: Mapped[str]
    redirect_uris: Mapped[list[str]]
    seen: Mapped[str] = mapped_column(KEY)
    """Changes with what people are shown of it."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    fetched_at: Mapped[datetime]
    fresh_until: Mapped[datetime | None]
