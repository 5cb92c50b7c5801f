"""Categories of announcements, and who reviews what is announced in one."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portico.admin.announcements import categories
from portico.admin.blueprint import blueprint, go
from portico.admin.picker import PEOPLE, is_search, picked, picker
from portico.domains.announcements import queries, service
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor
from portico.web.acting import act
from portico.web.forms import Form, one_line, version_in

_ONE = '/announcement-categories/<id("acg"):category_id>'


class Category(Form):
    pointers: ClassVar = {"/approver_ids": "name"}

    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    requires_review = BooleanField(lazy_gettext("Somebody else says yes before one is published"))
    version = HiddenField()


@blueprint.page("/announcement-categories", methods=("GET", "POST"), scope="announcements:admin")
def announcement_categories(actor: Actor) -> Any:
    form = Category()
    if form.validate_on_submit():
        with form.attempt():
            values = {"name": form.name.data, "requires_review": bool(form.requires_review.data)}
            made = service.create_category(actor, {**values, "sort_order": 0, "approver_ids": []})
            flash(gettext("%(name)s is made.", name=made["name"]), "success")
            return go("announcement_categories")
    rows = list(categories(actor).values())
    return form.page("admin/announcements/categories.html", rows=rows, names=_approvers(actor, rows))


def _approvers(actor: Actor, rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    people = directory.names_of(actor, {one for row in rows for one in row["approver_ids"]})
    return {row["id"]: [people[one] for one in row["approver_ids"] if one in people] for row in rows}


@blueprint.page(_ONE, methods=("GET", "POST"), scope="announcements:admin")
def announcement_categories_edit(actor: Actor, category_id: str) -> Any:
    row = queries.category(actor, category_id)
    form = Category(name=row["name"], requires_review=row["requires_review"], version=row["version"])
    ids = picked() if form.is_submitted() else list(row["approver_ids"])
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            values = {"name": form.name.data, "requires_review": bool(form.requires_review.data), "approver_ids": ids}
            service.update_category(actor, category_id, values, expected_version=version_in(form.version.data))
            flash(gettext("Saved."), "success")
            return go("announcement_categories")
    return form.page("admin/announcements/category.html", row=row, picker=picker(actor, ids, kinds=PEOPLE))


@blueprint.page(f"{_ONE}/delete", methods=("POST",), scope="announcements:admin")
def announcement_categories_delete(actor: Actor, category_id: str) -> Any:
    act(lambda: service.delete_category(actor, category_id), gettext("Deleted."))
    return go("announcement_categories")
