"""Reads of shifts and of the roster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, select

from portico.domains.attendance import permissions
from portico.domains.attendance.models import AttendanceGroupVersion, RosterEntry, Shift, ShiftVersion
from portico.domains.attendance.queries import setup
from portico.domains.attendance.queries.reach import within_sight
from portico.domains.attendance.queries.setup import SHIFT_VERSIONS, SHIFTS, dated
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

SHIFT = cast(Table, Shift.__table__)
VERSION = cast(Table, ShiftVersion.__table__)
ENTRY = cast(Table, RosterEntry.__table__)
_week = AttendanceGroupVersion.__table__.c

ROSTER = Listing(
    ENTRY.c.id,
    filters={
        "employee_id": Filter(column=ENTRY.c.employee_id),
        "work_on": dated(ENTRY.c.work_on),
        "shift_id": Filter(column=ENTRY.c.shift_id),
        "published": Filter(kind="bool", column=ENTRY.c.published, operators=("eq",)),
    },
    sorts={"work_on": Sort(ENTRY.c.work_on, instant=True), "created_at": Sort(ENTRY.c.id)},
    default_sort="work_on",
)


def page_of_shifts(actor: Actor, query: ListQuery) -> Page:
    """The shifts; archived ones only when the filter asks for them."""
    asked = any(condition.field == "archived" for condition in query.conditions)
    only = () if asked else (SHIFT.c.archived_at.is_(None),)
    found = setup.page_of(actor, SHIFT, SHIFTS, query, *only)
    return replace(found, rows=shown(actor, found.rows))


def shift(actor: Actor, shift_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    return shown(actor, [setup.one(actor, SHIFT, shift_id)])[0]


def shown(actor: Actor, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each shift with the version that holds today."""
    statement = (
        setup.visible_to(actor, VERSION)
        .where(VERSION.c.shift_id.in_([row["id"] for row in rows]))
        .order_by(VERSION.c.shift_id, VERSION.c.effective_from)
    )
    current = current_of(session().execute(statement).all(), "shift_id", setup.today(actor))
    return [{**row, "current": current[row["id"]]} for row in rows]


def current_of(rows: Sequence[AnyRow], key: str, on: date) -> dict[str, dict[str, Any]]:
    """Of each object the version that holds on a date, else its first; the rows come in the order of their dates."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row._mapping[key] not in found or row.effective_from <= on:
            found[row._mapping[key]] = dict(row._mapping)
    return found


def page_of_versions(actor: Actor, shift_id: str, query: ListQuery) -> Page:
    """Raises NotFound."""
    setup.one(actor, SHIFT, shift_id)
    return setup.page_of(actor, VERSION, SHIFT_VERSIONS, query, VERSION.c.shift_id == shift_id)


def versions_of(actor: Actor, shift_id: str) -> list[AnyRow]:
    statement = setup.visible_to(actor, VERSION).where(VERSION.c.shift_id == shift_id)
    return list(session().execute(statement.order_by(VERSION.c.effective_from)).all())


def all_shifts(actor: Actor, *, archived: bool = False) -> list[dict[str, Any]]:
    """By name, for pages."""
    statement = setup.visible_to(actor, SHIFT).order_by(SHIFT.c.name_key)
    if not archived:
        statement = statement.where(SHIFT.c.archived_at.is_(None))
    return shown(actor, [dict(row._mapping) for row in session().execute(statement).all()])


def groups_with(actor: Actor, shift_id: str) -> list[str]:
    """The groups in whose week a shift stands, in any version."""
    rows = session().execute(
        select(_week.group_id, _week.week).where(_week.workspace_id == actor.workspace_id, _week.kind == "fixed")
    )
    return sorted({row.group_id for row in rows if any(shift_id in day for day in row.week)})


def is_rostered(actor: Actor, shift_id: str) -> bool:
    statement = setup.visible_to(actor, ENTRY).where(ENTRY.c.shift_id == shift_id)
    return session().execute(statement.limit(1)).first() is not None


# -- the roster


def roster_visible_to(actor: Actor) -> AnySelect:
    """What is published of whom the actor sees; drafts are for who makes them."""
    statement = select(ENTRY).where(
        ENTRY.c.workspace_id == actor.workspace_id, *within_sight(actor, ENTRY.c.employee_id)
    )
    if actor.may(permissions.ADMIN.name):
        return statement
    return statement.where(ENTRY.c.published)


def page_of_roster(actor: Actor, query: ListQuery) -> Page:
    found = page(roster_visible_to(actor), ROSTER, actor.workspace_id, query)
    return replace(found, rows=[dict(row._mapping) for row in found.rows])


def entries_between(actor: Actor, first: date, last: date, employee_ids: Sequence[str] | None) -> list[AnyRow]:
    """The entries that the actor sees, drafts and published, by person and date."""
    statement = roster_visible_to(actor).where(ENTRY.c.work_on.between(first, last))
    if employee_ids is not None:
        statement = statement.where(ENTRY.c.employee_id.in_(employee_ids))
    return list(session().execute(statement.order_by(ENTRY.c.employee_id, ENTRY.c.work_on, ENTRY.c.slot)).all())


def days_of_shift(actor: Actor, shift_id: str) -> list[tuple[str, date]]:
    """Who is published to work this shift, and when."""
    statement = select(ENTRY.c.employee_id, ENTRY.c.work_on).where(
        ENTRY.c.workspace_id == actor.workspace_id, ENTRY.c.shift_id == shift_id, ENTRY.c.published
    )
    return [(row.employee_id, row.work_on) for row in session().execute(statement)]
