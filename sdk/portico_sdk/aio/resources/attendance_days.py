# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/attendance_days.py: change that instead.
"""Workdays, months and reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.aio.resources.attendance_shifts import day
from portico_sdk.models import AttendancePeriod, AttendanceReport, ExplainedWorkday, Workday

_DAYS, _PERIODS = "/attendance/workdays", "/attendance/periods"


class Workdays(ResourceAPI):
    """What dates came to: your own, and those of whom you may see."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Workday]:
        return self._list(_DAYS, Workday.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    async def get(self, workday_id: str) -> Workday:
        return await self._get(path("attendance", "workdays", workday_id), Workday)

    async def explain(self, workday_id: str) -> ExplainedWorkday:
        return await self._get(path("attendance", "workdays", workday_id, "explain"), ExplainedWorkday)

    async def confirm(self, workday_id: str) -> Workday:
        return await self._post(path("attendance", "workdays", workday_id, "confirm"), Workday)


class AttendancePeriods(ResourceAPI):
    """Months, such as `2026-11`."""

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[AttendancePeriod]:
        return self._list(_PERIODS, AttendancePeriod.parse, {"limit": limit, "cursor": cursor}, filters)

    async def get(self, month: str) -> AttendancePeriod:
        return await self._get(path("attendance", "periods", month), AttendancePeriod)

    async def close(self, month: str) -> AttendancePeriod:
        """See what is not settled, as often as you like."""
        return await self._post(path("attendance", "periods", month, "close"), AttendancePeriod)

    async def lock(self, month: str, *, anyway: bool | None = None) -> AttendancePeriod:
        return await self._post(path("attendance", "periods", month, "lock"), AttendancePeriod, given(anyway=anyway))

    async def reopen(self, month: str, *, reason: str) -> AttendancePeriod:
        return await self._post(path("attendance", "periods", month, "reopen"), AttendancePeriod, {"reason": reason})


class AttendanceReports(ResourceAPI):
    """Of at most 100 people; for more make an export."""

    async def daily(
        self,
        *,
        from_on: date | str,
        until_on: date | str,
        employee_ids: Iterable[str] | None = None,
        department_id: str | None = None,
    ) -> AttendanceReport:
        asked = {"from_on": day(from_on), "until_on": day(until_on)}
        return await self._report("daily", asked, employee_ids, department_id)

    async def monthly(
        self, *, month: str, employee_ids: Iterable[str] | None = None, department_id: str | None = None
    ) -> AttendanceReport:
        return await self._report("monthly", {"month": month}, employee_ids, department_id)

    async def _report(
        self, kind: str, asked: dict[str, str], employee_ids: Iterable[str] | None, department_id: str | None
    ) -> AttendanceReport:
        people = None if employee_ids is None else ",".join(employee_ids)
        asked |= given(employee_ids=people, department_id=department_id)
        return await self._get(f"/attendance/reports/{kind}", AttendanceReport, **asked)
