from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class Actor(Model):
    """Who did it: `kind` is employee, app, app_for_employee, visitor or system."""

    kind: str
    id: str
    display_name: str | None
    on_behalf_of: str | None


@dataclass(frozen=True, kw_only=True)
class Reference(Model):
    """Another object, by its id and what is needed to show it."""

    id: str
    name: str | None
    display_name: str | None
    app_key: str | None


@dataclass(frozen=True, kw_only=True)
class Me(Model):
    """Whom the token stands for, and what it may do."""

    actor: Actor
    user: Reference | None
    employee: Reference | None
    workspace: Reference
    installation: Reference | None
    scopes: tuple[str, ...]
    role: str | None
    limits: Mapping[str, Any]
    streams_url: str | None


@dataclass(frozen=True, kw_only=True)
class Visibility(Model):
    """What can be seen about the person whose token it is: by people, by apps; and who looked within `days`."""

    employee_id: str
    people: tuple[Mapping[str, Any], ...]
    apps: tuple[Mapping[str, Any], ...]
    readers: tuple[Mapping[str, Any], ...]
    lists: tuple[Mapping[str, Any], ...]
    days: int


@dataclass(frozen=True, kw_only=True)
class Workspace(Model):
    """The workspace and its settings."""

    id: str
    slug: str
    name: str
    locale: str
    timezone: str
    logo_id: str | None
    two_factor: str
    unlisted_clients: bool
    reads_kept_days: int | None
    created_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Member(Model):
    """A login in this workspace, with its role."""

    id: str
    user_id: str | None
    employee_id: str | None
    email: str | None
    display_name: str | None
    role: str
    created_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Role(Model):
    """A role that the workspace made: what comes to what everybody has, and the built-in roles that it counts as."""

    id: str
    name: str
    description: str | None
    scopes: tuple[str, ...]
    includes: tuple[str, ...]
    member_count: int | None
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Invitation(Model):
    """A one-time link on its way to somebody."""

    id: str
    employee_id: str | None
    email: str
    role: str
    status: str
    created_at: datetime | None
    expires_at: datetime | None
    accepted_at: datetime | None
