"""Departments: the tree, and one of its nodes with who stands in it."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portico.admin.blueprint import blueprint, go, here
from portico.admin.picker import DEPARTMENTS, PEOPLE, is_search, one_picked, picked, picker
from portico.domains.directory import queries, service
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, one_line
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [
    Entry("admin", N_("Departments"), "network", "admin.departments", 30, scope="directory:write", group=N_("Company"))
]
ONE = '/departments/<id("dep"):department_id>'
LEVELS = 4
"""How many levels a page shows at once; what is below is on the page of its department."""


class Department(Form):
    pointers: ClassVar = {"/name": "name", "/sort_order": "sort_order"}

    name = StringField(lazy_gettext("Department name"), [DataRequired(), Length(max=100)], filters=[one_line])
    sort_order = IntegerField(
        lazy_gettext("Place among its siblings"),
        [InputRequired(), NumberRange(-1_000_000, 1_000_000)],
        description=lazy_gettext("Smaller numbers come first; equal ones by name."),
    )


@blueprint.page("/departments", scope="directory:write")
def departments(actor: Actor) -> str:
    return render_template(
        "admin/departments/tree.html",
        roots=queries.tree(actor, LEVELS),
        archived=queries.archived_departments(actor),
    )


@blueprint.page("/departments/new", methods=("GET", "POST"), scope="directory:write")
def departments_new(actor: Actor) -> Any:
    form = Department(sort_order=0)
    parent_id = one_picked("parent_id") if request.method == "POST" else request.args.get("parent")
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            row = service.create_department(
                actor, name=form.name.data, parent_id=parent_id, sort_order=form.sort_order.data
            )
            flash(gettext("%(name)s is made.", name=row["name"]), "success")
            return go("departments")
    above = picker(
        actor,
        [parent_id] if parent_id is not None and is_id(parent_id, "dep") else [],
        kinds=DEPARTMENTS,
        name="parent_id",
        nothing=gettext("Nothing: at the top"),
    )
    return form.page("admin/departments/new.html", picker=above, back=here("departments"))


@blueprint.page(ONE, methods=("GET", "POST"), scope="directory:write")
def departments_edit(actor: Actor, department_id: str) -> Any:
    row = queries.department(actor, department_id)
    form = Department(name=row["name"], sort_order=row["sort_order"])
    if form.validate_on_submit():
        with form.attempt():
            service.update_department(
                actor, department_id, {"name": form.name.data, "sort_order": form.sort_order.data}
            )
            flash(gettext("Saved."), "success")
            return go("departments_edit", department_id=department_id)
    found = queries.members_of(actor, department_id, page_query(queries.EMPLOYEES), recursive=False)
    children = [one for one in queries.children_of(actor, department_id) if one.archived_at is None]
    return form.page(
        "admin/departments/edit.html",
        department=row,
        names=queries.names_of_departments(actor, row["path"]),
        members=found,
        links=page_links(found),
        children=children,
        sizes=queries.sizes_of(actor, [one.id for one in children]),
    )


@blueprint.page(f"{ONE}/add", methods=("GET", "POST"), scope="directory:write")
def departments_add(actor: Actor, department_id: str) -> Any:
    row = queries.department(actor, department_id)
    form, ids = Form(), picked()
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            for employee_id in sorted(ids):
                service.put_member(actor, department_id, employee_id, {})
            flash(gettext("Saved."), "success")
            return go("departments_edit", department_id=department_id)
    return form.page("admin/departments/add.html", row=row, picker=picker(actor, ids, kinds=PEOPLE))


@blueprint.page(f"{ONE}/lead", methods=("POST",), scope="directory:write")
def departments_lead(actor: Actor, department_id: str) -> Any:
    """Make somebody a lead of it, or no lead any more."""
    employee_id, lead = request.form.get("employee_id", ""), request.form.get("lead") == "1"
    act(lambda: service.put_member(actor, department_id, employee_id, {"lead": lead}), gettext("Saved."))
    return go("departments_edit", department_id=department_id)


@blueprint.page(f"{ONE}/remove", methods=("POST",), scope="directory:write")
def departments_remove(actor: Actor, department_id: str) -> Any:
    employee_id = request.form.get("employee_id", "")
    done = gettext("Taken out of the department.")
    act(lambda: service.remove_member(actor, department_id, employee_id), done)
    return go("departments_edit", department_id=department_id)
