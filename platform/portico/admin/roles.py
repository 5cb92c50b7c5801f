"""Roles: the built-in ones, and those that the workspace puts together for itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portico.admin.blueprint import blueprint, go
from portico.domains.identity import queries, roles, service
from portico.kernel.actor import ROLES, Actor
from portico.kernel.custom_roles import exceeds
from portico.kernel.errors import NotFound
from portico.kernel.listing import MAX_LIMIT, Condition, ListQuery
from portico.kernel.scopes import SCOPES, scopes_of_role
from portico.kernel.text import N_
from portico.web import roles as words
from portico.web.acting import act
from portico.web.forms import Form, one_line, version_in
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Roles"), "shield", "admin.roles", 34, scope="members:read", group=N_("Company"))]
AREAS: dict[str, str] = {
    "tickets": N_("Tickets and queues"),
    "contacts": N_("Contacts and companies"),
    "announcements": N_("Announcements and notices"),
    "directory": N_("People and departments"),
    "attendance": N_("Attendance and absences"),
    "apps": N_("Apps and webhooks"),
    "workspace": N_("The workspace"),
}
_AREA_OF = {
    "queues": "tickets",
    "companies": "contacts",
    "contact_settings": "contacts",
    "timeline": "contacts",
    "properties": "contacts",
    "notifications": "announcements",
    "members": "directory",
    "absences": "attendance",
    "installations": "apps",
    "catalogue": "apps",
    "webhooks": "apps",
}


class RoleForm(Form):
    name = StringField(lazy_gettext("Name of the role"), [DataRequired(), Length(max=100)], filters=[one_line])
    description = TextAreaField(lazy_gettext("What it is for"), [Length(max=500)], render_kw={"rows": 2})
    version = HiddenField()

    def values(self) -> dict[str, Any]:
        scopes = request.form.getlist("scopes")
        return {"name": self.name.data, "description": self.description.data or "", "scopes": scopes}


def matrix(actor: Actor, chosen: Collection[str]) -> list[dict[str, Any]]:
    """What can be chosen, by area: what every employee has is not among it. What the person who looks does not have
    cannot be given by them."""
    mine, everybody = scopes_of_role(actor.role or ""), scopes_of_role("employee")
    found: dict[str, list[dict[str, Any]]] = {area: [] for area in AREAS}
    for scope in SCOPES:
        if scope.roles and scope.name not in everybody:
            first = scope.name.partition(":")[0].partition(".")[0]
            area = _AREA_OF.get(first, first if first in AREAS else "workspace")
            about = {"scope": scope, "chosen": scope.name in chosen, "mine": scope.name in mine}
            found[area].append({**about, "counts_as": words.label(scope.marks) if scope.marks else None})
    return [{"label": gettext(AREAS[area]), "rows": rows} for area, rows in found.items() if rows]


@blueprint.page("/roles", scope="members:read", endpoint="roles")
def list_of_roles(actor: Actor) -> str:
    return render_template(
        "admin/roles/list.html",
        built_in=[(role, words.label(role), words.SENTENCES[role]) for role in ROLES],
        made=roles.page_of_roles(actor, ListQuery(limit=MAX_LIMIT)).rows,
        counts=roles.member_counts(actor),
        may_write=actor.may("members:write"),
    )


@blueprint.page("/roles/new", methods=("GET", "POST"), scope="members:write")
def roles_new(actor: Actor) -> Any:
    """From nothing, or as a copy of a role, built-in or made."""
    source = roles.find(actor.workspace_id, request.args.get("like", "employee"))
    copied = scopes_of_role(source or "employee") - scopes_of_role("employee")
    form = RoleForm(name=gettext("Copy of %(role)s", role=words.label(source)) if source and copied else "")
    chosen = request.form.getlist("scopes") if request.method == "POST" else copied
    if form.validate_on_submit():
        with form.attempt():
            made = service.create_role(actor, **form.values())
            flash(gettext("The role %(name)s is made. Give it to people on their pages.", name=made["name"]), "success")
            return go("roles_one", role_id=made["id"])
    return form.page("admin/roles/edit.html", role=None, areas=matrix(actor, chosen), may_write=True)


@blueprint.page('/roles/<id("rol"):role_id>', methods=("GET", "POST"), scope="members:read")
def roles_one(actor: Actor, role_id: str) -> Any:
    role = roles.role(actor, role_id)
    form = RoleForm(name=role["name"], description=role["description"], version=role["version"])
    may_write = actor.may("members:write")
    chosen = request.form.getlist("scopes") if request.method == "POST" else role["scopes"]
    if may_write and form.validate_on_submit():
        with form.attempt():
            service.update_role(actor, role_id, form.values(), expected_version=version_in(form.version.data))
            flash(gettext("Saved. It counts from the next click of whoever has the role."), "success")
            return go("roles_one", role_id=role_id)
    return form.page(
        "admin/roles/edit.html",
        role=role,
        areas=matrix(actor, chosen),
        may_write=may_write,
        people=queries.page_of_members(actor, _having(role_id)).rows,
        includes=[words.label(one) for one in role["includes"]],
        choices=[pair for pair in choices(actor) if pair[0] != role_id],
    )


def _having(role_id: str) -> ListQuery:
    return ListQuery(limit=MAX_LIMIT, conditions=(Condition("role", "eq", role_id),))


def choices(actor: Actor) -> list[tuple[str, str]]:
    """The roles that this person may give, built-in ones first."""
    known = (*ROLES, *roles.made_roles(actor.workspace_id))
    return [(str(one), words.label(one)) for one in known if not exceeds(actor.role or "", one)]


@blueprint.page('/roles/<id("rol"):role_id>/delete', methods=("POST",), scope="members:write")
def roles_delete(actor: Actor, role_id: str) -> Any:
    name = roles.role(actor, role_id)["name"]
    following = request.form.get("move_to") or "employee"
    done = gettext("The role %(name)s is deleted.", name=name)
    act(lambda: service.delete_role(actor, role_id, move_to=following), done)
    try:
        roles.role(actor, role_id)
    except NotFound:
        return go("roles")
    return go("roles_one", role_id=role_id)
