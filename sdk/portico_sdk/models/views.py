from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class ViewTrouble(Model):
    """Why a view is not valid: what it names is not there any more."""

    pointer: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class View(Model):
    """A saved filter with columns and a sort; `object`: ticket contact company employee."""

    id: str
    object: str
    name: str
    shared: bool
    mine: bool
    filter: Mapping[str, Any]
    columns: tuple[str, ...]
    sort: str | None
    valid: bool
    troubles: tuple[ViewTrouble, ...]
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class ViewCount(Model):
    """Exact up to 1,000; with `more` there are more than that."""

    count: int
    more: bool
