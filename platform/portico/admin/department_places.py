"""Where a department stands: moving it, archiving it, bringing it back, deleting it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, request
from flask_babel import gettext

from portico.admin.blueprint import blueprint, go
from portico.admin.departments import ONE
from portico.admin.picker import DEPARTMENTS, is_search, one_picked, picker
from portico.domains.directory import queries, service
from portico.domains.directory.errors import DepartmentNotEmpty
from portico.kernel.actor import Actor
from portico.web.acting import act
from portico.web.forms import Form


@blueprint.page(f"{ONE}/move", methods=("GET", "POST"), scope="directory:write")
def departments_move(actor: Actor, department_id: str) -> Any:
    """Only to where it can go: not below itself."""
    row = queries.department(actor, department_id)
    form = Form()
    parent_id = one_picked("parent_id") if request.method == "POST" else row["parent_id"]
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            service.move_department(actor, department_id, parent_id=parent_id)
            flash(gettext("%(name)s has moved, with all below it.", name=row["name"]), "success")
            return go("departments_edit", department_id=department_id)
    inside = frozenset(queries.departments_within(actor, [department_id]))
    where = picker(
        actor,
        [parent_id] if parent_id else [],
        kinds=DEPARTMENTS,
        name="parent_id",
        nothing=gettext("Nothing: at the top"),
        without=inside,
    )
    return form.page("admin/departments/move.html", department=row, picker=where, below=len(inside) - 1)


@blueprint.page(f"{ONE}/archive", methods=("GET", "POST"), scope="directory:write")
def departments_archive(actor: Actor, department_id: str) -> Any:
    row = queries.department(actor, department_id)
    done = gettext("%(name)s is archived. It can be brought back below the tree.", name=row["name"])
    return _ended(actor, row, "archive", service.archive_department, done)


@blueprint.page(f"{ONE}/delete", methods=("GET", "POST"), scope="directory:write")
def departments_delete(actor: Actor, department_id: str) -> Any:
    row = queries.any_department(actor, department_id)
    return _ended(actor, row, "delete", service.delete_department, gettext("%(name)s is deleted.", name=row["name"]))


@blueprint.page(f"{ONE}/unarchive", methods=("POST",), scope="directory:write")
def departments_unarchive(actor: Actor, department_id: str) -> Any:
    if act(lambda: service.unarchive_department(actor, department_id), gettext("Brought back, without people.")):
        return go("departments_edit", department_id=department_id)
    return go("departments")


def _require_target(actor: Actor, department_id: str, to: str | None) -> None:
    """The service says as much, in the words of the API."""
    if to is None and queries.people_in(actor, department_id):
        raise DepartmentNotEmpty(gettext("Choose where its people go."))


def _ended(actor: Actor, row: dict[str, Any], step: str, end: Callable[..., Any], done: str) -> Any:
    """The page that says what the step does and what stands in its way; sent, it does it."""
    form, to = Form(), one_picked("move_members_to")
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            _require_target(actor, row["id"], to)
            end(actor, row["id"], move_members_to=to)
            flash(done, "success")
            return go("departments")
    below = [one for one in queries.children_of(actor, row["id"]) if step == "delete" or one.archived_at is None]
    where = picker(
        actor,
        [to] if to else [],
        kinds=DEPARTMENTS,
        name="move_members_to",
        nothing=gettext("Nowhere yet"),
        without=frozenset(queries.departments_within(actor, [row["id"]])),
    )
    return form.page(
        "admin/departments/end.html",
        department=row,
        step=step,
        below=below,
        people=len(queries.people_in(actor, row["id"])),
        picker=where,
    )
