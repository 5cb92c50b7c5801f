"""Holiday calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import Holiday, HolidayCalendar, HolidayEffects, HolidaysImported
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI, given
from portico_sdk.resources.attendance_shifts import day

_CALENDARS = "/holiday-calendars"


class HolidayCalendars(ResourceAPI):
    """Holidays of the company and of regions, which inherit."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> Results[HolidayCalendar]:
        return self._list(_CALENDARS, HolidayCalendar.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    def get(self, calendar_id: str) -> HolidayCalendar:
        return self._get(path("holiday-calendars", calendar_id), HolidayCalendar)

    def create(
        self,
        *,
        name: str,
        region: str | None = None,
        parent_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> HolidayCalendar:
        body = given(name=name, region=region, parent_id=parent_id)
        return self._post(_CALENDARS, HolidayCalendar, body, key=idempotency_key)

    def update(self, calendar_id: str, *, if_match: str, **fields: Any) -> HolidayCalendar:
        return self._patch(path("holiday-calendars", calendar_id), HolidayCalendar, fields, if_match=if_match)

    def delete(self, calendar_id: str, *, if_match: str) -> None:
        self._delete(path("holiday-calendars", calendar_id), if_match=if_match)

    def holidays(
        self, calendar_id: str, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> Results[Holiday]:
        where = path("holiday-calendars", calendar_id, "holidays")
        return self._list(where, Holiday.parse, {"limit": limit, "cursor": cursor}, filters)

    def add_holiday(
        self, calendar_id: str, *, on: date | str, name: str, idempotency_key: str | None = None, **fields: Any
    ) -> Holiday:
        body = {"on": day(on), "name": name, **fields}
        return self._post(path("holiday-calendars", calendar_id, "holidays"), Holiday, body, key=idempotency_key)

    def replace_holiday(self, calendar_id: str, holiday_id: str, *, if_match: str, **fields: Any) -> Holiday:
        where = path("holiday-calendars", calendar_id, "holidays", holiday_id)
        return self._put(where, Holiday, fields, if_match=if_match)

    def delete_holiday(self, calendar_id: str, holiday_id: str, *, if_match: str) -> None:
        self._delete(path("holiday-calendars", calendar_id, "holidays", holiday_id), if_match=if_match)

    def preview(
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
        return self._post(path("holiday-calendars", calendar_id, "preview"), HolidayEffects, body)

    def import_ics(self, calendar_id: str, ics: str) -> HolidaysImported:
        return self._post(path("holiday-calendars", calendar_id, "import"), HolidaysImported, {"ics": ics})

    def ics(self, calendar_id: str) -> bytes:
        """The holidays as a calendar file."""
        return self._transport.download(path("holiday-calendars", calendar_id, "holidays.ics"))
