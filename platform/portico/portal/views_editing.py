"""Saving a view of a list, changing it, sharing it, deleting it."""

from __future__ import annotations

from typing import Any, ClassVar

import orjson
from flask import flash, redirect, request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from portico.domains.directory import queries as directory
from portico.domains.views import permissions, queries, service
from portico.domains.views.schemas import ViewCreate, ViewUpdate
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.schemas import load
from portico.portal import views, words
from portico.portal.associations import stage_word
from portico.portal.blueprint import blueprint
from portico.web.forms import Form, MultiCheckboxField, one_line, version_in
from portico.web.pages import workspace_url

_ONE = '/views/<id("viw"):view_id>'


class ViewForm(Form):
    pointers: ClassVar = {"/columns": "columns"}

    name = StringField(lazy_gettext("Name of the view"), [InputRequired(), Length(max=100)], filters=[one_line])
    columns = MultiCheckboxField(lazy_gettext("Columns"), description=lazy_gettext("None ticked: the usual ones."))
    shared = BooleanField(lazy_gettext("For everybody who sees this list"))
    filter = HiddenField()
    sort = HiddenField()
    version = HiddenField()

    def values(self) -> dict[str, Any]:
        return {
            "name": self.name.data,
            "columns": self.columns.data or [],
            "shared": bool(self.shared.data),
            "filter": _object(self.filter.data),
            "sort": self.sort.data or None,
        }


def _object(text: str | None) -> dict[str, Any]:
    """A filter as a link or a hidden field carries it; what is none is empty, and is refused where it matters."""
    try:
        found = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _form(actor: Actor, object_name: str, **given: Any) -> ViewForm:
    form = ViewForm(**given)
    form.columns.choices = views.columns(actor, object_name)
    if not actor.may("views:share"):
        form.shared.data = False
    return form


def _page(actor: Actor, form: ViewForm, object_name: str, **more: Any) -> Any:
    wanted = _object(form.filter.data)
    return form.page(
        "portal/views/edit.html",
        object_name=object_name,
        conditions=in_words(actor, object_name, wanted),
        may_share=actor.may("views:share"),
        back=workspace_url(views.PAGES[object_name]),
        **more,
    )


@blueprint.page("/views/new", methods=("GET", "POST"), endpoint="views_new", scope="views:write")
def new_view(actor: Actor) -> Any:
    object_name = request.args.get("object", "")
    if object_name not in views.PAGES:
        raise NotFound
    form = _form(actor, object_name, filter=request.args.get("filter"), sort=request.args.get("sort"))
    if form.validate_on_submit():
        with form.attempt():
            made = service.create_view(actor, load(ViewCreate(), {"object": object_name, **form.values()}))
            flash(gettext("The view is saved."), "success")
            return _to(made)
    return _page(actor, form, object_name, view=None)


@blueprint.page(_ONE, methods=("GET", "POST"), endpoint="views_edit", scope="views:write")
def edit_view(actor: Actor, view_id: str) -> Any:
    found = queries.row(actor, view_id)
    permissions.require_may_change(actor, found)
    if found.object not in views.PAGES:
        raise NotFound
    form = _form(
        actor,
        found.object,
        name=found.name,
        columns=found.columns,
        shared=found.shared,
        filter=request.args.get("filter") or orjson.dumps(found.filter).decode(),
        sort=request.args.get("sort") or found.sort,
        version=str(found.version),
    )
    if form.validate_on_submit():
        with form.attempt():
            values = load(ViewUpdate(), form.values())
            made = service.update_view(actor, view_id, values, expected_version=version_in(form.version.data))
            flash(gettext("Saved."), "success")
            return _to(made)
    return _page(actor, form, found.object, view=queries.shown(actor, found._mapping))


@blueprint.page(f"{_ONE}/delete", methods=("POST",), scope="views:write")
def delete_view(actor: Actor, view_id: str) -> Any:
    found = queries.row(actor, view_id)
    service.delete_view(actor, view_id)
    flash(gettext("The view is deleted. What was in it is not."), "success")
    return redirect(workspace_url(views.PAGES.get(found.object, "portal.home")))


def _to(view: dict[str, Any]) -> Any:
    return redirect(workspace_url(views.PAGES[view["object"]], saved=view["id"]))


def in_words(actor: Actor, object_name: str, wanted: dict[str, Any]) -> list[tuple[str, str, str]]:
    """A filter as people read it: field, how, what."""
    found = []
    for name, value in wanted.items():
        for operator, one in value.items() if isinstance(value, dict) else (("eq", value),):
            parts = one if isinstance(one, list) else [one]
            what = ", ".join(_word(actor, name, part) for part in parts)
            how = _how(operator, one)
            found.append((views.label(actor, object_name, name), how, "" if operator == "exists" else what))
    return found


def _how(operator: str, value: Any) -> str:
    sentences = {
        "eq": gettext("is"),
        "ne": gettext("is not"),
        "in": gettext("is one of"),
        "lt": gettext("is below"),
        "lte": gettext("is at most"),
        "gt": gettext("is above"),
        "gte": gettext("is at least"),
        "exists": gettext("is set") if value is True or value == "true" else gettext("is not set"),
    }
    return str(sentences.get(operator, operator))


def _word(actor: Actor, name: str, value: Any) -> str:
    if value == "me":
        return str(gettext("whoever looks"))
    text = str(value)
    if text.startswith("emp_"):
        return directory.names_of(actor, [text]).get(text, text)
    if name == "status":
        return words.status(text)
    if name == "priority":
        return words.priority(text)
    if name == "lifecycle_stage":
        return str(stage_word(actor, text))
    return str({"True": gettext("Yes"), "False": gettext("No")}.get(text, text))
