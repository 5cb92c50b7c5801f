"""Reads of departments; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from portico.domains.directory.models import Department, DepartmentMember, Employee
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_department = Department.__table__.c
_employee = Employee.__table__.c
_place = DepartmentMember.__table__.c
_LAST = chr(0x10FFFF)


def _archived(operator: str, value: Any) -> ColumnElement[bool]:
    return _department.archived_at.is_not(None) if value else _department.archived_at.is_(None)


DEPARTMENTS = Listing(
    id_column=_department.id,
    filters={
        "parent_id": Filter(column=_department.parent_id),
        "name": Filter(column=_department.name),
        "external_id": Filter(column=_department.external_id),
        "archived": Filter(kind="bool", clause=_archived, operators=("eq",)),
    },
    sorts={
        "created_at": Sort(_department.id),
        "name": Sort(_department.name_key),
        "sort_order": Sort(_department.sort_order),
    },
    default_sort="sort_order",
    search_kind="department",
)


def _known_to(actor: Actor) -> AnySelect:
    return select(Department.__table__).where(_department.workspace_id == actor.workspace_id)


def departments_visible_to(actor: Actor) -> AnySelect:
    return _known_to(actor).where(_department.archived_at.is_(None))


def _shown_department(row: AnyRow) -> dict[str, Any]:
    return {**row._mapping, "path": row.path.strip("/").split("/")}


def department(actor: Actor, department_id: str) -> dict[str, Any]:
    """One department that stands in the tree. Raises NotFound, for archived ones too."""
    row = session().execute(departments_visible_to(actor).where(_department.id == department_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown_department(row)


def any_department(actor: Actor, department_id: str) -> dict[str, Any]:
    """One department, in the tree or archived. Raises NotFound."""
    row = session().execute(_known_to(actor).where(_department.id == department_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown_department(row)


def with_leads(actor: Actor, department: dict[str, Any]) -> dict[str, Any]:
    """A department as it is answered: with who leads it, of those whom the actor may see."""
    leads = leads_of(actor, [department["id"]])
    return {**department, "lead_employee_ids": leads.get(department["id"], [])}


def leads_of(actor: Actor, department_ids: Sequence[str]) -> dict[str, list[str]]:
    """Who leads each of these departments, in their order there."""
    rows = session().execute(
        select(_place.department_id, _place.employee_id)
        .join(
            Employee.__table__,
            (_employee.workspace_id == _place.workspace_id) & (_employee.id == _place.employee_id),
        )
        .where(_place.workspace_id == actor.workspace_id, _place.department_id.in_(department_ids), _place.lead)
        .where(_employee.status != "departed", *within_range(actor, _employee.id))
        .order_by(_place.sort_order, _employee.name_key, _employee.id)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.department_id, []).append(row.employee_id)
    return found


def page_of_departments(actor: Actor, query: ListQuery) -> Page:
    """A page of departments. Archived ones stand in it only when the filter asks for them."""
    asked = any(condition.field == "archived" for condition in query.conditions)
    found = page(_known_to(actor) if asked else departments_visible_to(actor), DEPARTMENTS, actor.workspace_id, query)
    leads = leads_of(actor, [row.id for row in found.rows])
    rows = [{**_shown_department(row), "lead_employee_ids": leads.get(row.id, [])} for row in found.rows]
    return Page(rows, found.next_cursor, found.total, found.fields)


def all_departments(actor: Actor) -> Sequence[AnyRow]:
    """Every department, parents before children."""
    return session().execute(departments_visible_to(actor).order_by(_department.path)).all()


def archived_departments(actor: Actor, limit: int = 100) -> list[dict[str, Any]]:
    """What was put away, the newest first."""
    statement = _known_to(actor).where(_department.archived_at.is_not(None))
    rows = session().execute(statement.order_by(_department.archived_at.desc(), _department.id).limit(limit))
    return [_shown_department(row) for row in rows]


def children_of(actor: Actor, department_id: str) -> list[AnyRow]:
    """What stands directly below a department, archived ones too."""
    rows = session().execute(_known_to(actor).where(_department.parent_id == department_id))
    return sorted(rows, key=lambda row: (row.sort_order, row.name_key))


def names_of_departments(actor: Actor, department_ids: Iterable[str]) -> dict[str, str]:
    """What these departments are called, archived ones too."""
    statement = _known_to(actor).where(_department.id.in_(sorted(set(department_ids))))
    return {row.id: row.name for row in session().execute(statement)}


def paths_of_departments(actor: Actor, department_ids: Iterable[str]) -> dict[str, str]:
    """Each of these departments with the ones above it: "Sales / Berlin"."""
    rows = session().execute(departments_visible_to(actor).where(_department.id.in_(sorted(set(department_ids)))))
    paths = {row.id: row.path.strip("/").split("/") for row in rows}
    names = names_of_departments(actor, [part for path in paths.values() for part in path])
    return {one: " / ".join(names.get(part, "…") for part in path) for one, path in paths.items()}


def sizes_of(actor: Actor, department_ids: Iterable[str]) -> dict[str, int]:
    """How many people stand in each of these departments."""
    return _sizes(actor, _place.department_id.in_(list(department_ids)))


def _sizes(actor: Actor, *only: ColumnElement[bool]) -> dict[str, int]:
    rows = session().execute(
        select(_place.department_id, func.count().label("people"))
        .join(
            Employee.__table__,
            (_employee.workspace_id == _place.workspace_id) & (_employee.id == _place.employee_id),
        )
        .where(_place.workspace_id == actor.workspace_id, _employee.status != "departed")
        .where(*within_range(actor, _employee.id), *only)
        .group_by(_place.department_id)
    )
    return {row.department_id: row.people for row in rows}


def tree(actor: Actor, depth: int | None = None) -> list[dict[str, Any]]:
    """The departments as nested nodes with the number of people in each, siblings in order; `depth` levels of them.

    `descendants` counts the departments below a node, so that one whose children are cut off can still say so.
    """
    counts = _sizes(actor)
    nodes: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for row in sorted(all_departments(actor), key=lambda r: (r.path.count("/"), r.sort_order, r.name_key)):
        above = row.path.strip("/").split("/")[:-1]
        for one in above:
            if one in nodes:
                nodes[one]["descendants"] += 1
        if depth is not None and len(above) >= depth:
            continue
        node = {
            "id": row.id,
            "name": row.name,
            "sort_order": row.sort_order,
            "members": counts.get(row.id, 0),
            "descendants": 0,
            "children": [],
        }
        nodes[row.id] = node
        parent = nodes.get(row.parent_id or "")
        (parent["children"] if parent else roots).append(node)
    return roots


def departments_within(actor: Actor, department_ids: Iterable[str]) -> set[str]:
    """The named departments and all below them."""
    paths = session().scalars(
        select(_department.path).where(
            _department.workspace_id == actor.workspace_id, _department.id.in_(list(department_ids))
        )
    )
    below = [(_department.path >= path) & (_department.path < path + _LAST) for path in paths]
    if not below:
        return set()
    return set(
        session().scalars(select(_department.id).where(_department.workspace_id == actor.workspace_id, or_(*below)))
    )


def departments_of(actor: Actor, employee_id: str) -> set[str]:
    """The departments that an employee is in, with everything above them."""
    paths = session().scalars(
        select(_department.path)
        .join(
            DepartmentMember.__table__,
            (_place.workspace_id == _department.workspace_id) & (_place.department_id == _department.id),
        )
        .where(_department.workspace_id == actor.workspace_id, _place.employee_id == employee_id)
    )
    return {part for path in paths for part in path.strip("/").split("/")}
