"""Tables of installations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to
from portico.kernel.resealing import sealed_column

_LIVE = text("status <> 'uninstalled'")


class Installation(InWorkspace, Versioned, Base):
    """An app in a workspace. The partial index holds a workspace to one live installation of an app."""

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
    suspended_by: Mapped[str | None] = mapped_column(KEY)
    """company, publisher or operator: only the side that suspended lifts it."""
    granted_scopes: Mapped[list[str]]
    availability: Mapped[dict[str, Any]]
    """As it was given; what is asked at each request stands in `installation_rule` and `for_everyone`."""
    for_everyone: Mapped[bool]
    settings: Mapped[dict[str, Any]]
    sealed_settings: Mapped[str | None] = sealed_column("installation|sealed_settings|{id}|{workspace_id}")
    """The settings that the manifest marks as secret: JSON, sealed for this row."""
    announced_version_id: Mapped[str] = mapped_column(ID)
    """The version of which the app was told here, by app.installed or app.upgraded."""
    installed_by: Mapped[str | None] = mapped_column(ID)
    uninstalled_at: Mapped[datetime | None]


class InstallationRule(Base):
    """Whom an installation is for (`include`) or not for (`exclude`), one row per department or employee."""

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
