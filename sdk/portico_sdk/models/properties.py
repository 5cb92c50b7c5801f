from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class PropertyOption(Model):
    """What a select can be; one that is archived stays where it is and is not chosen anew."""

    key: str
    label: str
    archived: bool


@dataclass(frozen=True, kw_only=True)
class Property(Model):
    """A custom field of an object; its values stand in the object's `properties`, by `key`."""

    id: str
    object: str
    key: str
    label: str
    type: str
    options: tuple[PropertyOption, ...]
    sensitive: bool
    app_key: str | None
    state: str
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None
