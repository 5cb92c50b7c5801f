"""Groups: people who belong together across departments, and which apps are for them."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portico.admin import rule_builder
from portico.admin.blueprint import blueprint, go, here
from portico.admin.installations import with_looks
from portico.admin.picker import PEOPLE, is_search, picked, picker
from portico.domains.directory import groups, service
from portico.domains.directory.queries import EMPLOYEES
from portico.domains.installations import queries as installations
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, one_line
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Groups"), "users", "admin.groups", 32, scope="directory:write", group=N_("Company"))]
_ONE = '/groups/<id("grp"):group_id>'


class Group(Form):
    pointers: ClassVar = {"/name": "name", "/description": "description"}

    name = StringField(lazy_gettext("Group name"), [DataRequired(), Length(max=100)], filters=[one_line])
    description = TextAreaField(lazy_gettext("What it is for"), [Length(max=1000)])

    def values(self) -> dict[str, Any]:
        return {"name": self.name.data, "description": (self.description.data or "").strip() or None}


@blueprint.page("/groups", scope="directory:write", endpoint="groups")
def list_groups(actor: Actor) -> str:
    found = groups.page_of_groups(actor, page_query(groups.GROUPS))
    counts = groups.sizes_of(actor, [row["id"] for row in found.rows])
    return render_template("admin/groups/list.html", rows=found.rows, counts=counts, links=page_links(found))


@blueprint.page("/groups/new", methods=("GET", "POST"), scope="directory:write")
def groups_new(actor: Actor) -> Any:
    form = Group()
    if form.validate_on_submit():
        with form.attempt():
            row = service.create_group(actor, **form.values())
            flash(gettext("%(name)s is made.", name=row["name"]), "success")
            return go("groups_edit", group_id=row["id"])
    return form.page("admin/groups/new.html", back=here("groups"))


@blueprint.page(_ONE, methods=("GET", "POST"), scope="directory:write")
def groups_edit(actor: Actor, group_id: str) -> Any:
    row = groups.shown_group(actor, group_id)
    form = Group(name=row["name"], description=row["description"])
    if form.validate_on_submit():
        with form.attempt():
            service.update_group(actor, group_id, form.values())
            flash(gettext("Saved."), "success")
            return go("groups_edit", group_id=group_id)
    found = groups.members_of(actor, group_id, page_query(EMPLOYEES))
    return form.page(
        "admin/groups/edit.html",
        row=row,
        rule=rule_builder.in_words(actor, row["rule"]) if row.get("rule") else None,
        people=found,
        links=page_links(found),
        apps=_used_by(actor, group_id),
    )


def _used_by(actor: Actor, group_id: str) -> list[dict[str, Any]]:
    return with_looks(actor, installations.using_group(actor, group_id))


@blueprint.page(f"{_ONE}/add", methods=("GET", "POST"), scope="directory:write")
def groups_add(actor: Actor, group_id: str) -> Any:
    row = groups.group(actor, group_id)
    form, ids = Form(), picked()
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            service.change_members(actor, group_id, add=ids)
            flash(gettext("Saved. It counts from the next click."), "success")
            return go("groups_edit", group_id=group_id)
    return form.page("admin/groups/add.html", row=row, picker=picker(actor, ids, kinds=PEOPLE))


@blueprint.page(f"{_ONE}/remove", methods=("POST",), scope="directory:write")
def groups_remove(actor: Actor, group_id: str) -> Any:
    gone = [request.form.get("employee_id", "")]
    act(lambda: service.change_members(actor, group_id, remove=gone), gettext("Taken out of the group."))
    return go("groups_edit", group_id=group_id)


@blueprint.page(f"{_ONE}/delete", methods=("POST",), scope="directory:write")
def groups_delete(actor: Actor, group_id: str) -> Any:
    if act(lambda: service.delete_group(actor, group_id), gettext("Deleted. Its people stay.")):
        return go("groups")
    return go("groups_edit", group_id=group_id)
