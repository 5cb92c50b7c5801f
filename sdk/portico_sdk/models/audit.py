from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model
from portico_sdk.models.identity import Actor


@dataclass(frozen=True, kw_only=True)
class AuditObject(Model):
    """What was acted on."""

    type: str
    id: str


@dataclass(frozen=True, kw_only=True)
class AuditEntry(Model):
    """One line of the record: who did what, on whose behalf, from where."""

    id: str
    workspace_id: str
    seq: int
    event_id: str
    at: datetime
    actor: Actor
    action: str
    object: AuditObject
    changes: tuple[str, ...]
    origin: Mapping[str, Any] | None
    hash: str


@dataclass(frozen=True, kw_only=True)
class AuditCheckpoint(Model):
    """A head of the record that the server signed."""

    id: str
    seq: int
    hash: str
    at: datetime
    key_id: str
    signature: str
