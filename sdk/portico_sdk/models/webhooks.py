from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class WebhookEndpoint(Model):
    """A URL that receives events; `secret` comes once, with the answer that made it."""

    id: str
    url: str
    types: tuple[str, ...]
    description: str | None
    signatures: tuple[str, ...]
    payload: str | None
    filter: Mapping[str, Any]
    skip_own: bool | None
    order: str | None
    coalesce_seconds: int | None
    status: str
    reason: str | None
    installation_id: str | None
    consecutive_failures: int | None
    failing_since: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    paused_until: datetime | None
    secret: str | None
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class SigningKey(Model):
    """A key of `v1a` signatures; one with a date signs along until then."""

    id: str
    public_key: str
    created_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SigningKeys(Model):
    """The keys that sign now, newest first; everybody may read them at `jwks_url`."""

    jwks_url: str
    public_keys: tuple[SigningKey, ...]


@dataclass(frozen=True, kw_only=True)
class Replay(Model):
    """A stretch of time that is sent again: running, done or cancelled. Counting first has its bounds and `total`."""

    id: str | None
    endpoint_id: str
    since: datetime
    until: datetime
    types: tuple[str, ...]
    states: tuple[str, ...]
    total: int
    state: str | None
    laid_out: int | None
    succeeded: int | None
    open: int | None
    failed: int | None
    created_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Delivery(Model):
    """One event for one endpoint. `event` is what the endpoint would receive now; `get` alone shows it."""

    id: str
    endpoint_id: str
    installation_id: str | None
    event_id: str
    type: str
    state: str
    attempts: int
    redelivery: bool
    last_status: int | None
    last_error: str | None
    next_attempt_at: datetime | None
    behind_another: bool | None
    coalesced_into: str | None
    batch_id: str | None
    created_at: datetime | None
    finished_at: datetime | None
    url: str | None
    event: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Attempt(Model):
    """One HTTP try of a delivery, with the first bytes of the answer."""

    id: str
    delivery_id: str | None
    number: int | None
    status: int | None
    error_class: str | None
    detail: str | None
    duration_ms: int | None
    dns_ms: int | None
    connect_ms: int | None
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    started_at: datetime | None
