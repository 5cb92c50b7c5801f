# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/attendance_requests.py: change that instead.
"""What people ask of attendance: overtime, and corrections of punches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import AttendanceCorrection, OvertimeRequest


class OvertimeRequests(ResourceAPI):
    """Minutes beyond the plan of a day."""

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[OvertimeRequest]:
        return self._list("/overtime-requests", OvertimeRequest.parse, {"limit": limit, "cursor": cursor}, filters)

    async def get(self, overtime_id: str) -> OvertimeRequest:
        return await self._get(path("overtime-requests", overtime_id), OvertimeRequest)

    async def create(
        self,
        *,
        work_on: date | str,
        minutes: int,
        reason: str | None = None,
        employee_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> OvertimeRequest:
        body = {"work_on": str(work_on), "minutes": minutes, **given(reason=reason, employee_id=employee_id)}
        return await self._post("/overtime-requests", OvertimeRequest, body, key=idempotency_key)

    async def approve(
        self,
        overtime_id: str,
        *,
        minutes: int | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
    ) -> OvertimeRequest:
        """Fewer `minutes` than were asked for, perhaps."""
        body = given(minutes=minutes, note=note)
        return await self._post(
            path("overtime-requests", overtime_id, "approve"), OvertimeRequest, body, key=idempotency_key
        )

    async def reject(
        self, overtime_id: str, *, note: str | None = None, idempotency_key: str | None = None
    ) -> OvertimeRequest:
        body = given(note=note)
        return await self._post(
            path("overtime-requests", overtime_id, "reject"), OvertimeRequest, body, key=idempotency_key
        )

    async def cancel(self, overtime_id: str, *, idempotency_key: str | None = None) -> OvertimeRequest:
        return await self._post(path("overtime-requests", overtime_id, "cancel"), OvertimeRequest, key=idempotency_key)


class AttendanceCorrections(ResourceAPI):
    """Punches that are missing or wrong; people ask for their own."""

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[AttendanceCorrection]:
        query = {"limit": limit, "cursor": cursor}
        return self._list("/attendance/corrections", AttendanceCorrection.parse, query, filters)

    async def get(self, correction_id: str) -> AttendanceCorrection:
        return await self._get(path("attendance", "corrections", correction_id), AttendanceCorrection)

    async def create(
        self,
        *,
        work_on: date | str,
        reason: str,
        kind: str | None = None,
        occurred_at: datetime | str | None = None,
        punch_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> AttendanceCorrection:
        """A punch of `kind` (in out break_start break_end) at `occurred_at`, perhaps in place of `punch_id`."""
        more = given(kind=kind, occurred_at=occurred_at, punch_id=punch_id)
        body = {"work_on": str(work_on), "reason": reason, **more}
        return await self._post("/attendance/corrections", AttendanceCorrection, body, key=idempotency_key)

    async def approve(
        self, correction_id: str, *, note: str | None = None, idempotency_key: str | None = None
    ) -> AttendanceCorrection:
        return await self._step(correction_id, "approve", given(note=note), idempotency_key)

    async def reject(
        self, correction_id: str, *, note: str | None = None, idempotency_key: str | None = None
    ) -> AttendanceCorrection:
        return await self._step(correction_id, "reject", given(note=note), idempotency_key)

    async def withdraw(self, correction_id: str, *, idempotency_key: str | None = None) -> AttendanceCorrection:
        return await self._step(correction_id, "withdraw", None, idempotency_key)

    async def _step(self, correction_id: str, step: str, body: Any, key: str | None) -> AttendanceCorrection:
        where = path("attendance", "corrections", correction_id, step)
        return await self._post(where, AttendanceCorrection, body, key=key)
