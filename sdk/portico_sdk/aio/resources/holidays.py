# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/holidays.py: change that instead.
"""Holiday calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.aio.resources.attendance_shifts import day
from portico_sdk.models import Holiday, HolidayCalendar, HolidayEffects, HolidaysImported

_CALENDARS = "/holiday-calendars"


class HolidayCalendars(ResourceAPI):
    """Holidays of the company and of regions, which inherit."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[HolidayCalendar]:
        return self._list(_CALENDARS, HolidayCalendar.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    async def get(self, calendar_id: str) -> HolidayCalendar:
        return await self._get(path("holiday-calendars", calendar_id), HolidayCalendar)

    async def create(
        self,
        *,
        name: str,
        region: str | None = None,
        parent_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> HolidayCalendar:
        body = given(name=name, region=region, parent_id=parent_id)
        return await self._post(_CALENDARS, HolidayCalendar, body, key=idempotency_key)

    async def update(self, calendar_id: str, *, if_match: str, **fields: Any) -> HolidayCalendar:
        return await self._patch(path("holiday-calendars", calendar_id), HolidayCalendar, fields, if_match=if_match)

    async def delete(self, calendar_id: str, *, if_match: str) -> None:
        await self._delete(path("holiday-calendars", calendar_id), if_match=if_match)

    def holidays(
        self, calendar_id: str, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Holiday]:
        where = path("holiday-calendars", calendar_id, "holidays")
        return self._list(where, Holiday.parse, {"limit": limit, "cursor": cursor}, filters)

    async def add_holiday(
        self, calendar_id: str, *, on: date | str, name: str, idempotency_key: str | None = None, **fields: Any
    ) -> Holiday:
        body = {"on": day(on), "name": name, **fields}
        return await self._post(path("holiday-calendars", calendar_id, "holidays"), Holiday, body, key=idempotency_key)

    async def replace_holiday(self, calendar_id: str, holiday_id: str, *, if_match: str, **fields: Any) -> Holiday:
        where = path("holiday-calendars", calendar_id, "holidays", holiday_id)
        return await self._put(where, Holiday, fields, if_match=if_match)

    async def delete_holiday(self, calendar_id: str, holiday_id: str, *, if_match: str) -> None:
        await self._delete(path("holiday-calendars", calendar_id, "holidays", holiday_id), if_match=if_match)

    async def preview(
        self,
        calendar_id: str,
        *,
        holidays: Sequence[Mapping[str, Any]] = (),
        removed_ids: Sequence[str] = (),
        **fields: Any,
    ) -> HolidayEffects:
        """What it would do to put these holidays and to remove those; nothing is kept. `parent_id`: to inherit from
        another calendar."""
        put = [{**one, "on": day(one["on"])} for one in holidays]
        body = {"holidays": put, "removed_ids": list(removed_ids), **fields}
        return await self._post(path("holiday-calendars", calendar_id, "preview"), HolidayEffects, body)

    async def import_ics(self, calendar_id: str, ics: str) -> HolidaysImported:
        return await self._post(path("holiday-calendars", calendar_id, "import"), HolidaysImported, {"ics": ics})

    async def ics(self, calendar_id: str) -> bytes:
        """The holidays as a calendar file."""
        return await self._transport.download(path("holiday-calendars", calendar_id, "holidays.ics"))
