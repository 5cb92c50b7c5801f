"""Reads of how attendance is set up: shifts, groups, places, calendars. They are about no single person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, select

from portico.domains.attendance.models import (
    AttendanceDevice,
    AttendanceGroup,
    AttendanceGroupVersion,
    AttendanceLocation,
    AttendanceWifi,
    Holiday,
    HolidayCalendar,
    Shift,
    ShiftVersion,
)
from portico.domains.attendance.reckoning import local_date
from portico.domains.attendance.schemas.holidays import KINDS as HOLIDAY_KINDS
from portico.domains.identity import queries as identity
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnySelect
from portico.kernel.errors import NotFound, invalid
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_group = AttendanceGroup.__table__.c
_group_version = AttendanceGroupVersion.__table__.c
_shift = Shift.__table__.c
_shift_version = ShiftVersion.__table__.c
_location = AttendanceLocation.__table__.c
_wifi = AttendanceWifi.__table__.c
_device = AttendanceDevice.__table__.c
_calendar = HolidayCalendar.__table__.c
_holiday = Holiday.__table__.c

for _noun in (
    *("attendance_group", "shift", "attendance_location", "attendance_wifi", "attendance_device"),
    *("holiday_calendar", "holiday", "roster", "period"),
):

    @reaches(_noun)
    def _reach(reader: Reader) -> None:
        """About nobody's records."""


def dated(column: ColumnElement[Any]) -> Filter:
    """A filter of a civil date."""
    ways = {
        "eq": column.__eq__,
        "in": column.in_,
        "lt": column.__lt__,
        "lte": column.__le__,
        "gt": column.__gt__,
        "gte": column.__ge__,
    }

    def clause(operator: str, value: Any) -> ColumnElement[bool]:
        read = [date.fromisoformat(one) for one in value] if operator == "in" else date.fromisoformat(value)
        found: ColumnElement[bool] = ways[operator](read)
        return found

    return Filter(kind="date", clause=clause, operators=tuple(ways))


def _archived(operator: str, value: Any) -> ColumnElement[bool]:
    return _shift.archived_at.is_not(None) if value else _shift.archived_at.is_(None)


_ARCHIVED = Filter(kind="bool", clause=_archived, operators=("eq",))
SHIFTS = Listing(
    _shift.id,
    filters={"name": Filter(column=_shift.name), "archived": _ARCHIVED},
    sorts={"name": Sort(_shift.name_key), "created_at": Sort(_shift.id)},
    default_sort="name",
)
SHIFT_VERSIONS = Listing(
    _shift_version.id,
    filters={"effective_from": dated(_shift_version.effective_from)},
    sorts={"effective_from": Sort(_shift_version.effective_from, instant=True)},
    default_sort="-effective_from",
)
GROUPS = Listing(
    _group.id,
    filters={"name": Filter(column=_group.name)},
    sorts={"name": Sort(_group.name_key), "created_at": Sort(_group.id)},
    default_sort="name",
)
GROUP_VERSIONS = Listing(
    _group_version.id,
    filters={"effective_from": dated(_group_version.effective_from)},
    sorts={"effective_from": Sort(_group_version.effective_from, instant=True)},
    default_sort="-effective_from",
)
LOCATIONS = Listing(
    _location.id,
    filters={"name": Filter(column=_location.name)},
    sorts={"name": Sort(_location.name_key), "created_at": Sort(_location.id)},
    default_sort="name",
)
WIFI = Listing(
    _wifi.id,
    filters={"bssid": Filter(column=_wifi.bssid), "location_id": Filter(column=_wifi.location_id)},
    sorts={"created_at": Sort(_wifi.id), "ssid": Sort(_wifi.ssid)},
    default_sort="ssid",
)
DEVICES = Listing(
    _device.id,
    filters={"location_id": Filter(column=_device.location_id)},
    sorts={"name": Sort(_device.name_key), "created_at": Sort(_device.id)},
    default_sort="name",
)
CALENDARS = Listing(
    _calendar.id,
    filters={"region": Filter(column=_calendar.region), "parent_id": Filter(column=_calendar.parent_id)},
    sorts={"name": Sort(_calendar.name_key), "created_at": Sort(_calendar.id)},
    default_sort="name",
)
HOLIDAYS = Listing(
    _holiday.id,
    filters={"on": dated(_holiday.on_date), "kind": Filter(column=_holiday.kind, choices=HOLIDAY_KINDS)},
    sorts={"on": Sort(_holiday.on_date, instant=True)},
    default_sort="on",
)


def visible_to(actor: Actor, table: Table) -> AnySelect:
    return select(table).where(table.c.workspace_id == actor.workspace_id)


def one(actor: Actor, table: Table, row_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One row. Raises NotFound."""
    statement = visible_to(actor, table).where(table.c.id == row_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def page_of(actor: Actor, table: Table, listing: Listing, query: ListQuery, *only: ColumnElement[bool]) -> Page:
    found = page(visible_to(actor, table).where(*only), listing, actor.workspace_id, query)
    return Page([dict(row._mapping) for row in found.rows], found.next_cursor, found.total, found.fields)


def require_there(actor: Actor, table: Table, ids: Iterable[str | None], pointer: str) -> None:
    """Each of these ids names a row; None names none. `pointer` may have a place for which it was. Raises Invalid."""
    wanted = [one_id for one_id in ids if one_id is not None]
    if not wanted:
        return
    rows = session().scalars(
        select(table.c.id).where(table.c.workspace_id == actor.workspace_id, table.c.id.in_(sorted(set(wanted))))
    )
    known = set(rows)
    for place, row_id in enumerate(wanted):
        if row_id not in known:
            raise invalid(pointer.format(place), "unknown", "There is nothing with this id.")


def zone(actor: Actor) -> str:
    """Of the workspace."""
    return str(identity.workspace(actor.workspace_id).timezone)


def today(actor: Actor, of_zone: str | None = None) -> date:
    """The date of the workspace, or of a zone."""
    return local_date(of_zone or zone(actor), clock.now())
