"""How the company works on tickets: its own statuses, and its queues."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portico.admin.blueprint import blueprint, go, here
from portico.domains.tickets import queue_queries, queue_schemas, service, status_queries, status_schemas
from portico.domains.tickets.statuses import LABELS, STATUSES
from portico.kernel.actor import Actor
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, one_line
from portico.web.navigation import Entry

_GROUP = N_("Company")
MENU = [
    Entry("admin", N_("Ticket statuses"), "list-checks", "admin.statuses", 42, scope="tickets:admin", group=_GROUP),
    Entry("admin", N_("Queues"), "inbox", "admin.queues", 43, scope="queues:admin", group=_GROUP),
]
_STATUS = '/ticket-statuses/<id("tst"):status_id>'
_QUEUE = '/queues/<id("que"):queue_id>'
# In the order of STATUSES, each as the catalogue of translations knows it.
CATEGORIES = dict(zip(STATUSES, LABELS, strict=True))
ASSIGNMENTS = {
    "manual": N_("By hand: they wait until somebody takes them"),
    "round_robin": N_("By turns: to who was given something longest ago"),
    "least_loaded": N_("To who has the fewest of them"),
}


class Status(Form):
    pointers: ClassVar = {"/is_default": "is_default"}

    label = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=60)], filters=[one_line])
    sort_order = IntegerField(
        lazy_gettext("Place"),
        [InputRequired(), NumberRange(0, 1_000_000)],
        default=1000,
        description=lazy_gettext("Smaller numbers stand first."),
    )
    active = BooleanField(
        lazy_gettext("Offered"),
        default=True,
        description=lazy_gettext("Otherwise tickets keep it and nobody chooses it."),
    )
    is_default = BooleanField(
        lazy_gettext("The default"), description=lazy_gettext("What a ticket gets that comes into this category.")
    )

    def values(self) -> dict[str, Any]:
        given = {name: self[name].data for name in ("label", "sort_order", "active")}
        loaded: dict[str, Any] = load(status_schemas.TicketStatusUpdate(), given)
        return {**loaded, **({"is_default": True} if self.is_default.data else {})}


class NewStatus(Status):
    category = SelectField(
        lazy_gettext("Category"),
        choices=[SelectChoice(name, lazy_gettext(label)) for name, label in CATEGORIES.items()],
    )

    def values(self) -> dict[str, Any]:
        given = {name: self[name].data for name in ("label", "sort_order", "category", "is_default")}
        loaded: dict[str, Any] = load(status_schemas.TicketStatusCreate(), given)
        return loaded


@blueprint.page("/ticket-statuses", scope="tickets:admin", endpoint="statuses")
def statuses(actor: Actor) -> str:
    rows = status_queries.all_statuses(actor)
    return render_template(
        "admin/tickets/statuses.html", rows=rows, counts=status_queries.counts(actor), categories=CATEGORIES
    )


@blueprint.page("/ticket-statuses/new", methods=("GET", "POST"), scope="tickets:admin")
def statuses_new(actor: Actor) -> Any:
    form = NewStatus()
    del form.active
    if form.validate_on_submit():
        with form.attempt():
            made = service.create_status(actor, form.values())
            flash(gettext("%(name)s is made.", name=made["label"]), "success")
            return go("statuses")
    return form.page("admin/tickets/status.html", row=None, back=here("statuses"))


@blueprint.page(_STATUS, methods=("GET", "POST"), scope="tickets:admin")
def statuses_edit(actor: Actor, status_id: str) -> Any:
    row = status_queries.status(actor, status_id)
    form = Status(label=row.label, sort_order=row.sort_order, active=row.active, is_default=row.is_default)
    if row.is_default:
        # Another takes its place; of itself it steps down for none.
        form.active.data = form.is_default.data = True
    if form.validate_on_submit():
        with form.attempt():
            service.update_status(actor, status_id, form.values())
            flash(gettext("Saved."), "success")
            return go("statuses")
    others = [
        one
        for one in status_queries.all_statuses(actor)
        if one.category == row.category and one.id != status_id and one.active
    ]
    used = status_queries.tickets_with(actor, status_id)
    return form.page(
        "admin/tickets/status.html", row=row, back=here("statuses"), others=others, used=used, categories=CATEGORIES
    )


@blueprint.page(f"{_STATUS}/delete", methods=("POST",), scope="tickets:admin")
def statuses_delete(actor: Actor, status_id: str) -> Any:
    other = request.form.get("replace_with") or None
    if act(lambda: service.delete_status(actor, status_id, replace_with=other), gettext("Deleted.")):
        return go("statuses")
    return go("statuses_edit", status_id=status_id)


class Queue(Form):
    pointers: ClassVar = {"/members": "members"}

    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    assignment = SelectField(
        lazy_gettext("How they are given out"),
        choices=[SelectChoice(name, lazy_gettext(label)) for name, label in ASSIGNMENTS.items()],
    )

    def values(self) -> dict[str, Any]:
        """The people stand in plain fields: who is ticked, and the most that each can take."""
        given = {"name": self.name.data, "assignment": self.assignment.data, "members": list(map(_member, picked()))}
        loaded: dict[str, Any] = load(queue_schemas.QueueUpdate(), given)
        return loaded


def picked() -> list[str]:
    return list(dict.fromkeys(request.form.getlist("member")))


def _member(employee_id: str) -> dict[str, Any]:
    most = (request.form.get(f"most-{employee_id}") or "").strip()
    return {"employee_id": employee_id, "capacity": int(most) if most.isascii() and most.isdigit() else None}


def _people(actor: Actor, members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everybody who works on tickets, and who is in the queue still; as the form was sent, when it was."""
    sent = request.method == "POST"
    known = {one["employee_id"]: one["capacity"] for one in (map(_member, picked()) if sent else members)}
    names = queue_queries.all_agents(actor, [one["employee_id"] for one in members])
    return [
        {"id": one, "name": name, "inside": one in known, "most": known.get(one)}
        for one, name in sorted(names.items(), key=lambda pair: pair[1].casefold())
    ]


@blueprint.page("/queues", scope="queues:admin", endpoint="queues")
def list_queues(actor: Actor) -> str:
    rows = queue_queries.page_of_queues(actor, ListQuery(limit=MAX_LIMIT)).rows
    return render_template(
        "admin/tickets/queues.html", rows=rows, counts=queue_queries.counts(actor), assignments=ASSIGNMENTS
    )


@blueprint.page("/queues/new", methods=("GET", "POST"), scope="queues:admin")
def queues_new(actor: Actor) -> Any:
    form = Queue()
    if form.validate_on_submit():
        with form.attempt():
            made = service.create_queue(actor, form.values())
            flash(gettext("%(name)s is made.", name=made["name"]), "success")
            return go("queues")
    return form.page("admin/tickets/queue.html", row=None, back=here("queues"), people=_people(actor, []))


@blueprint.page(_QUEUE, methods=("GET", "POST"), scope="queues:admin")
def queues_edit(actor: Actor, queue_id: str) -> Any:
    row = queue_queries.queue(actor, queue_id)
    form = Queue(name=row["name"], assignment=row["assignment"])
    if form.validate_on_submit():
        with form.attempt():
            service.update_queue(actor, queue_id, form.values())
            flash(gettext("Saved."), "success")
            return go("queues")
    others = {one: name for one, name in queue_queries.names(actor).items() if one != queue_id}
    return form.page(
        "admin/tickets/queue.html",
        row=row,
        back=here("queues"),
        people=_people(actor, row["members"]),
        others=others,
        waiting=queue_queries.unsolved_in(actor, queue_id),
    )


@blueprint.page(f"{_QUEUE}/delete", methods=("POST",), scope="queues:admin")
def queues_delete(actor: Actor, queue_id: str) -> Any:
    other = request.form.get("move_tickets_to") or None
    if act(lambda: service.delete_queue(actor, queue_id, move_tickets_to=other), gettext("Deleted.")):
        return go("queues")
    return go("queues_edit", queue_id=queue_id)
