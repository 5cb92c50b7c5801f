"""Tables of installations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, Versioned, refers_to
from portico.kernel.resealing import sealed_column

_LIVE = text("status <> 'erased'")
_OPEN = text("status = 'open'")


class Installation(InWorkspace, Versioned, Base):
    """An app in a workspace: `active ⇄ suspended → uninstalling → dormant → erased`.

    The partial index holds a workspace to one installation of an app that is not erased: reinstalling revives it.
    """

    __tablename__ = "installation"
    __table_args__ = (
        Index(
            "uq_installation_live", "workspace_id", "app_id", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE
        ),
        # A release looks for the installations of its app, over all workspaces.
        Index(None, "app_id"),
    )

    app_id: Mapped[str] = mapped_column(ID, ForeignKey("app.id"))
    status: Mapped[str] = mapped_column(KEY, default="active")
    company_hold_at: Mapped[datetime | None]
    publisher_hold_at: Mapped[datetime | None]
    operator_hold_at: Mapped[datetime | None]
    """Three sides can suspend, each for itself and lifting only its own. They stand in the row, so that one
    conditional update changes a hold and the status that follows from all three."""
    company_hold_reason: Mapped[str | None] = mapped_column(LONG_TEXT)
    publisher_hold_reason: Mapped[str | None] = mapped_column(LONG_TEXT)
    operator_hold_reason: Mapped[str | None] = mapped_column(LONG_TEXT)
    granted_scopes: Mapped[list[str]]
    availability: Mapped[dict[str, Any]]
    """As it was given; what is asked at each request stands in `installation_rule` and `for_everyone`."""
    for_everyone: Mapped[bool]
    data_range: Mapped[dict[str, Any] | None]
    """Which records it sees, in the full form of `kernel.data_range`; None is every record."""
    settings: Mapped[dict[str, Any]]
    sealed_settings: Mapped[str | None] = sealed_column("installation|sealed_settings|{id}|{workspace_id}")
    """The settings that the manifest marks as secret: JSON, sealed for this row."""
    bucket: Mapped[int]
    """0 to 99, by a hash of workspace and app: a version released to ten per cent runs in buckets 0 to 9."""
    announced_version_id: Mapped[str] = mapped_column(ID)
    """The version of which the app was told here, by app.installed or app.upgraded."""
    installed_by: Mapped[str | None] = mapped_column(ID)
    uninstalled_at: Mapped[datetime | None]


class ScopeUse(Base):
    """That a scope admitted a call or an event of an installation on a day (UTC). Written by `kernel.last_use`."""

    __tablename__ = "scope_use"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "installation_id", "scope", "used_on"),
        refers_to("installation", "installation_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    installation_id: Mapped[str] = mapped_column(ID)
    scope: Mapped[str] = mapped_column(KEY)
    used_on: Mapped[date]
    last_used_at: Mapped[datetime]


class AppUse(Base):
    """That a person used an app on a day (UTC): opened a page of it, or it called in their name."""

    __tablename__ = "app_use"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "installation_id", "employee_id", "used_on"),
        refers_to("installation", "installation_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(None, "used_on"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    installation_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    used_on: Mapped[date]


class InstallationRule(Base):
    """Whom an installation is for (`include`) or not for (`exclude`), one row per department, group or employee."""

    __tablename__ = "installation_rule"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "installation_id", "effect", "object_id"),
        refers_to("installation", "installation_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    installation_id: Mapped[str] = mapped_column(ID)
    effect: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(KEY)
    object_id: Mapped[str] = mapped_column(ID)
    recursive: Mapped[bool] = mapped_column(default=True)


class Erasure(InWorkspace, Base):
    """The app was told to erase what it holds of this workspace, until `due_at`; its signed answer is the receipt."""

    __tablename__ = "erasure"
    __table_args__ = (
        refers_to("installation", "installation_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "installation_id"),
    )

    installation_id: Mapped[str] = mapped_column(ID)
    app_id: Mapped[str] = mapped_column(ID, ForeignKey("app.id"))
    requested_by: Mapped[str | None] = mapped_column(ID)
    """The employee who asked for it at once; None when the 30 days were over."""
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    receipt: Mapped[str | None] = mapped_column(LONG_TEXT)
    """What the app answered, byte for byte, with the headers that sign it."""
    receipt_headers: Mapped[dict[str, Any] | None]
    received_at: Mapped[datetime | None]


class InstallationRequest(InWorkspace, Versioned, Base):
    """People ask for an app: `open → approved | declined | expired`. The partial index makes equal ones one."""

    __tablename__ = "installation_request"
    __table_args__ = (
        Index(
            "uq_installation_request_open",
            "workspace_id",
            "app_id",
            "kind",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index(None, "workspace_id", "status", "id"),
    )

    app_id: Mapped[str] = mapped_column(ID, ForeignKey("app.id"))
    kind: Mapped[str] = mapped_column(KEY, default="install")
    """install, or permissions: the app is there and lacks some that it asks for."""
    scopes: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Of permissions those that people named, all together; none is all that the app lacks."""
    status: Mapped[str] = mapped_column(KEY, default="open")
    expires_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ID)
    """The employee; None when the policy approved it, or time ended it."""
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(LONG_TEXT)
    """Why it was declined, for those who asked."""
    installation_id: Mapped[str | None] = mapped_column(ID)


class InstallationRequester(Base):
    """Who asks, and why: one row per person and request."""

    __tablename__ = "installation_requester"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "request_id", "employee_id"),
        refers_to("installation_request", "request_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "employee_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    request_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    reason: Mapped[str] = mapped_column(LONG_TEXT)
    asked_at: Mapped[datetime]


class InstallationPolicy(Base):
    """What a company lets in, whoever installs: one row per workspace."""

    __tablename__ = "installation_policy"

    workspace_id: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True)
    deny_scopes: Mapped[list[str]]
    allowed_publishers: Mapped[list[str] | None]
    """Their ids; None for all that are not denied."""
    denied_publishers: Mapped[list[str]]
    minimum_review: Mapped[str] = mapped_column(KEY)
    """any, robot or person; apps of this workspace's own publishers need none."""
    minimum_verification: Mapped[str] = mapped_column(KEY, default="any", server_default="any")
    """any, domain (or by the operator), or operator: what its publisher has proved; own ones need nothing."""
    auto_approve: Mapped[str] = mapped_column(KEY)
    """none, or read: apps that only read are installed for who asks, without an admin."""
    upgrades: Mapped[str] = mapped_column(KEY, default="wait", server_default="wait")
    """What a new version needs and the one before did not ask for: it waits for an admin, or is granted as it comes
    if it only reads (read), or if it is not sensitive (write)."""
    updated_at: Mapped[datetime]
    version: Mapped[int]


class DevSession(InWorkspace, Base):
    """An installation that runs on a developer's machine, one at a time; the lease ends what nobody ends."""

    __tablename__ = "dev_session"
    __table_args__ = (
        refers_to("installation", "installation_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "installation_id"),
    )

    installation_id: Mapped[str] = mapped_column(ID)
    app_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    local_url: Mapped[str]
    """Where the browser of this person finds it."""
    host: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
