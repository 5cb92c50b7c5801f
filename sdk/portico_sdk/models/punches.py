from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class PunchPosition(Model):
    """Where a punch was made, as the device said."""

    lat: float
    lng: float
    accuracy_m: float


@dataclass(frozen=True, kw_only=True)
class Punch(Model):
    """`kind`: in out break_start break_end auto. `status`: accepted pending rejected void. `evidence`: inside outside
    low_accuracy mock_suspected no_evidence; it is a hint and no proof."""

    id: str
    employee_id: str
    kind: str
    occurred_at: datetime
    timezone: str
    work_on: date
    method: str
    status: str
    evidence: str
    hints: tuple[str, ...]
    shift_instance_key: str | None
    location_id: str | None
    device_id: str | None
    device_seq: int | None
    client_at: datetime | None
    offset_s: int | None
    client_timezone: str | None
    note: str | None
    correction_id: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None
    created_by: str | None
    position: PunchPosition | None
    bssid: str | None
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class WorkSession(Model):
    """From one clock-in to its end. `state`: open closed auto_closed needs_review."""

    id: str
    employee_id: str
    state: str
    work_on: date
    timezone: str
    in_punch_id: str
    out_punch_id: str | None
    shift_instance_key: str | None
    opened_at: datetime
    break_since: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PlannedShift(Model):
    """A shift around now: when it is planned, and from when until when one can clock for it."""

    key: str
    work_on: date
    name: str | None
    starts_at: datetime
    ends_at: datetime
    window_from: datetime
    window_to: datetime


@dataclass(frozen=True, kw_only=True)
class AttendanceToday(Model):
    """What holds now, and what can come next. Where `local_timezone` differs from `timezone`, show both."""

    employee_id: str
    now: datetime
    work_on: date
    timezone: str
    local_timezone: str
    group: Mapping[str, Any] | None
    methods: tuple[str, ...]
    evidence: Mapping[str, Any]
    shifts: tuple[PlannedShift, ...]
    session: WorkSession | None
    punches: tuple[Punch, ...]
    next_action: str | None
    actions: tuple[str, ...]
