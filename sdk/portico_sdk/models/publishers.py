from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class Publisher(Model):
    """Who publishes apps. `verification` is none, domain (it controls `verified_domain`) or operator (it showed its
    papers). `domain` says how it is proved, and is there for the publisher itself alone."""

    id: str
    name: str
    website: str | None
    support_email: str | None
    description: str | None
    verification: str | None
    verified_domain: str | None
    verified_at: datetime | None
    domain: Mapping[str, Any] | None
    suspended_at: datetime | None
    suspended_reason: str | None
    version: int | None
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Rating(Model):
    """What one person says of an app; `by` is me, this_workspace or another_workspace and never a name."""

    id: str
    app_key: str
    by: str
    stars: int
    text: str | None
    hidden: bool
    answer: str | None
    answered_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None
