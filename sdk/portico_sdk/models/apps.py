from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model
from portico_sdk.models.identity import Reference
from portico_sdk.models.publishers import Publisher


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
    released_at: datetime | None
    percent: int | None
    paused: bool | None
    checked_at: datetime | None
    submitted_at: datetime | None
    reviewed_at: datetime | None
    review_level: str | None
    review_reasons: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class RegisteredApp(Model):
    """What a developer registers; `version` is the newest, without its manifest.

    `client_secret` and `signing_secret` come once, when it is made.
    """

    id: str
    key: str
    name: str | None
    client_id: str
    client_secret: str | None
    signing_secret: str | None
    visibility: str
    publisher: Reference | None
    version: AppVersion | None
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AppSecret(Model):
    """A client secret; `client_secret` comes once, when it is made."""

    id: str
    client_secret: str | None
    hint: str | None
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DevSession(Model):
    """An installed app that runs on its developer's machine until `expires_at`, unless it is renewed before.

    Its calls are read from `tunnel_url` as server-sent events.
    """

    id: str
    app_id: str
    installation_id: str
    employee_id: str
    local_url: str
    host: str
    tunnel_url: str
    lease_seconds: int
    created_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ApiRequest(Model):
    """A call that an app made of the API, as the log keeps it: no body, no token, no value of the query.

    `request_id` is the `X-Request-Id`; `errors` name each wrong field by pointer and code; `scopes` hold what the
    operation needs (`needed`) and what of that the token had (`held`).
    """

    id: str
    request_id: str
    at: datetime | None
    installation_id: str
    employee_id: str | None
    method: str
    operation: str
    route: str
    path: str
    query_keys: tuple[str, ...]
    status: int
    code: str | None
    errors: tuple[Mapping[str, Any], ...]
    duration_ms: int
    scopes: Mapping[str, Any]
    user_agent: str | None
    rate_limit: Mapping[str, Any]
    replayed: bool


@dataclass(frozen=True, kw_only=True)
class AppKey(Model):
    """A public key of an app; `jwk` holds its public members."""

    id: str
    kid: str
    alg: str
    jwk: Mapping[str, Any]
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ScopeAsked(Model):
    """A scope that an app wants: `sentence` completes "This app can …", `reason` is the developer's."""

    name: str
    sentence: str
    risk: str
    reason: str
    required: bool


@dataclass(frozen=True, kw_only=True)
class Listing(Model):
    """An app's page in the catalogue."""

    id: str
    app_key: str
    name: str
    summary: str
    description: str | None
    icon: str | None
    categories: tuple[str, ...]
    publisher: Publisher | None
    installs: Mapping[str, Any]
    active_users: Mapping[str, Any]
    rating: Mapping[str, Any]
    visibility: str
    version: AppVersion | None
    scopes: tuple[ScopeAsked, ...]
    egress: tuple[Mapping[str, Any], ...]
    screenshots: tuple[Mapping[str, Any], ...]
    support_url: str | None
    privacy_url: str | None
    published_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Plan(Model):
    """What a deployment would change, by kind, and which installations would wait for a consent."""

    changes: Mapping[str, Any]
    releases: bool
    installations: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Installation(Model):
    """One app in one workspace. `pending_scopes` are asked for by its version and not granted yet."""

    id: str
    app_key: str
    status: str
    suspended_by: str | None
    holds: tuple[Mapping[str, Any], ...]
    granted_scopes: tuple[str, ...]
    pending_scopes: tuple[str, ...]
    availability: Mapping[str, Any]
    data_range: Mapping[str, Any] | None
    settings: Mapping[str, Any]
    version: int | None
    created_at: datetime | None
    updated_at: datetime | None
    uninstalled_at: datetime | None
    erases_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class HoldOutcome(Model):
    """How many installations a publisher's suspension, or its lifting, changed."""

    app_id: str
    side: str
    changed: int


@dataclass(frozen=True, kw_only=True)
class UninstallPreview(Model):
    """What would end with an app, and until when it can come back."""

    installation_id: str
    dependents: tuple[Mapping[str, Any], ...]
    restorable_until: datetime | None
    egress: tuple[Mapping[str, Any], ...]
    tells_app: bool


@dataclass(frozen=True, kw_only=True)
class Erasure(Model):
    """What an app was told to erase, until when, and the receipt that it signed."""

    id: str
    installation_id: str
    app_key: str
    state: str
    requested_at: datetime | None
    due_at: datetime | None
    received_at: datetime | None
    receipt: Mapping[str, Any]
    receipt_url: str | None


@dataclass(frozen=True, kw_only=True)
class InstallationRequest(Model):
    """Equal requests are one; `count` people asked."""

    id: str
    app_key: str
    kind: str
    status: str
    count: int
    requesters: tuple[Mapping[str, Any], ...]
    answer: str | None
    installation_id: str | None
    decided_by: str | None
    decided_at: datetime | None
    expires_at: datetime | None
    version: int | None
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class InstallationPolicy(Model):
    """What a company lets in; `allowed_publishers` is empty in `raw` as null for all that are not denied."""

    deny_scopes: tuple[str, ...]
    allowed_publishers: tuple[str, ...]
    denied_publishers: tuple[str, ...]
    minimum_review: str
    minimum_verification: str | None
    auto_approve: str
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Access(Model):
    """Whether one person may use one app, and why: what stands in the way comes first."""

    app_key: str
    employee_id: str
    installation_id: str | None
    allowed: bool
    reasons: tuple[Mapping[str, Any], ...]
