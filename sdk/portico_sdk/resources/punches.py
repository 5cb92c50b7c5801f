from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import AttendanceToday, BatchResult, Punch
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI


class Punches(ResourceAPI):
    """Clocking in and out."""

    def today(self) -> AttendanceToday:
        """What holds for the person now: rule, shifts, open session, next action."""
        return self._get("/attendance/today", AttendanceToday)

    def list(
        self,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Iterable[str] | None = None,
        **filters: Any,
    ) -> Results[Punch]:
        params = {"sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/attendance/punches", Punch.parse, params, filters)

    def get(self, punch_id: str) -> Punch:
        return self._get(path("attendance", "punches", punch_id), Punch)

    def create(self, *, kind: str, idempotency_key: str | None = None, **fields: Any) -> Punch:
        """`kind`: in out break_start break_end, of the person whose token it is. A second `in` is `ConflictError` with
        `already_clocked_in`; the same step within a minute answers the first."""
        return self._post("/attendance/punches", Punch, {"kind": kind, **fields}, key=idempotency_key)

    def accept(self, punch_id: str, *, note: str | None = None, idempotency_key: str | None = None) -> Punch:
        """Let a pending punch of one's people count."""
        return self._post(path("attendance", "punches", punch_id, "accept"), Punch, {"note": note}, key=idempotency_key)

    def reject(self, punch_id: str, *, note: str | None = None, idempotency_key: str | None = None) -> Punch:
        return self._post(path("attendance", "punches", punch_id, "reject"), Punch, {"note": note}, key=idempotency_key)

    def bring_in(
        self, items: Iterable[Mapping[str, Any]], *, atomic: bool = False, idempotency_key: str | None = None
    ) -> tuple[BatchResult[Punch], ...]:
        """Up to 100 rows of devices: `{employee_id | employee_no, kind?, occurred_at, device_id, device_seq?}`."""
        return self._batch("/attendance/punches/import", Punch, items, atomic, idempotency_key)
