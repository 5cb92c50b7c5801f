from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class Identifier(Model):
    """How a contact is reached or known: `kind` is email, phone or external (then with a namespace)."""

    id: str | None
    kind: str
    value: str
    namespace: str | None
    label: str | None
    primary: bool
    verified: bool
    verified_at: datetime | None
    verification: str | None
    shared: bool


@dataclass(frozen=True, kw_only=True)
class Contact(Model):
    """A person outside the company."""

    id: str
    display_name: str
    identifiers: tuple[Identifier, ...]
    company_ids: tuple[str, ...]
    owner_employee_id: str | None
    lifecycle_stage: str | None
    tags: tuple[str, ...]
    properties: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None
