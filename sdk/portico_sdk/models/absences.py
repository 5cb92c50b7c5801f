from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class AbsenceType(Model):
    """`approvers` decide, a step each; with none, nobody has to."""

    id: str
    key: str
    label: str
    paid: bool
    hourly: bool
    approvers: tuple[str, ...]
    source: str
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class AbsenceEdge(Model):
    """`slot`: am pm full."""

    on: date
    slot: str


@dataclass(frozen=True, kw_only=True)
class AbsenceChange(Model):
    """What is asked of an approved absence; `kind`: cancel shorten."""

    kind: str
    to: AbsenceEdge | None

    @property
    def start(self) -> AbsenceEdge | None:
        """The API's `from`, which Python keeps for itself."""
        return AbsenceEdge.parse(self.raw["from"]) if self.raw.get("from") else None


@dataclass(frozen=True, kw_only=True)
class Absence(Model):
    """By dates and halves (`start`, `to`) or by the hour (`from_at`, `until_at`). `status`: requested approved
    rejected cancelled."""

    id: str
    employee_id: str
    type_key: str
    to: AbsenceEdge | None
    from_at: datetime | None
    until_at: datetime | None
    from_on: date
    until_on: date
    timezone: str
    status: str
    paid: bool
    note: str | None
    source: str
    source_ref: str | None
    pending_change: AbsenceChange | None
    created_at: datetime
    updated_at: datetime
    version: int

    @property
    def start(self) -> AbsenceEdge | None:
        """The API's `from`, which Python keeps for itself."""
        return AbsenceEdge.parse(self.raw["from"]) if self.raw.get("from") else None


@dataclass(frozen=True, kw_only=True)
class AbsenceDay(Model):
    """`slots` are taken; in those that are `counted` the person was to work."""

    on: date
    day_kind: str
    holiday: str | None
    slots: tuple[str, ...]
    counted: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AbsenceDays(Model):
    """`half_days` are halves of working days; `by_year` the same by the year of the date."""

    days: tuple[AbsenceDay, ...]
    half_days: int
    by_year: Mapping[str, int]
    conflicts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OvertimeRequest(Model):
    """`status`: requested approved rejected cancelled."""

    id: str
    employee_id: str
    work_on: date
    requested_minutes: int
    approved_minutes: int | None
    credited_minutes: int | None
    reason: str | None
    status: str
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class AttendanceCorrection(Model):
    """`status`: submitted approved rejected withdrawn expired."""

    id: str
    employee_id: str
    work_on: date
    kind: str | None
    occurred_at: datetime | None
    punch_id: str | None
    reason: str
    status: str
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class CalendarFeed(Model):
    """`url` is there once, when it is made."""

    id: str
    name: str
    url: str | None
    created_at: datetime
