"""Holiday calendars over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance import ics
from portico.domains.attendance.api.blueprint import ADMIN, READ, blp
from portico.domains.attendance.queries import holiday_effects, holidays, setup
from portico.domains.attendance.schemas import holidays as shapes
from portico.domains.attendance.service import holding
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created
from portico.web.downloads import Download

_CALENDARS = "/holiday-calendars"
_CALENDAR = f'{_CALENDARS}/<id("cal"):holiday_calendar_id>'
_HOLIDAY = f'{_CALENDAR}/holidays/<id("hol"):holiday_id>'


@blp.get(
    _CALENDARS, scope=READ, listing=setup.CALENDARS, answer=shapes.HolidayCalendar, summary="List holiday calendars"
)
def list_holiday_calendars(actor: Actor, query: ListQuery) -> Page:
    return setup.page_of(actor, holidays.CALENDAR, setup.CALENDARS, query)


@blp.post(
    _CALENDARS,
    scope=ADMIN,
    body=shapes.HolidayCalendarCreate,
    answer=shapes.HolidayCalendar,
    status=201,
    summary="Make a holiday calendar",
    refusals=("name_taken", "out_of_range"),
)
def create_holiday_calendar(actor: Actor, body: dict[str, Any]) -> Created:
    """With a `parent_id` it has the holidays of that one besides; what it says of a date itself comes first."""
    made = holding.create_calendar(actor, body)
    return Created(made, f"/api/v1{_CALENDARS}/{made['id']}")


@blp.get(_CALENDAR, scope=READ, answer=shapes.HolidayCalendar, summary="Read a holiday calendar")
def get_holiday_calendar(actor: Actor, holiday_calendar_id: str) -> Any:
    return setup.one(actor, holidays.CALENDAR, holiday_calendar_id)


@blp.patch(
    _CALENDAR,
    scope=ADMIN,
    body=shapes.HolidayCalendarUpdate,
    answer=shapes.HolidayCalendar,
    versioned=True,
    must_match=True,
    summary="Change a holiday calendar",
    refusals=("name_taken", "calendar_cycle", "out_of_range"),
)
def update_holiday_calendar(
    actor: Actor, holiday_calendar_id: str, body: dict[str, Any], expected_version: int | None
) -> Any:
    return holding.update_calendar(actor, holiday_calendar_id, body, expected_version)


@blp.delete(
    _CALENDAR,
    scope=ADMIN,
    versioned=True,
    must_match=True,
    status=204,
    summary="Delete a holiday calendar",
    refusals=("in_use", "out_of_range"),
)
def delete_holiday_calendar(actor: Actor, holiday_calendar_id: str, expected_version: int | None) -> None:
    """One that no group goes by and no other inherits from."""
    holding.delete_calendar(actor, holiday_calendar_id, expected_version)


@blp.get(f"{_CALENDAR}/holidays", scope=READ, listing=setup.HOLIDAYS, answer=shapes.Holiday, summary="List holidays")
def list_holidays(actor: Actor, holiday_calendar_id: str, query: ListQuery) -> Page:
    """Those of the calendar itself, without those that it inherits."""
    return holidays.page_of_holidays(actor, holiday_calendar_id, query)


@blp.post(
    f"{_CALENDAR}/holidays",
    scope=ADMIN,
    body=shapes.HolidayCreate,
    answer=shapes.Holiday,
    status=201,
    summary="Add a holiday",
    refusals=("holiday_exists", "out_of_range"),
)
def create_holiday(actor: Actor, holiday_calendar_id: str, body: dict[str, Any]) -> Created:
    """Days that were computed are computed anew, but for those of a locked month."""
    made = holding.create_holiday(actor, holiday_calendar_id, body)
    return Created(made, f"/api/v1{_CALENDARS}/{holiday_calendar_id}/holidays")


@blp.put(
    _HOLIDAY,
    scope=ADMIN,
    body=shapes.HolidayCreate,
    answer=shapes.Holiday,
    versioned=True,
    must_match=True,
    summary="Say another thing of a holiday",
    refusals=("holiday_exists", "out_of_range"),
)
def replace_holiday(
    actor: Actor, holiday_calendar_id: str, holiday_id: str, body: dict[str, Any], expected_version: int | None
) -> Any:
    return holding.replace_holiday(actor, holiday_calendar_id, holiday_id, body, expected_version)


@blp.delete(
    _HOLIDAY,
    scope=ADMIN,
    versioned=True,
    must_match=True,
    status=204,
    summary="Delete a holiday",
    refusals=("out_of_range",),
)
def delete_holiday(actor: Actor, holiday_calendar_id: str, holiday_id: str, expected_version: int | None) -> None:
    holding.delete_holiday(actor, holiday_calendar_id, holiday_id, expected_version)


@blp.post(
    f"{_CALENDAR}/import",
    scope=ADMIN,
    body=shapes.HolidayImport,
    answer=shapes.HolidaysImported,
    summary="Take holidays from a calendar file",
    refusals=("out_of_range",),
)
def import_holidays(actor: Actor, holiday_calendar_id: str, body: dict[str, Any]) -> Any:
    """iCalendar: each date of an all-day event is a holiday. All of the file, or nothing of it."""
    return holding.import_holidays(actor, holiday_calendar_id, body["ics"])


@blp.get(
    f"{_CALENDAR}/holidays.ics",
    scope=READ,
    file=("text/calendar",),
    summary="Take the holidays away as a calendar file",
)
def export_holidays(actor: Actor, holiday_calendar_id: str) -> Download:
    """iCalendar, with dates and no times."""
    calendar = setup.one(actor, holidays.CALENDAR, holiday_calendar_id)
    body = ics.write(calendar["name"], holidays.holidays_of(actor, holiday_calendar_id), calendar["id"])
    return Download(iter([body]), "holidays.ics", "text/calendar; charset=utf-8", len(body))


@blp.post(
    f"{_CALENDAR}/preview",
    scope=ADMIN,
    body=shapes.HolidayChanges,
    answer=shapes.HolidayEffects,
    summary="See what other holidays would do",
    refusals=("calendar_cycle",),
)
def preview_holidays(actor: Actor, holiday_calendar_id: str, body: dict[str, Any]) -> Any:
    """Before they are kept: on which dates what changes, for how many people, and which of the months are locked."""
    moved = {"parent_id": body["parent_id"]} if "parent_id" in body else {}
    return holiday_effects.effects(
        actor, holiday_calendar_id, put=body["holidays"], removed=body["removed_ids"], **moved
    )
