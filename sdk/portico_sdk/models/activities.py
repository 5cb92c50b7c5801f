from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model
from portico_sdk.models.identity import Actor


@dataclass(frozen=True, kw_only=True)
class Activity(Model):
    """What happened with a contact: `kind` is note, call, meeting, email, stage or app:<key>:<type>."""

    id: str
    contact_id: str
    kind: str
    occurred_at: datetime | None
    recorded_at: datetime | None
    author: Actor | None
    body: str | None
    data: Mapping[str, Any]
    visibility: str | None
    source_ref: str | None


@dataclass(frozen=True, kw_only=True)
class Consent(Model):
    """What a contact agreed to for one channel and purpose; `is_current` says whether it holds now."""

    id: str
    contact_id: str
    channel: str
    purpose: str
    status: str
    basis: str | None
    source: str | None
    at: datetime | None
    recorded_at: datetime | None
    author: Actor | None
    is_current: bool
