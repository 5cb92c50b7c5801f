from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class Presence(Model):
    """`availability`: available busy in_meeting on_break off_shift on_leave offline; `source` says what decided."""

    employee_id: str
    availability: str
    source: str
    until: datetime | None
    text: str | None
    emoji: str | None
    dnd_until: datetime | None
    version: int


@dataclass(frozen=True, kw_only=True)
class NotificationResource(Model):
    type: str
    id: str


@dataclass(frozen=True, kw_only=True)
class NotificationApp(Model):
    """The app that said it."""

    installation_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class NotificationSender(Model):
    """Who told it: `kind` is employee, app, app_for_employee or system."""

    kind: str
    id: str
    on_behalf_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class Notification(Model):
    """What a person is told; `held_until`: it waits while they want to be left alone."""

    id: str
    kind: str
    title: str
    body: str | None
    url: str | None
    resource: NotificationResource | None
    app: NotificationApp | None
    sender: NotificationSender
    urgent: bool
    overrode: bool
    muted: bool
    held_until: datetime | None
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class UnreadCount(Model):
    """Exact up to 99; with `more` there are more than that."""

    count: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class ToldCount(Model):
    """How many people that are."""

    count: int


@dataclass(frozen=True, kw_only=True)
class ReadCount(Model):
    """How many were unread."""

    count: int


@dataclass(frozen=True, kw_only=True)
class NotificationKind(Model):
    name: str
    title: str
    channels: tuple[str, ...]
    mutable: bool


@dataclass(frozen=True, kw_only=True)
class NotificationMutes(Model):
    kinds: tuple[str, ...]
    installation_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotificationPolicy(Model):
    """How and when a person is told; version 0 is what holds for who has said nothing."""

    working_hours: Mapping[str, tuple[Mapping[str, str], ...]]
    timezone: str | None
    hold_outside: bool
    digest_at: str | None
    urgent_allowed: bool
    channels: Mapping[str, tuple[str, ...]]
    updated_at: datetime | None
    version: int
