"""Reads of the directory; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from portico.domains.directory.models import Department, DepartmentMember, Employee, Invitation
from portico.domains.directory.ranges import within_range
from portico.domains.directory.schemas import STATUSES
from portico.domains.properties import queries as properties
from portico.kernel import text
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_department = Department.__table__.c
_employee = Employee.__table__.c
_place = DepartmentMember.__table__.c
_LAST = chr(0x10FFFF)


def _in_department(operator: str, value: Any) -> ColumnElement[bool]:
    wanted = value if operator == "in" else [value]
    return (
        select(_place.employee_id)
        .where(_place.workspace_id == _employee.workspace_id, _place.employee_id == _employee.id)
        .where(_place.department_id.in_(wanted))
        .exists()
    )


def _employee_email(operator: str, value: Any) -> ColumnElement[bool]:
    keys = [text.email_key(item) for item in (value if isinstance(value, list) else [value])]
    inside = _employee.email_key.in_(keys)
    return or_(~inside, _employee.email_key.is_(None)) if operator == "ne" else inside


DEPARTMENTS = Listing(
    id_column=_department.id,
    filters={"parent_id": Filter(column=_department.parent_id), "name": Filter(column=_department.name)},
    sorts={
        "created_at": Sort(_department.id),
        "name": Sort(_department.name_key),
        "sort_order": Sort(_department.sort_order),
    },
    default_sort="sort_order",
    search_kind="department",
)
EMPLOYEES = Listing(
    id_column=_employee.id,
    filters={
        "status": Filter(column=_employee.status, choices=STATUSES),
        "manager_id": Filter(column=_employee.manager_id),
        "primary_email": Filter(clause=_employee_email, operators=("eq", "ne", "in")),
        "department_id": Filter(clause=_in_department, operators=("eq", "in")),
        "created_at": Filter(kind="instant", column=_employee.created_at, operators=ORDERED),
        "updated_at": Filter(kind="instant", column=_employee.updated_at, operators=ORDERED),
    },
    sorts={"created_at": Sort(_employee.id), "display_name": Sort(_employee.name_key)},
    default_sort="display_name",
    search_kind="employee",
    open_filters=properties.PREFIX,
)
INVITATIONS = Listing(
    id_column=Invitation.__table__.c.id,
    filters={
        "status": Filter(column=Invitation.__table__.c.status, choices=("pending", "accepted", "withdrawn")),
        "employee_id": Filter(column=Invitation.__table__.c.employee_id),
    },
    sorts={"created_at": Sort(Invitation.__table__.c.id)},
)


def departments_visible_to(actor: Actor) -> AnySelect:
    return select(Department.__table__).where(
        _department.workspace_id == actor.workspace_id, _department.archived_at.is_(None)
    )


def employees_visible_to(actor: Actor) -> AnySelect:
    """Everyone; the departed only for those who manage people, or by their id."""
    return select(Employee.__table__).where(
        _employee.workspace_id == actor.workspace_id, *within_range(actor, _employee.id)
    )


def _shown_department(row: AnyRow) -> dict[str, Any]:
    return {**row._mapping, "path": row.path.strip("/").split("/")}


def department(actor: Actor, department_id: str) -> dict[str, Any]:
    """One department. Raises NotFound."""
    row = session().execute(departments_visible_to(actor).where(_department.id == department_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown_department(row)


def page_of_departments(actor: Actor, query: ListQuery) -> Page:
    found = page(departments_visible_to(actor), DEPARTMENTS, actor.workspace_id, query)
    return Page([_shown_department(row) for row in found.rows], found.next_cursor, found.total, found.fields)


def all_departments(actor: Actor) -> Sequence[AnyRow]:
    """Every department, parents before children."""
    return session().execute(departments_visible_to(actor).order_by(_department.path)).all()


def tree(actor: Actor) -> list[dict[str, Any]]:
    """The departments as nested nodes with the number of people in each, siblings in order."""
    counts: dict[str, int] = {
        row.department_id: row.people
        for row in session().execute(
            select(_place.department_id, func.count().label("people"))
            .join(
                Employee.__table__,
                (_employee.workspace_id == _place.workspace_id) & (_employee.id == _place.employee_id),
            )
            .where(_place.workspace_id == actor.workspace_id, _employee.status != "departed")
            .where(*within_range(actor, _employee.id))
            .group_by(_place.department_id)
        )
    }
    nodes: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for row in sorted(all_departments(actor), key=lambda r: (r.path.count("/"), r.sort_order, r.name_key)):
        node = {
            "id": row.id,
            "name": row.name,
            "sort_order": row.sort_order,
            "members": counts.get(row.id, 0),
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


def places_of(actor: Actor, employee_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The departments of each of these employees, the primary one first."""
    found: dict[str, list[dict[str, Any]]] = {employee_id: [] for employee_id in employee_ids}
    rows = session().execute(
        select(_place.employee_id, _place.department_id, _place.is_primary, _place.lead)
        .where(_place.workspace_id == actor.workspace_id, _place.employee_id.in_(employee_ids))
        .order_by(_place.is_primary.desc(), _place.department_id)
    )
    for row in rows:
        found[row.employee_id].append({"id": row.department_id, "primary": row.is_primary, "lead": row.lead})
    return found


def shown_employees(actor: Actor, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    places = places_of(actor, [row.id for row in rows]) if rows else {}
    shown = [{**row._mapping, "departments": places[row.id]} for row in rows]
    if not actor.may("directory.sensitive:read"):
        for one in shown:
            if one["id"] != actor.employee_id:
                del one["mobile"]
                one["redacted"] = ["mobile"]
    return properties.shown(actor, "employee", shown)


def employee(actor: Actor, employee_id: str) -> dict[str, Any]:
    """One employee. Raises NotFound."""
    row = session().execute(employees_visible_to(actor).where(_employee.id == employee_id)).one_or_none()
    if row is None:
        raise NotFound()
    return shown_employees(actor, [row])[0]


def whole_employee(actor: Actor, employee_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One employee with every field, for the event of a change. Raises NotFound."""
    statement = employees_visible_to(actor).where(_employee.id == employee_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return {**row._mapping, "departments": places_of(actor, [row.id])[row.id]}


def page_of_employees(actor: Actor, query: ListQuery) -> Page:
    """A page of employees. The departed stand in it only when the filter asks for a status."""
    statement = employees_visible_to(actor)
    if not any(condition.field == "status" for condition in query.conditions):
        statement = statement.where(_employee.status != "departed")
    found = page_of_people(actor, statement, query)
    return Page(shown_employees(actor, found.rows), found.next_cursor, found.total, found.fields)


def page_of_people(actor: Actor, statement: AnySelect, query: ListQuery) -> Page:
    """A page of a statement that began at `employees_visible_to`; its rows are not shown to anybody yet."""
    listing, query = properties.filtered(actor, "employee", EMPLOYEES, query)
    return page(statement, listing, actor.workspace_id, query)


def members_of(actor: Actor, department_id: str, query: ListQuery, *, recursive: bool) -> Page:
    """The people of a department, with those below it when `recursive`. Raises NotFound."""
    department(actor, department_id)
    ids = departments_within(actor, [department_id]) if recursive else {department_id}
    statement = employees_visible_to(actor).where(_in_department("in", list(ids)), _employee.status != "departed")
    found = page_of_people(actor, statement, query)
    return Page(shown_employees(actor, found.rows), found.next_cursor, found.total, found.fields)


def lookup(actor: Actor, ids: list[str], emails: list[str]) -> list[dict[str, Any]]:
    keys = [text.email_key(email) for email in emails]
    rows = session().execute(
        employees_visible_to(actor)
        .where(or_(_employee.id.in_(ids), (_employee.email_key.in_(keys)) & (_employee.status != "departed")))
        .order_by(_employee.id)
    )
    return shown_employees(actor, rows.all())


def active_employee(actor: Actor, employee_id: str) -> AnyRow | None:
    """The employee, when they are active."""
    return (
        session()
        .execute(employees_visible_to(actor).where(_employee.id == employee_id, _employee.status == "active"))
        .one_or_none()
    )


def names_of(actor: Actor, employee_ids: Iterable[str]) -> dict[str, str]:
    """Display names by id, for pages and answers that show who."""
    rows = session().execute(
        select(_employee.id, _employee.display_name).where(
            _employee.workspace_id == actor.workspace_id, _employee.id.in_(list(employee_ids))
        )
    )
    return {row.id: row.display_name for row in rows}


def page_of_invitations(actor: Actor, query: ListQuery) -> Page:
    table = Invitation.__table__
    return page(
        select(table).where(table.c.workspace_id == actor.workspace_id),
        INVITATIONS,
        actor.workspace_id,
        query,
    )


def invitation(actor: Actor, invitation_id: str) -> AnyRow:
    """One invitation. Raises NotFound."""
    table = Invitation.__table__
    row = (
        session()
        .execute(select(table).where(table.c.workspace_id == actor.workspace_id, table.c.id == invitation_id))
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return row


def pending_invitations(actor: Actor, employee_ids: Iterable[str]) -> dict[str, AnyRow]:
    """The newest open invitation of each of these employees."""
    table = Invitation.__table__
    rows = session().execute(
        select(table)
        .where(table.c.workspace_id == actor.workspace_id, table.c.status == "pending")
        .where(table.c.employee_id.in_(list(employee_ids)))
        .order_by(table.c.id)
    )
    return {row.employee_id: row for row in rows}


def invitation_by_digest(digest: str) -> AnyRow | None:
    """The open invitation behind a link, in whatever workspace: asked in a system unit."""
    table = Invitation.__table__
    return session().execute(select(table).where(table.c.digest == digest, table.c.status == "pending")).one_or_none()
