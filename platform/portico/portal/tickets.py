"""Tickets as agents see them: the list, and one ticket with its conversation."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext

from portico.domains.contacts import queries as contacts
from portico.domains.directory import queries as directory
from portico.domains.tickets import queries, queue_queries, service
from portico.domains.tickets.permissions import works_on_tickets
from portico.domains.tickets.statuses import STATUSES, STEPS, UNSOLVED
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.text import N_
from portico.portal import (
    properties,
    ticket_statuses,
    tickets_beside,
    tickets_macros,
    tickets_own,
    tickets_timeline,
    words,
)
from portico.portal.actions import at_record, for_several
from portico.portal.attachments import FILES, waiting
from portico.portal.blueprint import blueprint
from portico.portal.contacts import primary
from portico.portal.interactions import panels
from portico.portal.people import agents, named
from portico.portal.presence import with_presence
from portico.portal.tickets_forms import Changes, Comment
from portico.portal.views import saved_list
from portico.web.acting import act
from portico.web.lists import counted, page_links, page_query
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("portal", N_("Tickets"), "ticket", "portal.tickets", 20, scope="tickets:read", key="t")]
_EARLIER = 5

_AWAKE = {"status__in": ",".join(UNSOLVED), "snoozed_until__exists": "false"}
# A view narrows by the person or the state; each is a tab.
_VIEWS = {
    "open": (N_("Open"), _AWAKE),
    "mine": (N_("Mine"), {**_AWAKE, "assignee_id": "me"}),
    "unassigned": (N_("Unassigned"), {**_AWAKE, "assignee_id__exists": "false"}),
    "snoozed": (N_("Snoozed"), {"snoozed_until__exists": "true"}),
    "solved": (N_("Solved"), {"status__in": "solved,closed"}),
    "all": (N_("All"), {}),
}


def _filters(actor: Actor, view: str) -> dict[str, str | None]:
    """What a tab means for this person."""
    return {name: actor.employee_id if value == "me" else value for name, value in _VIEWS[view][1].items()}


def _count(actor: Actor, view: str) -> str:
    awake = (Condition("status", "in", list(UNSOLVED)), Condition("snoozed_until", "exists", False))
    whose = Condition("assignee_id", "eq", actor.employee_id)
    if view == "unassigned":
        whose = Condition("assignee_id", "exists", False)
    query = ListQuery(limit=1, count="bounded", conditions=(*awake, whose))
    return counted(queries.page_of_tickets(actor, query).total)


def _tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": gettext(label),
            "url": workspace_url("portal.tickets", view=name),
            "active": name == current,
            "count": _count(actor, name) if name in ("mine", "unassigned") else None,
        }
        for name, (label, _) in _VIEWS.items()
    ]


@blueprint.page("/tickets", scope="tickets:read")
def tickets(actor: Actor) -> str:
    if not works_on_tickets(actor):
        return tickets_own.requests(actor)
    args = request.args
    saved = saved_list(actor, "ticket")
    view = args.get("view", "open") if args.get("view", "open") in _VIEWS else "open"
    view = "all" if saved.view else view
    status, priority = args.get("status"), args.get("priority")
    filters = _filters(actor, view)
    filters["status"] = status if status in STATUSES else None
    filters["priority"] = priority if priority in words.PRIORITIES else None
    found = saved.page(page_query(queries.TICKETS, filters, sort=saved.sort or "-updated_at"))
    return render_template(
        "portal/tickets/tickets.html",
        found=found,
        several=for_several(actor, "ticket"),
        rows=ticket_statuses.labelled(actor, named(actor, found.rows)),
        links=page_links(found),
        saved=saved,
        tabs=[*_tabs(actor, "" if saved.view else view), *saved.tabs()],
        view=view,
        status=status,
        priority=priority,
        status_choices=[(name, words.status(name)) for name in STATUSES],
        priority_choices=[(name, words.priority(name)) for name in words.PRIORITIES],
        may_restore=actor.has_role("support_admin"),
        trashed=args.get("trashed") if is_id(args.get("trashed"), "tkt") and actor.has_role("support_admin") else None,
    )


def _changes(actor: Actor, ticket: dict[str, Any]) -> Changes:
    found = ticket_statuses.offered(actor, ticket)
    form = Changes(
        status=ticket_statuses.chosen(ticket, found),
        priority=ticket["priority"],
        assignee_id=ticket["assignee_id"] or "",
        queue_id=ticket["queue_id"] or "",
        tags=", ".join(ticket["tags"]),
        hold_reason=ticket["hold_reason"],
        version=str(ticket["version"]),
    )
    form.statuses = found
    form.status.choices = ticket_statuses.choices(found)
    form.priority.choices = [(name, words.priority(name)) for name in words.PRIORITIES]
    form.assignee_id.choices = [("", gettext("Nobody")), *with_presence(actor, agents(actor, [ticket["assignee_id"]]))]
    form.queue_id.choices = [("", gettext("None")), *queue_queries.names(actor).items()]
    return form


def _requester(actor: Actor, ticket: dict[str, Any]) -> dict[str, Any]:
    """Who asks, as the card beside the conversation shows them, with what they asked before."""
    column, requester_id = next(iter(ticket["requester"].items()))
    others = queries.page_of_tickets(
        actor, ListQuery(limit=_EARLIER + 1, conditions=(Condition(f"requester.{column}", "eq", requester_id),))
    )
    card: dict[str, Any] = {"id": requester_id, "earlier": [row for row in others.rows if row["id"] != ticket["id"]]}
    if column == "employee_id":
        person = directory.employee(actor, requester_id)
        about = {"email": person["primary_email"], "phone": None}
        url = workspace_url("portal.people_one", employee_id=requester_id)
        return {**card, "name": person["display_name"], "url": url, **about}
    contact = contacts.active_contact(actor, requester_id)
    if contact is None:
        gone = contacts.names_of(actor, [requester_id]).get(requester_id)
        return {**card, "name": gone, "url": None, "email": None, "phone": None}
    whole = contacts.contact(actor, requester_id)
    about = {"email": primary(whole, "email"), "phone": primary(whole, "phone"), "tags": whole["tags"]}
    url = workspace_url("portal.contacts_one", contact_id=requester_id)
    return {**card, "name": whole["display_name"], "url": url, **about}


def _page(actor: Actor, ticket_id: str, comment: Comment | None = None, changes: Changes | None = None) -> Any:
    """One ticket; a form that was refused stands in it with its errors."""
    ticket = ticket_statuses.labelled(actor, named(actor, [queries.ticket(actor, ticket_id)]))[0]
    timeline, earlier = tickets_timeline.of(actor, ticket)
    form = comment or Comment(formdata=None, visibility="public")
    form.last.data = next((entry["id"] for entry in reversed(timeline) if entry["kind"] == "comment"), "")
    form.then.choices = [("", gettext("and leave the status"))]
    form.then.choices += [
        (name, gettext("and set to %(status)s", status=words.status(name))) for name in STEPS[ticket["status"]]
    ]
    shown = changes or comment or form
    return shown.page(
        "portal/tickets/ticket.html",
        ticket=ticket,
        timeline=timeline,
        own_properties=properties.shown(actor, "ticket", ticket),
        earlier_url=earlier,
        comment=form,
        waiting=waiting(actor),
        changes=changes or _changes(actor, ticket),
        requester=_requester(actor, ticket),
        panels=panels(actor, "ticket.panel", "ticket", ticket_id),
        actions=at_record(actor, "ticket", ticket_id),
        me=actor.employee_id,
        may_trash=actor.has_role("support_admin"),
        beside=tickets_beside.about(actor, ticket_id),
        macros=tickets_macros.offered(actor, ticket_id),
    )


@blueprint.page('/tickets/<id("tkt"):ticket_id>', endpoint="tickets_one", scope="tickets:read")
def ticket(actor: Actor, ticket_id: str) -> Any:
    return _page(actor, ticket_id) if works_on_tickets(actor) else tickets_own.request_page(actor, ticket_id)


@blueprint.page('/tickets/<id("tkt"):ticket_id>/comments', methods=("POST",), scope="tickets:write", **FILES)
def comment_ticket(actor: Actor, ticket_id: str) -> Any:
    """Reply or note, and a step of the status with it when one is chosen: both or neither."""
    if not works_on_tickets(actor):
        return tickets_own.reply(actor, ticket_id)
    form = Comment()
    form.then.choices = [("", ""), *((name, name) for name in STATUSES)]
    if form.validate_on_submit():
        with form.attempt():
            service.add_comment(actor, ticket_id, form.values())
            if form.then.data:
                service.update_ticket(actor, ticket_id, form.step())
            internal = form.visibility.data == "internal"
            flash(gettext("The note is saved.") if internal else gettext("The reply is sent."), "success")
            return _to(ticket_id)
    return _page(actor, ticket_id, comment=form)


@blueprint.page('/tickets/<id("tkt"):ticket_id>/change', methods=("POST",), scope="tickets:write")
def change_ticket(actor: Actor, ticket_id: str) -> Any:
    form = _changes(actor, queries.whole_ticket(actor, ticket_id))
    if form.validate_on_submit():
        with form.attempt():
            service.update_ticket(actor, ticket_id, form.values(), expected_version=form.expected_version())
            flash(gettext("Saved."), "success")
            return _to(ticket_id)
    return _page(actor, ticket_id, changes=form)


@blueprint.page('/tickets/<id("tkt"):ticket_id>/take', methods=("POST",), scope="tickets:write")
def take_ticket(actor: Actor, ticket_id: str) -> Any:
    act(lambda: service.take_ticket(actor, ticket_id), gettext("The ticket is yours."))
    return _to(ticket_id)


@blueprint.page('/tickets/<id("tkt"):ticket_id>/trash', methods=("POST",), scope="tickets:write")
def trash_ticket(actor: Actor, ticket_id: str) -> Any:
    service.trash_ticket(actor, ticket_id)
    return redirect(workspace_url("portal.tickets", trashed=ticket_id))


@blueprint.page('/tickets/<id("tkt"):ticket_id>/restore', methods=("POST",), scope="tickets:write")
def restore_ticket(actor: Actor, ticket_id: str) -> Any:
    restored = service.restore_ticket(actor, ticket_id)
    flash(gettext("Ticket #%(number)s is back.", number=restored["number"]), "success")
    return _to(ticket_id)


def _to(ticket_id: str) -> Any:
    return redirect(workspace_url("portal.tickets_one", ticket_id=ticket_id))
