from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class HolidayCalendar(Model):
    id: str
    name: str
    region: str | None
    parent_id: str | None
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class Holiday(Model):
    """`kind`: off makeup partial."""

    id: str
    calendar_id: str
    on: date
    kind: str
    name: str
    works_as: int | None
    off_from: str | None
    off_until: str | None
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class HolidaysImported(Model):
    added: int
    changed: int
    skipped: int


@dataclass(frozen=True, kw_only=True)
class HolidayRule(Model):
    """`kind`: off makeup partial."""

    kind: str
    name: str
    works_as: int | None
    off_from: str | None
    off_until: str | None


@dataclass(frozen=True, kw_only=True)
class HolidayEffect(Model):
    """What holds of a date and what would; None is a day like others."""

    on: date
    before: HolidayRule | None
    after: HolidayRule | None
    people: int
    locked: bool


@dataclass(frozen=True, kw_only=True)
class HolidayEffects(Model):
    """What other holidays would do."""

    people: int
    recomputed_days: int
    locked_days: int
    locked_months: tuple[str, ...]
    dates: tuple[HolidayEffect, ...]
