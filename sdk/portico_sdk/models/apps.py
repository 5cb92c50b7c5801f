from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class AppVersion(Model):
    """One frozen manifest; `digest` is its SHA-256, `findings` say what a check found."""

    id: str
    app_id: str | None
    number: int | None
    status: str
    digest: str | None
    manifest: Mapping[str, Any]
    findings: tuple[Mapping[str, Any], ...]
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RegisteredApp(Model):
    """What a developer registers. `client_secret` and `signing_secret` come once, when it is made."""

    id: str
    key: str
    name: str | None
    client_id: str | None
    client_secret: str | None
    signing_secret: str | None
    visibility: str | None
    created_at: datetime | None
    updated_at: datetime | None

    @property
    def app_version(self) -> AppVersion | None:
        """The newest version, where the answer shows it."""
        version = self.raw.get("version")
        return AppVersion.parse(version) if isinstance(version, dict) else None


@dataclass(frozen=True, kw_only=True)
class AppSecret(Model):
    """A client secret; `client_secret` comes once, when it is made."""

    id: str
    client_secret: str | None
    hint: str | None
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Listing(Model):
    """An app's page in the catalogue."""

    id: str | None
    app_key: str
    name: str | None
    summary: str | None
    description: str | None
    publisher: Mapping[str, Any]
    scopes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Installation(Model):
    """One app in one workspace."""

    id: str
    app_key: str
    status: str
    granted_scopes: tuple[str, ...]
    availability: Mapping[str, Any]
    settings: Mapping[str, Any]
    version: int | None
    created_at: datetime | None
    updated_at: datetime | None
