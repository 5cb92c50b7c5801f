"""The global tables of identity; each has its `workspace_id` as a column where it has one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, KEY, Base
from portico.kernel.unit_of_work import SYSTEM_ROLE, WEB_ROLE


class Workspace(Base):
    """One company's tenant. `setup_nonce` is set until its first owner came through the one-time link."""

    __tablename__ = "workspace"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    slug: Mapped[str] = mapped_column(KEY, unique=True)
    name: Mapped[str]
    locale: Mapped[str] = mapped_column(KEY, default="en")
    timezone: Mapped[str] = mapped_column(KEY, default="UTC")
    unlisted_clients: Mapped[bool] = mapped_column(default=False)
    """Whether clients that are no app of the catalogue may act for its people."""
    setup_digest: Mapped[str | None] = mapped_column(KEY, unique=True)
    setup_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class User(Base):
    """A login. `email_key` is what people type, folded; a user without a password came by invitation only."""

    __tablename__ = "user"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(KEY, unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    operator: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str | None] = mapped_column(KEY)
    timezone: Mapped[str | None] = mapped_column(KEY)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Membership(Base):
    """A user in a workspace. `ended_at` closes it; the row stays for the history."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("workspace_id", "user_id"),
        UniqueConstraint("workspace_id", "employee_id"),
        Index(None, "user_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id", ondelete="CASCADE"))
    employee_id: Mapped[str] = mapped_column(ID)
    role: Mapped[str] = mapped_column(KEY)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Session(Base):
    """A signed-in browser; only the digest of its token is here."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    digest: Mapped[str] = mapped_column(KEY, unique=True)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(default="")


class PersonalToken(Base):
    """A token that a person made for scripts; it must expire."""

    __tablename__ = "personal_token"
    __table_args__ = (Index(None, "membership_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    digest: Mapped[str] = mapped_column(KEY, unique=True)
    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"))
    membership_id: Mapped[str] = mapped_column(ID, ForeignKey("membership.id", ondelete="CASCADE"))
    name: Mapped[str]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A one-time link to a new password. The token is derived, so the row holds only what it was derived from."""

    __tablename__ = "password_reset"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(KEY, unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """A failed sign-in, by the digest of the address that was typed and of where it came from."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subject: Mapped[str] = mapped_column(KEY)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class OperatorAct(Base):
    """What an operator did, on what. It is only ever added to."""

    __tablename__ = "operator_act"
    __table_args__ = (
        Index(None, "object_id"),
        {"info": {"rights": {WEB_ROLE: "SELECT", SYSTEM_ROLE: "SELECT, INSERT"}}},
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ID)
    """Kept also when the user is gone."""
    act: Mapped[str] = mapped_column(KEY)
    object_type: Mapped[str] = mapped_column(KEY)
    object_id: Mapped[str] = mapped_column(ID)
    about: Mapped[dict[str, Any]]
    """What people read of it: the name at that time, the reason that was given."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
