"""Macros on pages: the shared ones and one's own, and using one on a ticket."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portico.domains.tickets import macro_queries, macro_schemas, permissions, service
from portico.domains.tickets.rendering import PLACES
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal import words
from portico.portal.blueprint import blueprint
from portico.portal.tickets_forms import tags_of
from portico.web.acting import act
from portico.web.forms import Form, blank_to_none, one_line, strip
from portico.web.pages import workspace_url

_ONE = '/ticket-macros/<id("mac"):macro_id>'


class Macro(Form):
    pointers: ClassVar = {"/effects/add_tags": "add_tags", "/effects/status": "status"}

    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    body = TextAreaField(lazy_gettext("Text"), [Length(max=65_536)], render_kw={"rows": 6})
    visibility = SelectField(
        lazy_gettext("Who can read this text"),
        choices=[
            SelectChoice("public", lazy_gettext("The customer and the team")),
            SelectChoice("internal", lazy_gettext("Only the team")),
        ],
    )
    status = SelectField(lazy_gettext("Status afterwards"), default="")
    priority = SelectField(lazy_gettext("Priority"), default="")
    add_tags = StringField(lazy_gettext("Tags to add"), [Length(max=2000)], filters=[strip])
    assign_to_me = BooleanField(lazy_gettext("Give the ticket to who uses it"))
    shared = BooleanField(lazy_gettext("For everybody who works on tickets"))

    def values(self, kept: dict[str, Any] | None = None) -> dict[str, Any]:
        """`kept` are the effects that the form has no field for."""
        effects: dict[str, Any] = {
            **(kept or {}),
            "add_tags": tags_of(self.add_tags.data),
            "assign_to_me": bool(self.assign_to_me.data),
        }
        effects |= {name: self[name].data for name in ("status", "priority") if self[name].data}
        if self.status.data == "on_hold":
            effects["hold_reason"] = effects.get("hold_reason") or self.name.data
        return {
            "name": self.name.data,
            "body": blank_to_none(self.body.data),
            "visibility": self.visibility.data,
            "effects": effects,
        }


_FIELDS = {
    "status": N_("Status"),
    "status_id": N_("Status"),
    "priority": N_("Priority"),
    "type": N_("Type"),
    "tags": N_("Tags"),
    "assignee_id": N_("Assignee"),
    "queue_id": N_("Queue"),
}
_IN_FORM = {"status", "priority", "add_tags", "assign_to_me"}


def _form(row: dict[str, Any] | None = None) -> Macro:
    effects = row["effects"] if row else {}
    about = {name: row[name] for name in ("name", "body", "visibility")} if row else {}
    form = Macro(
        **about,
        status=effects.get("status", ""),
        priority=effects.get("priority", ""),
        add_tags=", ".join(effects.get("add_tags", ())),
        assign_to_me=effects.get("assign_to_me", False),
    )
    unchanged = ("", gettext("Leave it"))
    steps = ("open", "pending", "on_hold", "solved")
    form.status.choices = [unchanged, *((name, words.status(name)) for name in steps)]
    form.priority.choices = [unchanged, *((name, words.priority(name)) for name in words.PRIORITIES)]
    return form


@blueprint.page("/ticket-macros", scope="tickets:read")
def macros(actor: Actor) -> str:
    permissions.require_works_on_tickets(actor)
    return render_template(
        "portal/tickets/macros.html", rows=macro_queries.all_macros(actor), may_share=actor.may("tickets:admin")
    )


@blueprint.page("/ticket-macros/new", methods=("GET", "POST"), scope="tickets:write")
def macros_new(actor: Actor) -> Any:
    permissions.require_works_on_tickets(actor)
    form = _form()
    if not actor.may("tickets:admin"):
        del form.shared
    if form.validate_on_submit():
        with form.attempt():
            shared = bool(form.shared and form.shared.data)
            service.create_macro(actor, load(macro_schemas.MacroCreate(), {**form.values(), "shared": shared}))
            flash(gettext("Saved."), "success")
            return redirect(workspace_url("portal.macros"))
    return form.page("portal/tickets/macro.html", row=None, places=PLACES)


@blueprint.page(_ONE, methods=("GET", "POST"), scope="tickets:write")
def macros_edit(actor: Actor, macro_id: str) -> Any:
    row = macro_queries.macro(actor, macro_id)
    form = _form(row)
    del form.shared
    if form.validate_on_submit():
        with form.attempt():
            kept = {name: value for name, value in row["effects"].items() if name not in _IN_FORM}
            service.update_macro(actor, macro_id, load(macro_schemas.MacroUpdate(), form.values(kept)))
            flash(gettext("Saved."), "success")
            return redirect(workspace_url("portal.macros"))
    return form.page("portal/tickets/macro.html", row=row, places=PLACES)


@blueprint.page(f"{_ONE}/delete", methods=("POST",), scope="tickets:write")
def macros_delete(actor: Actor, macro_id: str) -> Any:
    act(lambda: service.delete_macro(actor, macro_id), gettext("Deleted."))
    return redirect(workspace_url("portal.macros"))


@blueprint.page('/tickets/<id("tkt"):ticket_id>/macro', methods=("POST",), scope="tickets:write")
def use_macro(actor: Actor, ticket_id: str) -> Any:
    """At once: the text is written and the changes are made, both or neither."""
    macro_id, last = request.form.get("macro_id", ""), request.form.get("last")
    seen = {"expected_last_comment_id": last if is_id(last, "cmt") else None}
    if is_id(macro_id, "mac"):
        act(lambda: service.apply_macro(actor, ticket_id, macro_id, seen), gettext("Done, as the macro says."))
    return redirect(workspace_url("portal.tickets_one", ticket_id=ticket_id))


def offered(actor: Actor, ticket_id: str) -> dict[str, Any]:
    """The macros for a ticket's page, and what the chosen one would do."""
    rows = macro_queries.all_macros(actor)
    chosen = next((row for row in rows if row["id"] == request.args.get("macro")), None)
    if chosen is None:
        return {"rows": rows, "chosen": None}
    preview = service.preview_macro(actor, ticket_id, chosen["id"])
    names = [gettext(_FIELDS[name]) for name in preview["changes"] if name in _FIELDS]
    return {"rows": rows, "chosen": chosen, "preview": preview, "names": names}
