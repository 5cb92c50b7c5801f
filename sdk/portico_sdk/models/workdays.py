from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class Workday(Model):
    """What a date of somebody came to; `status`: open computed exception corrected confirmed locked."""

    id: str
    employee_id: str
    work_on: date
    group_id: str | None
    shift_version_ids: tuple[str, ...]
    shifts: tuple[str, ...]
    day_kind: str | None
    holiday: str | None
    timezone: str | None
    planned_minutes: int
    worked_minutes: int
    worked_seconds: int
    paid_minutes: int
    break_minutes: int
    late_minutes: int
    early_minutes: int
    absent_minutes: int
    overtime_minutes: int
    absence_minutes: int
    absence_by_type: Mapping[str, int]
    first_in_at: datetime | None
    last_out_at: datetime | None
    day_credit: int
    exceptions: tuple[Any, ...]
    status: str
    stale: bool
    computed_at: datetime | None
    definition_version: int
    tzdb_version: str | None
    version: int


@dataclass(frozen=True, kw_only=True)
class WorkdayStep(Model):
    code: str
    about: Mapping[str, Any]
    text: str


@dataclass(frozen=True, kw_only=True)
class ExplainedWorkday(Model):
    """`matches`: computing it now gives what is stored."""

    workday: Workday
    inputs: Mapping[str, Any]
    inputs_hash: str
    matches: bool
    steps: tuple[WorkdayStep, ...]


@dataclass(frozen=True, kw_only=True)
class UnresolvedDay(Model):
    workday_id: str | None
    employee_id: str
    work_on: date
    why: str
    exceptions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AttendancePeriod(Model):
    """`state`: open closing locked reopened. `list` is there when it was closed just now."""

    month: str
    state: str
    reason: str | None
    tzdb_version: str | None
    closed_at: datetime | None
    locked_at: datetime | None
    reopened_at: datetime | None
    unresolved: int
    version: int
    list: tuple[UnresolvedDay, ...]


@dataclass(frozen=True, kw_only=True)
class AttendanceReport(Model):
    """`data`: a row for each person, or for each person and day."""

    as_of: datetime
    definition_version: int
    data: tuple[Any, ...]
