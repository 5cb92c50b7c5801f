"""Tickets as those see them who asked: their own, and the public side of them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template
from flask_babel import gettext

from portico.domains.tickets import attachments, queries, service
from portico.domains.tickets.statuses import is_over
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.portal.attachments import waiting
from portico.portal.blueprint import blueprint
from portico.portal.tickets_forms import NewRequest, Reply
from portico.web.acting import act
from portico.web.lists import page_links, page_query
from portico.web.pages import workspace_url

_SHOWN = 200


def requests(actor: Actor) -> str:
    found = queries.page_of_tickets(actor, page_query(queries.TICKETS, sort="-updated_at"))
    return render_template("portal/tickets/own.html", found=found, links=page_links(found))


def new_request(actor: Actor) -> Any:
    form = NewRequest()
    if form.validate_on_submit():
        with form.attempt():
            made = service.create_ticket(actor, form.values(actor.employee_id or ""))
            flash(gettext("We have it. Your number is #%(number)s.", number=made["number"]), "success")
            return _to(made["id"])
    return form.page("portal/tickets/own_new.html", waiting=waiting(actor))


def request_page(actor: Actor, ticket_id: str, form: Reply | None = None) -> Any:
    ticket = queries.ticket(actor, ticket_id)
    comments = attachments.page_of_comments(actor, ticket_id, ListQuery(limit=_SHOWN, sort="created_at"))
    form = form or Reply(formdata=None)
    return form.page(
        "portal/tickets/own_one.html",
        ticket=ticket,
        comments=comments.rows,
        me=actor.employee_id,
        waiting=waiting(actor),
        is_over=is_over(ticket, clock.now()),
    )


def reply(actor: Actor, ticket_id: str) -> Any:
    form = Reply()
    if form.validate_on_submit():
        with form.attempt():
            said = service.add_comment(actor, ticket_id, form.values())
            follows = said["ticket_id"] != ticket_id
            flash(
                gettext("That was over, so this goes on here.") if follows else gettext("Your reply is sent."),
                "success",
            )
            return _to(said["ticket_id"])
    return request_page(actor, ticket_id, form)


@blueprint.page('/tickets/<id("tkt"):ticket_id>/solve', methods=("POST",), scope="tickets:write")
def solve_request(actor: Actor, ticket_id: str) -> Any:
    act(lambda: service.update_ticket(actor, ticket_id, {"status": "solved"}), gettext("Glad that it works."))
    return _to(ticket_id)


@blueprint.page('/tickets/<id("tkt"):ticket_id>/reopen', methods=("POST",), scope="tickets:write")
def reopen_request(actor: Actor, ticket_id: str) -> Any:
    act(lambda: service.update_ticket(actor, ticket_id, {"status": "open"}), gettext("It is open again."))
    return _to(ticket_id)


def _to(ticket_id: str) -> Any:
    return redirect(workspace_url("portal.tickets_one", ticket_id=ticket_id))
