"""The global tables of identity; each has its `workspace_id` as a column where it has one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, Versioned
from portico.kernel.resealing import sealed_column
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
    two_factor: Mapped[str] = mapped_column(KEY, default="off")
    """Of whom a second factor is required here: `off`, `admins` (with owners) or `everyone`."""
    logo_id: Mapped[str | None] = mapped_column(ID)
    """The attachment that stands for the workspace at the top of pages and at its door."""
    reads_kept_days: Mapped[int | None]
    """For how long it is kept who looked at what, where that is shorter than the instance keeps it."""
    setup_digest: Mapped[str | None] = mapped_column(KEY, unique=True)
    setup_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)


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
    email_verified_at: Mapped[datetime | None]
    """When a link that was mailed to the address came back, or an operator vouched for it."""
    two_factor_at: Mapped[datetime | None]
    """Since when a second factor is asked for: set with the first one, empty again without the last. Whoever adds or
    removes one, or begins a session, holds this row."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Role(InWorkspace, Versioned, Base):
    """A role that the workspace made. Memberships name it where they name a built-in one."""

    __tablename__ = "custom_role"
    __table_args__ = (Index("uq_custom_role_name", "workspace_id", "name_key", unique=True),)

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    description: Mapped[str]
    scopes: Mapped[str] = mapped_column(LONG_TEXT)
    """Separated by blanks, so that the statement that authenticates reads them with the membership."""


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
    guide: Mapped[str | None] = mapped_column(KEY)
    """Through which guided minutes the person goes at present: `company`, `apps` or `work`."""
    guide_at: Mapped[datetime | None]
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
    address: Mapped[str] = mapped_column(default="")
    authenticated_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When the person last proved who they are: at the sign-in, or later when something grave asked again."""
    methods: Mapped[list[str]] = mapped_column(default=list)
    """By what: `pwd`, `otp`, `hwk` or `swk` (a passkey in hardware, or one that is synchronised), `recovery`."""


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


class Totp(Base):
    """An authenticator app. `last_step` is the last time step a code of which was accepted: none is taken twice."""

    __tablename__ = "totp"
    __table_args__ = (PrimaryKeyConstraint("user_id"),)

    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id", ondelete="CASCADE"))
    sealed_secret: Mapped[str] = sealed_column("totp|secret|{user_id}")
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Passkey(Base):
    """A public key that an authenticator made for this site. `sign_count` goes up only: a copy of it is noticed."""

    __tablename__ = "passkey"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id", ondelete="CASCADE"))
    credential_id: Mapped[str] = mapped_column(KEY, unique=True)
    public_key: Mapped[str] = mapped_column(LONG_TEXT)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    synced: Mapped[bool]
    transports: Mapped[list[str]]
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten, for when the other factors are out of reach. Only its digest is here; spent by conditional UPDATE."""

    __tablename__ = "recovery_code"
    __table_args__ = (PrimaryKeyConstraint("user_id", "digest"),)

    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(KEY)
    spent_at: Mapped[datetime | None]


class SecondStep(Base):
    """Between the password and the second step: no session, and nothing but the second step takes its token."""

    __tablename__ = "second_step"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    digest: Mapped[str] = mapped_column(KEY, unique=True)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class PasskeyChallenge(Base):
    """What an authenticator has to sign, once: spent by DELETE. `holder` is for whom it was made."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (PrimaryKeyConstraint("digest"), Index(None, "expires_at"))

    digest: Mapped[str] = mapped_column(KEY)
    holder: Mapped[str] = mapped_column(KEY)
    expires_at: Mapped[datetime]


class Errand(Base):
    """What the door leaves to be done when nobody waits: that a mail takes longer for an address that has a login
    must not be seen from outside. Done by the background; `due_at` is the end of a lease, or of a pause after a
    failure."""

    __tablename__ = "errand"
    __table_args__ = (Index(None, "due_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(KEY)
    about: Mapped[dict[str, Any]]
    origin: Mapped[dict[str, Any] | None]
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
