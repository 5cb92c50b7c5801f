from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class Company(Model):
    """An organisation outside; `domains` belong to it alone."""

    id: str
    name: str
    domains: tuple[str, ...]
    parent_id: str | None
    owner_employee_id: str | None
    tags: tuple[str, ...]
    properties: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None
