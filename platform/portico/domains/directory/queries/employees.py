"""Reads of employees; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from portico.domains.directory.models import DepartmentMember, Employee, PastDepartmentMember
from portico.domains.directory.queries.departments import department, departments_within
from portico.domains.directory.ranges import within_range
from portico.domains.directory.schemas import STATUSES
from portico.domains.properties import queries as properties
from portico.kernel import text
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_employee = Employee.__table__.c
_place = DepartmentMember.__table__.c
_past = PastDepartmentMember.__table__.c

HIDDEN = ("mobile", "private_email", "hired_on", "leaves_on")
"""What stands behind `directory.sensitive:read`, but for the person's own row."""


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


def _number(operator: str, value: Any) -> ColumnElement[bool]:
    return _employee.employee_no_key.in_([text.search_key(one) for one in (value if operator == "in" else [value])])


EMPLOYEES = Listing(
    id_column=_employee.id,
    filters={
        "status": Filter(column=_employee.status, choices=STATUSES),
        "manager_id": Filter(column=_employee.manager_id),
        "primary_email": Filter(clause=_employee_email, operators=("eq", "ne", "in")),
        "employee_no": Filter(clause=_number, operators=("eq", "in")),
        "external_id": Filter(column=_employee.external_id),
        "department_id": Filter(clause=_in_department, operators=("eq", "in")),
        "created_at": Filter(kind="instant", column=_employee.created_at, operators=ORDERED),
        "updated_at": Filter(kind="instant", column=_employee.updated_at, operators=ORDERED),
    },
    sorts={"created_at": Sort(_employee.id), "display_name": Sort(_employee.name_key)},
    default_sort="display_name",
    search_kind="employee",
    open_filters=properties.PREFIX,
)


def employees_visible_to(actor: Actor) -> AnySelect:
    """Everyone; the departed only for those who manage people, or by their id."""
    return select(Employee.__table__).where(
        _employee.workspace_id == actor.workspace_id, *within_range(actor, _employee.id)
    )


def places_of(actor: Actor, employee_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The departments of each of these employees, the primary one first."""
    found: dict[str, list[dict[str, Any]]] = {employee_id: [] for employee_id in employee_ids}
    rows = session().execute(
        select(
            _place.employee_id,
            _place.department_id,
            _place.is_primary,
            _place.lead,
            _place.title,
            _place.sort_order,
        )
        .where(_place.workspace_id == actor.workspace_id, _place.employee_id.in_(employee_ids))
        .order_by(_place.is_primary.desc(), _place.department_id)
    )
    for row in rows:
        found[row.employee_id].append(
            {
                "id": row.department_id,
                "primary": row.is_primary,
                "lead": row.lead,
                "title": row.title,
                "sort_order": row.sort_order,
            }
        )
    return found


def past_places_of(actor: Actor, employee_id: str) -> Sequence[AnyRow]:
    """The memberships of an employee that have ended, the newest first. Raises NotFound."""
    employee(actor, employee_id)
    rows = session().execute(
        select(PastDepartmentMember.__table__)
        .where(_past.workspace_id == actor.workspace_id, _past.employee_id == employee_id)
        .order_by(_past.until.desc(), _past.id.desc())
        .limit(200)
    )
    return rows.all()


def _hidden_from(actor: Actor, row: dict[str, Any]) -> list[str]:
    """Which fields of this employee the actor may not see. Who keeps the directory sees what others do not, an app
    never sees a number that the person keeps for themselves."""
    own = row["id"] == actor.employee_id and not actor.through_app
    hidden = [] if own or actor.may("directory.sensitive:read") else list(HIDDEN)
    keeps = not actor.through_app and (own or actor.may("directory:write"))
    if row["hide_mobile"] and not keeps and "mobile" not in hidden:
        hidden.append("mobile")
    return hidden


def shown_employees(actor: Actor, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    places = places_of(actor, [row.id for row in rows]) if rows else {}
    shown = [{**row._mapping, "departments": places[row.id]} for row in rows]
    for one in shown:
        hidden = _hidden_from(actor, one)
        if hidden:
            for name in hidden:
                del one[name]
            one["redacted"] = sorted(hidden)
    return properties.shown(actor, "employee", shown)


def told(row: dict[str, Any]) -> dict[str, Any]:
    """An employee as events carry them: a number that is kept private leaves the directory in no way."""
    if not row["hide_mobile"]:
        return row
    return {**{name: value for name, value in row.items() if name != "mobile"}, "redacted": ["mobile"]}


def employee(actor: Actor, employee_id: str) -> dict[str, Any]:
    """One employee. Raises NotFound."""
    row = session().execute(employees_visible_to(actor).where(_employee.id == employee_id)).one_or_none()
    if row is None:
        raise NotFound()
    return shown_employees(actor, [row])[0]


def whole_employee(actor: Actor, employee_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One employee with every field, for the event of a change. Raises NotFound."""
    found = whole_employees(actor, [employee_id], lock=lock)
    if not found:
        raise NotFound()
    return found[employee_id]


def whole_employees(actor: Actor, employee_ids: Sequence[str], *, lock: bool = False) -> dict[str, dict[str, Any]]:
    """These employees with every field, by id; locked in the order of their ids."""
    statement = employees_visible_to(actor).where(_employee.id.in_(employee_ids)).order_by(_employee.id)
    rows = session().execute(statement.with_for_update(key_share=True) if lock else statement).all()
    places = places_of(actor, [row.id for row in rows])
    return {row.id: {**row._mapping, "departments": places[row.id]} for row in rows}


def people_in(actor: Actor, department_id: str) -> list[str]:
    """The ids of everybody in a department, whoever asks: for the service."""
    return list(
        session().scalars(
            select(_place.employee_id)
            .where(_place.workspace_id == actor.workspace_id, _place.department_id == department_id)
            .order_by(_place.employee_id)
        )
    )


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


def lookup(
    actor: Actor,
    ids: Sequence[str] = (),
    emails: Sequence[str] = (),
    employee_nos: Sequence[str] = (),
    external_ids: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Whoever has one of these. Addresses and numbers may be another's by now, so of those only the present count."""
    keys = [text.email_key(email) for email in emails]
    numbers = [text.search_key(number) for number in employee_nos]
    here = _employee.status != "departed"
    ways = (
        (ids, _employee.id.in_(ids)),
        (external_ids, _employee.external_id.in_(external_ids)),
        (keys, _employee.email_key.in_(keys) & here),
        (numbers, _employee.employee_no_key.in_(numbers) & here),
    )
    asked = [way for given, way in ways if given]
    if not asked:
        return []
    rows = session().execute(employees_visible_to(actor).where(or_(*asked)).order_by(_employee.id))
    return shown_employees(actor, rows.all())


def active_employee(actor: Actor, employee_id: str) -> AnyRow | None:
    """The employee, when they are active."""
    return (
        session()
        .execute(employees_visible_to(actor).where(_employee.id == employee_id, _employee.status == "active"))
        .one_or_none()
    )


def is_not_active(workspace_id: ColumnElement[str], employee_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """That the employee whom these two columns name is not at work here: invited, suspended or departed."""
    return (
        select(_employee.id)
        .where(_employee.workspace_id == workspace_id, _employee.id == employee_id, _employee.status != "active")
        .exists()
    )


def names_of(actor: Actor, employee_ids: Iterable[str]) -> dict[str, str]:
    """Display names by id, for pages and answers that show who."""
    rows = session().execute(
        select(_employee.id, _employee.display_name).where(
            _employee.workspace_id == actor.workspace_id, _employee.id.in_(list(employee_ids))
        )
    )
    return {row.id: row.display_name for row in rows}
