"""People and departments."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portico.domains.directory import queries
from portico.kernel import sightings
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.ids import is_id
from portico.kernel.text import N_
from portico.portal import properties
from portico.portal.blueprint import blueprint
from portico.portal.interactions import panels
from portico.web.lists import page_links, page_query, sort_link
from portico.web.navigation import Entry

MENU = [
    Entry("portal", N_("People"), "users", "portal.people", 40, scope="directory:read", key="p"),
    Entry("portal", N_("Departments"), "network", "portal.departments", 50, scope="directory:read", key="d"),
]


def _department_names(actor: Actor) -> dict[str, str]:
    return {row.id: row.name for row in queries.all_departments(actor)}


@blueprint.page("/people", scope="directory:read")
def people(actor: Actor) -> str:
    """Everyone of the workspace; of one department with those below it."""
    names = _department_names(actor)
    department_id = request.args.get("department")
    sort = request.args.get("sort") or "display_name"
    if department_id and department_id in names:
        found = queries.members_of(actor, department_id, page_query(queries.EMPLOYEES, sort=sort), recursive=True)
    else:
        found = queries.page_of_employees(actor, page_query(queries.EMPLOYEES, sort=sort))
    sightings.note(actor, "employee", way="search" if request.args.get("q") else "list")
    return render_template(
        "portal/directory/people.html",
        found=found,
        links=page_links(found),
        names=names,
        department=names.get(department_id or ""),
        department_id=department_id,
        name_sort=sort_link("display_name", sort),
    )


@blueprint.page('/people/<id("emp"):employee_id>', endpoint="people_one", scope="directory:read")
def person(actor: Actor, employee_id: str) -> str:
    found = queries.employee(actor, employee_id)
    sightings.note(actor, "employee", employee_id)
    manager = None
    if is_id(found["manager_id"], "emp"):
        manager = queries.names_of(actor, [found["manager_id"]]).get(found["manager_id"])
    return render_template(
        "portal/directory/person.html",
        person=found,
        own_properties=properties.shown(actor, "employee", found),
        may_change=actor.may("directory:write"),
        manager=manager,
        names=_department_names(actor),
        is_me=employee_id == actor.employee_id,
        panels=panels(actor, "employee.panel", "employee", employee_id),
    )


@blueprint.page("/departments", scope="directory:read")
def departments(actor: Actor) -> str:
    return render_template("portal/directory/departments.html", tree=queries.tree(actor))


@blueprint.page('/departments/<id("dep"):department_id>', endpoint="departments_one", scope="directory:read")
def department(actor: Actor, department_id: str) -> Any:
    """One department: what is above and below it, and its people, the leads first."""
    found = queries.department(actor, department_id)
    names = _department_names(actor)
    node = _find(queries.tree(actor), department_id)
    if node is None:
        raise NotFound()
    members = queries.members_of(actor, department_id, page_query(queries.EMPLOYEES), recursive=False)
    leads = {
        row["id"] for row in members.rows if any(p["id"] == department_id and p["lead"] for p in row["departments"])
    }
    return render_template(
        "portal/directory/department.html",
        department=found,
        names=names,
        children=node["children"],
        members=sorted(members.rows, key=lambda row: row["id"] not in leads),
        leads=leads,
        links=page_links(members),
    )


def _leads(employee: dict[str, Any], department_id: str) -> bool:
    return any(place["id"] == department_id and place["lead"] for place in employee["departments"])


def _find(nodes: list[dict[str, Any]], department_id: str) -> dict[str, Any] | None:
    for node in nodes:
        if node["id"] == department_id:
            return node
        below = _find(node["children"], department_id)
        if below is not None:
            return below
    return None
