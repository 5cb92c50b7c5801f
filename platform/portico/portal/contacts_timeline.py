"""What happened with a contact, on its page; and writing a note, a call, a meeting or an e-mail down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portico.domains.contacts import queries, schemas, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal.associations import stage_word
from portico.portal.authors import Authors
from portico.portal.blueprint import blueprint
from portico.web.forms import Form, strip
from portico.web.pages import workspace_url

KINDS = {
    "note": (N_("Note"), "sticky-note"),
    "call": (N_("Call"), "phone-call"),
    "meeting": (N_("Meeting"), "users"),
    "email": (N_("E-mail"), "mail"),
}
VISIBILITIES = {
    "all": N_("Everybody who sees the contact, and apps"),
    "team": N_("Only people"),
    "private": N_("Only me"),
}
_ON_THE_PAGE = 10
_ON_ITS_OWN = 50


class ActivityForm(Form):
    kind = SelectField(
        lazy_gettext("What it is"), choices=[SelectChoice(key, lazy_gettext(text)) for key, (text, _) in KINDS.items()]
    )
    body = TextAreaField(
        lazy_gettext("What happened"), [DataRequired(), Length(max=65_536)], filters=[strip], render_kw={"rows": 3}
    )
    visibility = SelectField(
        lazy_gettext("Who can read it"),
        choices=[SelectChoice(key, lazy_gettext(text)) for key, text in VISIBILITIES.items()],
    )

    def values(self) -> dict[str, Any]:
        return {"kind": self.kind.data, "body": self.body.data, "visibility": self.visibility.data}


def _entries(actor: Actor, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    authors = Authors(actor, rows)
    return [_entry(actor, row, authors.shown(row)) for row in rows]


def _entry(actor: Actor, row: dict[str, Any], author: dict[str, Any]) -> dict[str, Any]:
    name = author["display_name"]
    entry = {"id": row["id"], "at": row["occurred_at"], "who": name}
    if row["kind"] == "stage":
        stage = stage_word(actor, row["data"].get("to"))
        text = (
            gettext("%(who)s set the stage to %(stage)s", who=name, stage=stage)
            if stage
            else gettext("%(who)s cleared the stage", who=name)
        )
        return entry | {"line": text, "icon": "milestone"}
    word, _ = KINDS.get(row["kind"], (None, None))
    seen_by = VISIBILITIES.get(row["visibility"])
    return entry | {
        "author": author,
        "detail": gettext(word) if word else row["kind"].rpartition(":")[2].replace("_", " "),
        "body": row["body"],
        "only": gettext(seen_by) if seen_by and row["visibility"] != "all" else None,
        "data": [(key, value) for key, value in row["data"].items() if isinstance(value, str | int | float)],
    }


def timeline(actor: Actor, contact_id: str) -> tuple[list[dict[str, Any]], bool]:
    """The newest entries, and whether there are more."""
    found = queries.page_of_activities(actor, contact_id, ListQuery(limit=_ON_THE_PAGE))
    return _entries(actor, found.rows), found.has_more


def _chosen() -> list[str]:
    kind = request.args.get("kind") or ""
    return [kind] if kind in KINDS or kind == "stage" else []


@blueprint.page('/contacts/<id("con"):contact_id>/timeline', endpoint="contacts_timeline", scope="contacts:read")
def whole_timeline(actor: Actor, contact_id: str) -> str:
    contact = queries.contact(actor, contact_id)
    query = ListQuery(limit=_ON_ITS_OWN, cursor=request.args.get("cursor") or None)
    found = queries.page_of_activities(actor, contact_id, query, _chosen())
    later = None
    if found.next_cursor:
        later = workspace_url(
            "portal.contacts_timeline", contact_id=contact_id, cursor=found.next_cursor, kind=request.args.get("kind")
        )
    kinds = [(key, gettext(text)) for key, (text, _) in KINDS.items()] + [("stage", gettext("Stage"))]
    return render_template(
        "portal/contacts/timeline.html",
        contact=contact,
        entries=_entries(actor, found.rows),
        later=later,
        kinds=kinds,
        kind=request.args.get("kind") or "",
    )


@blueprint.page('/contacts/<id("con"):contact_id>/activities', methods=("POST",), scope="timeline:write")
def add_activity(actor: Actor, contact_id: str) -> Any:
    contact = queries.contact(actor, contact_id)
    form = ActivityForm()
    back = workspace_url("portal.contacts_one", contact_id=contact_id)
    if form.validate_on_submit():
        with form.attempt():
            service.add_activity(actor, contact_id, load(schemas.ActivityCreate(), form.values()))
            flash(gettext("Written down."), "success")
            return redirect(back)
    return form.page("portal/contacts/activity.html", contact=contact, back=back)
