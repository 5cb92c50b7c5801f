"""Reads of attendance groups: their versions, who is in them, and whom several claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, func, or_, select

from portico.domains.attendance.models import AttendanceAssignment, AttendanceGroup, AttendanceGroupVersion
from portico.domains.attendance.queries import setup
from portico.domains.attendance.queries.reach import within_sight
from portico.domains.attendance.queries.setup import GROUP_VERSIONS, GROUPS
from portico.domains.attendance.queries.shifts import current_of
from portico.domains.directory.models import DepartmentMember, Employee
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

GROUP = cast(Table, AttendanceGroup.__table__)
VERSION = cast(Table, AttendanceGroupVersion.__table__)
ASSIGNMENT = cast(Table, AttendanceAssignment.__table__)
_employee = Employee.__table__.c
_place = DepartmentMember.__table__.c
_STORED = ("kind", "timezone", "members", "week", "holiday_calendar_id")

ASSIGNMENTS = Listing(
    ASSIGNMENT.c.id,
    filters={"employee_id": Filter(column=ASSIGNMENT.c.employee_id)},
    sorts={"created_at": Sort(ASSIGNMENT.c.id)},
    default_sort="created_at",
)


def shown_version(row: Any) -> dict[str, Any]:
    """A version as it goes out: its rules in one."""
    found = dict(row)
    return {**found, "rules": {**{name: found[name] for name in _STORED}, **found["policies"]}}


def _seen(actor: Actor, versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Versions as the actor may see them: rules name people, and an app with a range sees some only."""
    if actor.data_range is None:
        return versions
    rules = [rule for one in versions for side in one["members"].values() for rule in side]
    named = [rule["id"] for rule in rules if rule["kind"] == "employee"]
    inside = select(_employee.id).where(
        _employee.workspace_id == actor.workspace_id, _employee.id.in_(named), *within_range(actor, _employee.id)
    )
    known = set(session().scalars(inside))
    return [_with_members(one, known) for one in versions]


def _with_members(version: dict[str, Any], known: set[str]) -> dict[str, Any]:
    members = {
        side: [rule for rule in rules if rule["kind"] != "employee" or rule["id"] in known]
        for side, rules in version["members"].items()
    }
    return {**version, "members": members, "rules": {**version["rules"], "members": members}}


def stored_rules(rules: dict[str, Any]) -> dict[str, Any]:
    """The rules as the table has them."""
    columns = {name: rules[name] for name in _STORED}
    return {**columns, "policies": {name: value for name, value in rules.items() if name not in _STORED}}


def page_of_groups(actor: Actor, query: ListQuery) -> Page:
    found = setup.page_of(actor, GROUP, GROUPS, query)
    return replace(found, rows=shown(actor, found.rows))


def group(actor: Actor, group_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    return shown(actor, [setup.one(actor, GROUP, group_id)])[0]


def shown(actor: Actor, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each group with the version that holds today, and how many are in it."""
    ids = [row["id"] for row in rows]
    on = setup.today(actor)
    versions = setup.visible_to(actor, VERSION).where(VERSION.c.group_id.in_(ids))
    found = session().execute(versions.order_by(VERSION.c.group_id, VERSION.c.effective_from)).all()
    held = [shown_version(row) for row in current_of(found, "group_id", on).values()]
    current = {one["group_id"]: one for one in _seen(actor, held)}
    counts = session().execute(
        select(ASSIGNMENT.c.group_id, func.count().label("people"))
        .where(ASSIGNMENT.c.workspace_id == actor.workspace_id, ASSIGNMENT.c.group_id.in_(ids), *_holds(on))
        .group_by(ASSIGNMENT.c.group_id)
    )
    people = {row.group_id: row.people for row in counts}
    return [{**row, "current": current[row["id"]], "people": people.get(row["id"], 0)} for row in rows]


def _holds(on: date) -> list[Any]:
    return [ASSIGNMENT.c.from_on <= on, or_(ASSIGNMENT.c.until_on.is_(None), ASSIGNMENT.c.until_on > on)]


def page_of_versions(actor: Actor, group_id: str, query: ListQuery) -> Page:
    """Raises NotFound."""
    setup.one(actor, GROUP, group_id)
    found = setup.page_of(actor, VERSION, GROUP_VERSIONS, query, VERSION.c.group_id == group_id)
    return replace(found, rows=_seen(actor, [shown_version(row) for row in found.rows]))


def versions_of(actor: Actor, group_id: str) -> list[dict[str, Any]]:
    statement = setup.visible_to(actor, VERSION).where(VERSION.c.group_id == group_id)
    rows = session().execute(statement.order_by(VERSION.c.effective_from)).all()
    return [shown_version(row._mapping) for row in rows]


def assignments_visible_to(actor: Actor, on: date) -> AnySelect:
    return (
        select(ASSIGNMENT, _employee.display_name)
        .join(
            Employee.__table__,
            (_employee.workspace_id == ASSIGNMENT.c.workspace_id) & (_employee.id == ASSIGNMENT.c.employee_id),
        )
        .where(ASSIGNMENT.c.workspace_id == actor.workspace_id, *within_sight(actor, ASSIGNMENT.c.employee_id))
        .where(*_holds(on))
    )


def members_of(actor: Actor, group_id: str, on: date, query: ListQuery) -> Page:
    """Who is in a group on a date. Raises NotFound."""
    setup.one(actor, GROUP, group_id)
    statement = assignments_visible_to(actor, on).where(ASSIGNMENT.c.group_id == group_id)
    return _page(actor, statement, query)


def overlaps(actor: Actor, on: date, query: ListQuery) -> Page:
    """Whom several groups claim on a date, so that none has them."""
    return _page(actor, assignments_visible_to(actor, on).where(ASSIGNMENT.c.group_id.is_(None)), query)


def _page(actor: Actor, statement: AnySelect, query: ListQuery) -> Page:
    found = page(statement, ASSIGNMENTS, actor.workspace_id, query)
    return replace(found, rows=[dict(row._mapping) for row in found.rows])


def names(actor: Actor) -> dict[str, str]:
    rows = session().execute(setup.visible_to(actor, GROUP).order_by(GROUP.c.name_key)).all()
    return {row.id: row.name for row in rows}


def people_of_departments(actor: Actor, department_ids: Sequence[str]) -> AnySelect:
    """Selects who stands in one of these departments."""
    return select(_place.employee_id).where(
        _place.workspace_id == actor.workspace_id, _place.department_id.in_(department_ids)
    )


def version_rows(workspace_id: str) -> list[AnyRow]:
    """Every version of every group with the group's own fields, by group and date: for who settles members."""
    statement = (
        select(
            VERSION.c.group_id,
            VERSION.c.id,
            VERSION.c.effective_from,
            VERSION.c.members,
            VERSION.c.timezone,
            VERSION.c.holiday_calendar_id,
            GROUP.c.priority,
            GROUP.c.ends_on,
        )
        .join(GROUP, (GROUP.c.workspace_id == VERSION.c.workspace_id) & (GROUP.c.id == VERSION.c.group_id))
        .where(VERSION.c.workspace_id == workspace_id)
        .order_by(VERSION.c.group_id, VERSION.c.effective_from)
    )
    return list(session().execute(statement).all())
