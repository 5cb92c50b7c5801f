"""Reads of holiday calendars."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import Table, select

from portico.domains.attendance.models import AttendanceGroupVersion, Holiday, HolidayCalendar
from portico.domains.attendance.queries import setup
from portico.domains.attendance.queries.setup import HOLIDAYS
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.listing import ListQuery, Page
from portico.kernel.unit_of_work import session

CALENDAR = cast(Table, HolidayCalendar.__table__)
HOLIDAY = cast(Table, Holiday.__table__)
_group_version = AttendanceGroupVersion.__table__.c


def page_of_holidays(actor: Actor, calendar_id: str, query: ListQuery) -> Page:
    """Those of the calendar itself, without those above it. Raises NotFound."""
    setup.one(actor, CALENDAR, calendar_id)
    return setup.page_of(actor, HOLIDAY, HOLIDAYS, query, HOLIDAY.c.calendar_id == calendar_id)


def holidays_of(actor: Actor, calendar_id: str, year: int | None = None) -> list[AnyRow]:
    statement = setup.visible_to(actor, HOLIDAY).where(HOLIDAY.c.calendar_id == calendar_id)
    if year is not None:
        statement = statement.where(HOLIDAY.c.on_date.between(date(year, 1, 1), date(year, 12, 31)))
    return list(session().execute(statement.order_by(HOLIDAY.c.on_date)).all())


def parents(actor: Actor) -> dict[str, str | None]:
    rows = session().execute(setup.visible_to(actor, CALENDAR)).all()
    return {row.id: row.parent_id for row in rows}


def names(actor: Actor) -> dict[str, str]:
    rows = session().execute(setup.visible_to(actor, CALENDAR).order_by(CALENDAR.c.name_key)).all()
    return {row.id: row.name for row in rows}


def below(actor: Actor, calendar_id: str) -> set[str]:
    """The calendar and all that inherit from it."""
    known = parents(actor)
    found = {calendar_id}
    while True:
        more = {one for one, parent in known.items() if parent in found} - found
        if not more:
            return found
        found |= more


def groups_of(actor: Actor, calendar_id: str) -> set[str]:
    """The groups that go by the calendar, or by one that inherits from it, in any version."""
    statement = select(_group_version.group_id).where(
        _group_version.workspace_id == actor.workspace_id,
        _group_version.holiday_calendar_id.in_(sorted(below(actor, calendar_id))),
    )
    return set(session().scalars(statement))


def holidays_between(actor: Actor, calendar_id: str, first: date, last: date) -> dict[date, Any]:
    """By date, of the calendar or the nearest above it: what holds."""
    known = parents(actor)
    chain: list[str] = []
    one: str | None = calendar_id
    while one is not None and one not in chain:
        chain.append(one)
        one = known.get(one)
    statement = setup.visible_to(actor, HOLIDAY).where(
        HOLIDAY.c.calendar_id.in_(chain), HOLIDAY.c.on_date.between(first, last)
    )
    rows = sorted(session().execute(statement).all(), key=lambda row: -chain.index(row.calendar_id))
    return {row.on_date: row for row in rows}
