# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/absences.py: change that instead.
"""When people are away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Absence, AbsenceDays, AbsenceType

Edge = Mapping[str, Any] | date | str
"""A date, or a date with a half: `{"on": "2026-12-23", "slot": "am"}`."""


def edge(value: Edge | None) -> Mapping[str, Any] | None:
    return {"on": str(value)} if isinstance(value, date | str) else value


def _span(start: Edge | None, to: Edge | None, from_at: Any, until_at: Any) -> dict[str, Any]:
    ends = {"from": edge(start), "to": edge(to), "from_at": from_at, "until_at": until_at}
    return {name: value for name, value in ends.items() if value is not None}


class Absences(ResourceAPI):
    """Absences by dates and halves of them, or by the hour."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Absence]:
        return self._list("/absences", Absence.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    async def get(self, absence_id: str) -> Absence:
        return await self._get(path("absences", absence_id), Absence)

    async def create(
        self,
        *,
        type_key: str,
        start: Edge | None = None,
        to: Edge | None = None,
        from_at: datetime | str | None = None,
        until_at: datetime | str | None = None,
        employee_id: str | None = None,
        status: str | None = None,
        note: str | None = None,
        paid: bool | None = None,
        source_ref: str | None = None,
        idempotency_key: str | None = None,
    ) -> Absence:
        """`start` and `to` are dates, or `{"on": …, "slot": "am" | "pm" | "full"}`. With a `source_ref` of yours a
        retry answers what it wrote first. `ConflictError` with `absence_overlap` where something is there already."""
        more = given(employee_id=employee_id, status=status, note=note, paid=paid, source_ref=source_ref)
        body = {"type_key": type_key, **_span(start, to, from_at, until_at), **more}
        return await self._post("/absences", Absence, body, key=idempotency_key)

    async def preview(
        self,
        *,
        start: Edge | None = None,
        to: Edge | None = None,
        from_at: datetime | str | None = None,
        until_at: datetime | str | None = None,
        employee_id: str | None = None,
    ) -> AbsenceDays:
        """What would count; nothing is asked for."""
        body = {**_span(start, to, from_at, until_at), **given(employee_id=employee_id)}
        return await self._post("/absences/preview", AbsenceDays, body)

    async def days(self, absence_id: str) -> AbsenceDays:
        return await self._get(path("absences", absence_id, "days"), AbsenceDays)

    async def approve(self, absence_id: str, *, note: str | None = None, idempotency_key: str | None = None) -> Absence:
        return await self._post(path("absences", absence_id, "approve"), Absence, given(note=note), key=idempotency_key)

    async def reject(self, absence_id: str, *, note: str | None = None, idempotency_key: str | None = None) -> Absence:
        return await self._post(path("absences", absence_id, "reject"), Absence, given(note=note), key=idempotency_key)

    async def cancel(self, absence_id: str, *, note: str | None = None, idempotency_key: str | None = None) -> Absence:
        """What has begun is asked for: look at `pending_change`."""
        return await self._post(path("absences", absence_id, "cancel"), Absence, given(note=note), key=idempotency_key)

    async def shorten(
        self,
        absence_id: str,
        *,
        start: Edge | None = None,
        to: Edge | None = None,
        idempotency_key: str | None = None,
    ) -> Absence:
        """To a part of what it was."""
        body = _span(start, to, None, None)
        return await self._post(path("absences", absence_id, "shorten"), Absence, body, key=idempotency_key)


class AbsenceTypes(ResourceAPI):
    """Why people are away."""

    def list(self, *, limit: int | None = None, cursor: str | None = None, **filters: Any) -> AsyncResults[AbsenceType]:
        return self._list("/absence-types", AbsenceType.parse, {"limit": limit, "cursor": cursor}, filters)

    async def get(self, type_id: str) -> AbsenceType:
        return await self._get(path("absence-types", type_id), AbsenceType)

    async def create(
        self,
        *,
        key: str,
        label: str,
        paid: bool | None = None,
        hourly: bool | None = None,
        approvers: Iterable[str] | None = None,
        idempotency_key: str | None = None,
    ) -> AbsenceType:
        """`approvers`: `["manager", "role:hr_admin"]`, a step each; `[]` when nobody has to decide."""
        body = {"key": key, "label": label, **given(paid=paid, hourly=hourly, approvers=approvers)}
        return await self._post("/absence-types", AbsenceType, body, key=idempotency_key)

    async def update(self, type_id: str, *, if_match: str | None = None, **fields: Any) -> AbsenceType:
        """`archived=True` takes it out of what can be asked for."""
        return await self._patch(path("absence-types", type_id), AbsenceType, fields, if_match=if_match)
