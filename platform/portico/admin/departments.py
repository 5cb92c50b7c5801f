"""Departments: the tree, and one of its nodes."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from portico.admin.blueprint import blueprint, go, here
from portico.admin.picker import department_names
from portico.domains.directory import queries, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, one_line
from portico.web.navigation import Entry

MENU = [
    Entry("admin", N_("Departments"), "network", "admin.departments", 30, scope="directory:write", group=N_("Company"))
]
_SHOWN_PEOPLE = 50


class Department(Form):
    pointers: ClassVar = {"/parent_id": "parent_id", "/name": "name"}

    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    parent_id = SelectField(
        lazy_gettext("Stands below"), description=lazy_gettext("Moving it takes everything below along.")
    )


def _form(actor: Actor, department_id: str | None = None, **values: Any) -> Department:
    form = Department(**values)
    names = sorted(department_names(actor).items(), key=lambda item: item[1].casefold())
    inside = queries.departments_within(actor, [department_id]) if department_id else set()
    form.parent_id.choices = [("", gettext("Nothing: at the top"))]
    form.parent_id.choices += [(one, name) for one, name in names if one not in inside]
    return form


@blueprint.page("/departments", scope="directory:write")
def departments(actor: Actor) -> str:
    return render_template("admin/departments/tree.html", roots=queries.tree(actor))


@blueprint.page("/departments/new", methods=("GET", "POST"), scope="directory:write")
def departments_new(actor: Actor) -> Any:
    form = _form(actor, parent_id=request.args.get("parent", ""))
    if form.validate_on_submit():
        with form.attempt():
            row = service.create_department(actor, name=form.name.data, parent_id=form.parent_id.data or None)
            flash(gettext("%(name)s is made.", name=row["name"]), "success")
            return go("departments")
    return form.page("admin/departments/edit.html", department=None, back=here("departments"))


@blueprint.page('/departments/<id("dep"):department_id>', methods=("GET", "POST"), scope="directory:write")
def departments_edit(actor: Actor, department_id: str) -> Any:
    row = queries.department(actor, department_id)
    form = _form(actor, department_id, name=row["name"], parent_id=row["parent_id"] or "")
    if form.validate_on_submit():
        changes = {"name": form.name.data, "parent_id": form.parent_id.data or None}
        with form.attempt():
            service.update_department(actor, department_id, changes)
            flash(gettext("Saved."), "success")
            return go("departments")
    found = queries.members_of(actor, department_id, ListQuery(limit=_SHOWN_PEOPLE), recursive=False)
    names = department_names(actor)
    return form.page("admin/departments/edit.html", department=row, members=found, names=names)


@blueprint.page('/departments/<id("dep"):department_id>/archive', methods=("POST",), scope="directory:write")
def departments_archive(actor: Actor, department_id: str) -> Any:
    if act(lambda: service.archive_department(actor, department_id), gettext("Put away.")):
        return go("departments")
    return go("departments_edit", department_id=department_id)
