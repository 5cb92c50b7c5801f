"""Who else has a ticket open, and who is writing: whispered from page to page, and kept nowhere."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from portico.domains.directory import queries as directory
from portico.domains.tickets import queries
from portico.domains.tickets.permissions import works_on_tickets
from portico.kernel import whispers
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.unit_of_work import unit
from portico.kernel.whispers import Whisper
from portico.portal.blueprint import blueprint

HERE = '/tickets/<id("tkt"):ticket_id>/here'
STATES = ("came", "looking", "writing", "left")
MOST_SHOWN = 10


def _require_agent(actor: Actor, ticket_id: str) -> dict[str, Any]:
    if not works_on_tickets(actor):
        abort(404)
    return queries.whole_ticket(actor, ticket_id)


def _names(actor: Actor, parameter: str) -> list[str]:
    """Of the employees whom the page heard of, without oneself."""
    asked = [one for one in request.args.get(parameter, "").split(",") if is_id(one, "emp")][:MOST_SHOWN]
    found = directory.names_of(actor, [one for one in asked if one != actor.employee_id])
    return [found[one] for one in asked if one in found]


@blueprint.page(HERE, endpoint="ticket_here", scope="tickets:read")
def ticket_here(actor: Actor, ticket_id: str) -> Any:
    """The line above the reply, for the ids that the page heard."""
    ticket = _require_agent(actor, ticket_id)
    looking, writing = _names(actor, "looking"), _names(actor, "writing")
    return render_template("portal/tickets/here.html", ticket=ticket, looking=looking, writing=writing)


@blueprint.page(HERE, endpoint="ticket_say_here", methods=("POST",), scope="tickets:read", own_units=True)
def say_here(actor: Actor, ticket_id: str) -> Any:
    """Tell the other pages that show this ticket what this person does there; nothing is written."""
    state = request.form.get("state")
    if state not in STATES or not works_on_tickets(actor) or actor.employee_id is None:
        abort(404)
    with unit(actor.workspace_id, write=False):
        queries.whole_ticket(actor, ticket_id)
    resource = ("ticket", ticket_id)
    whispers.say(
        Whisper(actor.workspace_id, "here", resource=resource, scope="tickets:read", by=actor.employee_id, state=state)
    )
    return "", 204
