"""Departments: the tree, and one of its nodes."""

from __future__ import annotations

from flask import render_template

from portico.domains.directory import queries
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.portal.presence import presence_of
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [Entry("portal", N_("Departments"), "network", "portal.departments", 50, scope="directory:read", key="d")]
LEVELS = 3
"""How many levels a page shows at once; what is below is behind a link."""


@blueprint.page("/departments", scope="directory:read")
def departments(actor: Actor) -> str:
    return render_template("portal/directory/departments.html", tree=queries.tree(actor, LEVELS))


@blueprint.page('/departments/<id("dep"):department_id>', endpoint="departments_one", scope="directory:read")
def department(actor: Actor, department_id: str) -> str:
    """One department: what is above and below it, who leads it, and its people."""
    found = queries.department(actor, department_id)
    children = [row for row in queries.children_of(actor, department_id) if row.archived_at is None]
    members = queries.members_of(actor, department_id, page_query(queries.EMPLOYEES), recursive=False)
    leads = queries.leads_of(actor, [department_id]).get(department_id, [])
    leading = {row["id"]: row for row in queries.lookup(actor, leads)}
    return render_template(
        "portal/directory/department.html",
        department=found,
        names=queries.names_of_departments(actor, found["path"]),
        children=children,
        sizes=queries.sizes_of(actor, [row.id for row in children]),
        leads=[leading[one] for one in leads if one in leading],
        members=[row for row in members.rows if row["id"] not in leads],
        presence=presence_of(actor, [*leading, *(row["id"] for row in members.rows if row["status"] == "active")]),
        links=page_links(members),
    )
