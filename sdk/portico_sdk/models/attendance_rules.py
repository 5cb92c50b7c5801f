from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class ShiftVersion(Model):
    """The times of a shift from a date on. `used`: days were computed by it, so it stays."""

    id: str
    shift_id: str
    effective_from: date
    rules: Mapping[str, Any]
    used: bool
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class Shift(Model):
    id: str
    name: str
    color: str
    archived_at: datetime | None
    current: ShiftVersion
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class RosterEntry(Model):
    """`shift_id` is None for a day of rest."""

    id: str
    employee_id: str
    work_on: date
    slot: int
    shift_id: str | None
    location_id: str | None
    published: bool
    source: str
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class RosterDone(Model):
    entries: int
    days: int


@dataclass(frozen=True, kw_only=True)
class AttendanceGroupVersion(Model):
    id: str
    group_id: str
    effective_from: date
    rules: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class AttendanceGroup(Model):
    """`current`: the rules that hold today; `people`: how many work by them."""

    id: str
    name: str
    priority: int
    ends_on: date | None
    current: AttendanceGroupVersion
    people: int
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class AttendanceAssignment(Model):
    """Without a group several claim the person: the `contenders`."""

    id: str
    employee_id: str
    display_name: str
    group_id: str | None
    contenders: tuple[str, ...]
    from_on: date
    until_on: date | None


@dataclass(frozen=True, kw_only=True)
class AttendanceLocation(Model):
    id: str
    name: str
    lat: float
    lng: float
    radius_m: int
    min_accuracy_m: int
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class AttendanceWifi(Model):
    id: str
    ssid: str
    bssid: str
    location_id: str | None
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class AttendanceDevice(Model):
    """`key` is there once: when it is made."""

    id: str
    name: str
    location_id: str | None
    key_hint: str
    disabled_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    key: str | None
