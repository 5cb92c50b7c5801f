# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/attendance_shifts.py: change that instead.
"""Shifts and the roster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import RosterDone, RosterEntry, Shift, ShiftVersion

_SHIFTS, _ROSTER = "/attendance/shifts", "/attendance/roster"


def day(on: date | str) -> str:
    return on if isinstance(on, str) else on.isoformat()


class Shifts(ResourceAPI):
    """Kinds of working days. Their times stand in versions, each from a date on."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Shift]:
        return self._list(_SHIFTS, Shift.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    async def get(self, shift_id: str) -> Shift:
        return await self._get(path("attendance", "shifts", shift_id), Shift)

    async def create(
        self,
        *,
        name: str,
        rules: Mapping[str, Any],
        color: str | None = None,
        effective_from: date | str | None = None,
        idempotency_key: str | None = None,
    ) -> Shift:
        """`rules={"segments": [{"start": "22:00", "end": "30:00"}]}` is a night shift until six."""
        start = None if effective_from is None else day(effective_from)
        body = given(name=name, rules=rules, color=color, effective_from=start)
        return await self._post(_SHIFTS, Shift, body, key=idempotency_key)

    async def update(self, shift_id: str, *, if_match: str, **fields: Any) -> Shift:
        return await self._patch(path("attendance", "shifts", shift_id), Shift, fields, if_match=if_match)

    async def delete(self, shift_id: str, *, if_match: str) -> None:
        await self._delete(path("attendance", "shifts", shift_id), if_match=if_match)

    def versions(
        self, shift_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncResults[ShiftVersion]:
        where = path("attendance", "shifts", shift_id, "versions")
        return self._list(where, ShiftVersion.parse, {"limit": limit, "cursor": cursor})

    async def add_version(
        self,
        shift_id: str,
        *,
        effective_from: date | str,
        rules: Mapping[str, Any],
        idempotency_key: str | None = None,
    ) -> ShiftVersion:
        body = {"effective_from": day(effective_from), "rules": rules}
        return await self._post(
            path("attendance", "shifts", shift_id, "versions"), ShiftVersion, body, key=idempotency_key
        )

    async def update_version(self, shift_id: str, version_id: str, *, if_match: str, **fields: Any) -> ShiftVersion:
        where = path("attendance", "shifts", shift_id, "versions", version_id)
        return await self._patch(where, ShiftVersion, fields, if_match=if_match)

    async def delete_version(self, shift_id: str, version_id: str, *, if_match: str) -> None:
        await self._delete(path("attendance", "shifts", shift_id, "versions", version_id), if_match=if_match)


class Roster(ResourceAPI):
    """Who works what on which date: drafts, and what is published."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[RosterEntry]:
        return self._list(_ROSTER, RosterEntry.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    async def put(self, entries: Iterable[Mapping[str, Any]]) -> RosterDone:
        """Drafts, up to 500: `{"employee_id", "work_on", "shift_id"}`, with None for a day of rest."""
        return await self._put(_ROSTER, RosterDone, {"entries": list(entries)}, if_match=None)

    async def publish(
        self,
        *,
        from_on: date | str,
        until_on: date | str,
        employee_ids: Iterable[str] | None = None,
        idempotency_key: str | None = None,
    ) -> RosterDone:
        people = None if employee_ids is None else list(employee_ids)
        body = given(from_on=day(from_on), until_on=day(until_on), employee_ids=people)
        return await self._post(f"{_ROSTER}/publish", RosterDone, body, key=idempotency_key)

    async def copy_week(
        self,
        *,
        from_week_on: date | str,
        to_week_on: date | str,
        employee_ids: Iterable[str] | None = None,
        idempotency_key: str | None = None,
    ) -> RosterDone:
        people = None if employee_ids is None else list(employee_ids)
        body = given(from_week_on=day(from_week_on), to_week_on=day(to_week_on), employee_ids=people)
        return await self._post(f"{_ROSTER}/copy", RosterDone, body, key=idempotency_key)
