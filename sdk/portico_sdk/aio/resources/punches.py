# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/punches.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.models import AttendanceToday, BatchResult, Punch


class Punches(ResourceAPI):
    """Clocking in and out."""

    async def today(self) -> AttendanceToday:
        """What holds for the person now: rule, shifts, open session, next action."""
        return await self._get("/attendance/today", AttendanceToday)

    def list(
        self,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Iterable[str] | None = None,
        **filters: Any,
    ) -> AsyncResults[Punch]:
        params = {"sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/attendance/punches", Punch.parse, params, filters)

    async def get(self, punch_id: str) -> Punch:
        return await self._get(path("attendance", "punches", punch_id), Punch)

    async def create(self, *, kind: str, idempotency_key: str | None = None, **fields: Any) -> Punch:
        """`kind`: in out break_start break_end, of the person whose token it is. A second `in` is `ConflictError` with
        `already_clocked_in`; the same step within a minute answers the first."""
        return await self._post("/attendance/punches", Punch, {"kind": kind, **fields}, key=idempotency_key)

    async def accept(self, punch_id: str, *, note: str | None = None, idempotency_key: str | None = None) -> Punch:
        """Let a pending punch of one's people count."""
        return await self._post(
            path("attendance", "punches", punch_id, "accept"), Punch, {"note": note}, key=idempotency_key
        )

    async def reject(self, punch_id: str, *, note: str | None = None, idempotency_key: str | None = None) -> Punch:
        return await self._post(
            path("attendance", "punches", punch_id, "reject"), Punch, {"note": note}, key=idempotency_key
        )

    async def bring_in(
        self, items: Iterable[Mapping[str, Any]], *, atomic: bool = False, idempotency_key: str | None = None
    ) -> tuple[BatchResult[Punch], ...]:
        """Up to 100 rows of devices: `{employee_id | employee_no, kind?, occurred_at, device_id, device_seq?}`."""
        return await self._batch("/attendance/punches/import", Punch, items, atomic, idempotency_key)
