"""What can be asked of an employee, and the same facts of employees in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import ColumnElement, and_, select

from portico.domains.directory.models import (
    Department,
    DepartmentMember,
    DirectoryGroup,
    DirectoryGroupMember,
    Employee,
)
from portico.domains.identity.models import Membership, Workspace
from portico.domains.properties import predicates as properties
from portico.kernel import clock, text
from portico.kernel.actor import ROLES
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.predicates import Field, Fields
from portico.kernel.predicates.fields import Rows
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

SENSITIVE, MEMBERS = "directory.sensitive:read", "members:read"
KEY_LENGTH = 200
"""An index row holds 2,704 bytes on PostgreSQL, and one character can fold to eighteen."""
_LAST = chr(0x10FFFF)
_employee = Employee.__table__.c
_department = Department.__table__.c
_above = Department.__table__.alias("above")
_place = DepartmentMember.__table__.c
_group = DirectoryGroup.__table__.c
_in_group = DirectoryGroupMember.__table__.c
_membership = Membership.__table__.c
_of_place = and_(_department.workspace_id == _place.workspace_id, _department.id == _place.department_id)
_STATUSES = {
    "invited": N_("Invited"),
    "active": N_("Active"),
    "suspended": N_("Suspended"),
    "departed": N_("Departed"),
}
_LOCALES = {"en": "English", "zh_Hans_CN": "简体中文"}
_ZONES = {name: name for name in sorted(available_timezones())}
_ROLES = {name: name for name in ROLES}


def short_key(value: str) -> str:
    """How names, titles and numbers of the directory are compared."""
    return text.search_key(value)[:KEY_LENGTH]


def employee_fields(workspace_id: str) -> Fields:
    """The fields of an employee in this workspace, its properties among them."""
    return Fields.of(
        "employee",
        Field("display_name", "text", _employee.name_key, N_("Name"), key=short_key),
        Field("title", "text", _employee.title_key, N_("Job title"), key=short_key),
        Field("status", "choice", _employee.status, N_("Status"), choices=_STATUSES),
        *_places(workspace_id),
        _groups(workspace_id),
        Field("manager", "id", _employee.manager_id, N_("Manager"), prefix="emp", missing=_no_employee(workspace_id)),
        _role(workspace_id),
        Field("employee_no", "text", _employee.employee_no_key, N_("Employee number"), key=short_key),
        Field("primary_email", "text", _employee.email_key, N_("E-mail address"), key=text.email_key),
        Field("locale", "choice", _employee.locale, N_("Language"), choices=_LOCALES),
        Field("timezone", "choice", _employee.timezone, N_("Time zone"), choices=_ZONES),
        Field("hired_on", "date", _employee.hired_on, N_("Hired on"), SENSITIVE),
        Field("leaves_on", "date", _employee.leaves_on, N_("Leaves on"), SENSITIVE),
        Field("created_at", "instant", _employee.created_at, N_("Added at")),
        *properties.fields(workspace_id, "employee", _employee.id),
    )


def asked_fields(workspace_id: str) -> list[dict[str, Any]]:
    """The fields as they are listed."""
    return [
        {
            "name": field.name,
            "title": field.title,
            "kind": field.kind,
            "many": field.many,
            "operators": list(field.operators),
            "choices": dict(field.choices),
            "scope": field.scope,
        }
        for field in employee_fields(workspace_id).known.values()
    ]


def _beside(workspace_id: str, column: Any) -> AnySelect:
    """Rows of the table of `column`, the id of the employee of the statement; both are of one workspace."""
    there = column.table.c.workspace_id
    mine = select(column).where(there == workspace_id, there == _employee.workspace_id, column == _employee.id)
    return mine.correlate(Employee.__table__)


def _places(workspace_id: str) -> list[Field]:
    mine = _beside(workspace_id, _place.employee_id)
    # Whose path begins with the path of the other is that department, or stands below it.
    below = and_(_department.path >= _above.c.path, _department.path < _above.c.path.concat(_LAST))
    named = (
        select(_department.id)
        .join(_above, and_(_above.c.workspace_id == _department.workspace_id, below))
        .where(_department.workspace_id == workspace_id, _above.c.workspace_id == workspace_id)
        .correlate(None)
    )

    def within(condition: ColumnElement[bool]) -> AnySelect:
        # Of whom it asks nothing, so it is read once for all people.
        return mine.where(_place.department_id.in_(named.where(condition)))

    of = _department_field
    return [
        of(workspace_id, "within_departments", _above.c.id, N_("Department, or one below it"), within),
        of(workspace_id, "departments", _place.department_id, N_("Department itself"), mine.where),
        of(workspace_id, "leads", _place.department_id, N_("Leads"), mine.where(_place.lead).where),
    ]


def _department_field(workspace_id: str, name: str, column: Any, title: str, rows: Rows) -> Field:
    missing = _no_department(workspace_id)
    return Field(name, "id", column, title, rows=rows, many=True, prefix="dep", missing=missing)


def _groups(workspace_id: str) -> Field:
    rows, missing = _beside(workspace_id, _in_group.employee_id).where, _no_group(workspace_id)
    return Field("groups", "id", _in_group.group_id, N_("Group"), rows=rows, many=True, prefix="grp", missing=missing)


def _role(workspace_id: str) -> Field:
    """The role as it stands, not those that it includes. Whoever has no login has none."""
    rows = _beside(workspace_id, _membership.employee_id).where(_membership.ended_at.is_(None)).where
    return Field("role", "choice", _membership.role, N_("Role"), MEMBERS, rows=rows, choices=_ROLES)


def _no_department(workspace_id: str) -> Any:
    def missing(ids: Collection[str]) -> set[str]:
        here = select(_department.id).where(_department.workspace_id == workspace_id, _department.archived_at.is_(None))
        return set(ids).difference(session().scalars(here.where(_department.id.in_(ids))))

    return missing


def _no_group(workspace_id: str) -> Any:
    def missing(ids: Collection[str]) -> set[str]:
        # A rule may not name a group that has a rule itself: rules that ask each other never end.
        here = select(_group.id).where(_group.workspace_id == workspace_id, _group.kind == "static")
        return set(ids).difference(session().scalars(here.where(_group.id.in_(ids))))

    return missing


def _no_employee(workspace_id: str) -> Any:
    def missing(ids: Collection[str]) -> set[str]:
        here = select(_employee.id).where(_employee.workspace_id == workspace_id)
        return set(ids).difference(session().scalars(here.where(_employee.id.in_(ids))))

    return missing


def present(workspace_id: str) -> tuple[date, ZoneInfo]:
    """The civil day it is in the workspace now, and its zone."""
    name = session().scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)) or "UTC"
    zone = ZoneInfo(name)
    return clock.now().astimezone(zone).date(), zone


def values_of(workspace_id: str, employee_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The facts of these employees by the names of the fields, for `holds`."""
    ids = list(employee_ids)
    people = select(Employee.__table__).where(_employee.workspace_id == workspace_id, _employee.id.in_(ids))
    found = {row.id: _facts(row) for row in session().execute(people)}
    places = (
        select(_place.employee_id, _place.department_id, _place.lead, _department.path)
        .join(Department.__table__, _of_place)
        .where(_place.workspace_id == workspace_id, _place.employee_id.in_(ids))
    )
    for place in session().execute(places):
        found[place.employee_id]["departments"].append(place.department_id)
        found[place.employee_id]["within_departments"] += place.path.strip("/").split("/")
        found[place.employee_id]["leads"] += [place.department_id] if place.lead else []
    in_groups = select(_in_group.employee_id, _in_group.group_id).where(_in_group.workspace_id == workspace_id)
    for one in session().execute(in_groups.where(_in_group.employee_id.in_(ids))):
        found[one.employee_id]["groups"].append(one.group_id)
    roles = select(_membership.employee_id, _membership.role).where(_membership.workspace_id == workspace_id)
    for login in session().execute(roles.where(_membership.employee_id.in_(found), _membership.ended_at.is_(None))):
        found[login.employee_id]["role"] = login.role
    return found


def _facts(row: AnyRow) -> dict[str, Any]:
    beside: dict[str, Any] = {name: [] for name in ("departments", "within_departments", "leads", "groups")}
    return {**row._mapping, **beside, "manager": row.manager_id, "role": None}
