"""The global tables of the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, JSONB, KEY, LONG_TEXT, Base
from portico.kernel.resealing import sealed_column

_STABLE = text("runs_below = 100")
_IN_ROLLOUT = text("runs_below > 0 AND runs_below < 100")
_RUNS = text("runs_below > 0")
_OF_CLIENT = text("kind = 'client_secret' AND revoked_at IS NULL")
_OF_KEY = text("kind = 'public_key' AND revoked_at IS NULL")


class Publisher(Base):
    """Who owns apps: a member of its home workspace. `name_key` is what names that look alike have in common.

    Proof comes in two kinds, each for itself: it controls a domain, and the operator looked at its papers.
    """

    __tablename__ = "publisher"
    __table_args__ = (
        UniqueConstraint("workspace_id", "membership_id"),
        Index("uq_publisher_name_key", "name_key", unique=True),
        Index(None, "domain_due_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"))
    membership_id: Mapped[str] = mapped_column(ID, ForeignKey("membership.id"))
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    website: Mapped[str | None]
    support_email: Mapped[str | None]
    description: Mapped[str | None] = mapped_column(LONG_TEXT)
    domain: Mapped[str | None] = mapped_column(KEY)
    domain_token: Mapped[str | None] = mapped_column(KEY)
    """No secret: it stands in the open on the domain. Another domain gets another one."""
    domain_verified_at: Mapped[datetime | None]
    domain_checked_at: Mapped[datetime | None]
    domain_due_at: Mapped[datetime | None]
    """When it is looked at next."""
    domain_failures: Mapped[int] = mapped_column(default=0)
    domain_problem: Mapped[str | None]
    """What the last look found wrong, by name."""
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[str | None] = mapped_column(ID)
    verification_note: Mapped[str | None] = mapped_column(LONG_TEXT)
    """Which papers the operator looked at; for operators alone."""
    suspended_at: Mapped[datetime | None]
    suspended_reason: Mapped[str | None] = mapped_column(LONG_TEXT)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)


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
    """One frozen manifest. What requests ask of it stands beside it, so that no hot path loads it whole.

    Installations stand in buckets 0 to 99; those in `runs_from <= bucket < runs_below` run this version. One that is in
    rollout runs from 0, the one before it up to 100: two at most, and an index holds an app to one of each.
    """

    __tablename__ = "app_version"
    __table_args__ = (
        UniqueConstraint("app_id", "number"),
        Index("uq_app_version_stable", "app_id", unique=True, postgresql_where=_STABLE, sqlite_where=_STABLE),
        Index("uq_app_version_rollout", "app_id", unique=True, postgresql_where=_IN_ROLLOUT, sqlite_where=_IN_ROLLOUT),
        Index("ix_app_version_running", "app_id", postgresql_where=_RUNS, sqlite_where=_RUNS),
        Index(None, "status", "submitted_at"),
        CheckConstraint("0 <= runs_from AND runs_from <= runs_below AND runs_below <= 100", "buckets"),
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
    actions: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    check_asked_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    """When the robot was called, and when it last had answered; what it found stands in `findings`."""
    hand_in: Mapped[bool] = mapped_column(default=False)
    """Whether it is submitted by itself once the robot finds nothing wrong."""
    submitted_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    """When the review approved it; private apps, and all where the review is open, are released without one."""
    review_level: Mapped[str | None] = mapped_column(KEY)
    """robot or person: who decided."""
    reviewed_by: Mapped[str | None] = mapped_column(ID)
    """The operator, a user."""
    review_reasons: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    """Why it was rejected: what and where."""
    released_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    runs_from: Mapped[int] = mapped_column(default=0)
    runs_below: Mapped[int] = mapped_column(default=0)
    follows_id: Mapped[str | None] = mapped_column(ID)
    """Which version ran when it was released: rolling back returns to that."""


class AppListing(Base):
    """What the catalogue shows of the released version, in the form in which it is searched."""

    __tablename__ = "listing"

    id: Mapped[str] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"), primary_key=True)
    category_words: Mapped[str]
    search_words: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=clock.now)


class AppSuspension(Base):
    """The whole app stands still for one side, everywhere, and nobody can install it meanwhile."""

    __tablename__ = "app_suspension"
    __table_args__ = (PrimaryKeyConstraint("app_id", "side"),)

    app_id: Mapped[str] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(KEY)
    """operator or publisher."""
    reason: Mapped[str | None] = mapped_column(LONG_TEXT)
    since: Mapped[datetime] = mapped_column(default=clock.now)


class AppFigures(Base):
    """How widely an app is used, counted over all workspaces by the housekeeping."""

    __tablename__ = "app_figures"

    app_id: Mapped[str] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"), primary_key=True)
    installs: Mapped[int]
    active_users: Mapped[int]
    counted_at: Mapped[datetime]


class Rating(Base):
    """What one person thinks of an app that they use. Its text can be hidden by the operator; the stars stay."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("app_id", "workspace_id", "employee_id"),
        ForeignKeyConstraint(
            ["workspace_id", "employee_id"], ["employee.workspace_id", "employee.id"], ondelete="CASCADE"
        ),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index(None, "workspace_id", "employee_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    app_id: Mapped[str] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"))
    workspace_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    stars: Mapped[int]
    text: Mapped[str | None] = mapped_column(LONG_TEXT)
    answer: Mapped[str | None] = mapped_column(LONG_TEXT)
    answered_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(LONG_TEXT)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class RatingReport(Base):
    """That somebody finds a text wrong: once per person, until the operator has decided about it."""

    __tablename__ = "rating_report"
    __table_args__ = (
        PrimaryKeyConstraint("rating_id", "membership_id"),
        Index(None, "decided_at"),
    )

    rating_id: Mapped[str] = mapped_column(ID, ForeignKey("rating.id", ondelete="CASCADE"))
    membership_id: Mapped[str] = mapped_column(ID, ForeignKey("membership.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(LONG_TEXT)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
