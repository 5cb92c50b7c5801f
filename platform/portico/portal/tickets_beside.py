"""Beside a ticket: putting it off, what it is linked to, and whether one follows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext

from portico.domains.tickets import detail_queries, queries, service
from portico.domains.tickets.detail_schemas import LINKS
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.web.acting import act
from portico.web.pages import workspace_url

_ONE = '/tickets/<id("tkt"):ticket_id>'
LATER = {"4": N_("In four hours"), "24": N_("Tomorrow"), "72": N_("In three days"), "168": N_("In a week")}
# By kind, then by the end on which this ticket stands.
KINDS = {
    ("relates", "outgoing"): N_("Related to"),
    ("relates", "incoming"): N_("Related to"),
    ("blocks", "outgoing"): N_("Blocks"),
    ("blocks", "incoming"): N_("Blocked by"),
    ("duplicates", "outgoing"): N_("Duplicate of"),
    ("duplicates", "incoming"): N_("Duplicated by"),
    ("parent", "outgoing"): N_("Parent of"),
    ("parent", "incoming"): N_("Part of"),
}


def about(actor: Actor, ticket_id: str) -> dict[str, Any]:
    """What the card beside the conversation shows."""
    links = detail_queries.page_of_links(actor, ticket_id, ListQuery()).rows
    follows = actor.employee_id is not None and detail_queries.follower(actor, ticket_id, actor.employee_id) is not None
    return {
        "links": [{**row, "label": _label(row["kind"], row["direction"])} for row in links],
        "kinds": [(kind, _label(kind, "outgoing")) for kind in LINKS],
        "follows": follows,
        "followers": detail_queries.follower_count(actor, ticket_id),
        "later": [(hours, gettext(label)) for hours, label in LATER.items()],
    }


def _label(kind: str, direction: str) -> str:
    label = KINDS[kind, direction]
    return str(gettext(label))


@blueprint.page(f"{_ONE}/snooze", methods=("POST",), scope="tickets:write")
def snooze_ticket(actor: Actor, ticket_id: str) -> Any:
    hours = request.form.get("hours", "")
    until = clock.now() + timedelta(hours=int(hours)) if hours in LATER else None
    done = gettext("It is put off.") if until else gettext("It is awake again.")
    act(lambda: service.snooze_ticket(actor, ticket_id, until), done)
    return _to(ticket_id)


@blueprint.page(f"{_ONE}/links", methods=("POST",), scope="tickets:write")
def link_ticket(actor: Actor, ticket_id: str) -> Any:
    """The other one by its number, as people know it."""
    number, kind = request.form.get("number", "").strip().lstrip("#"), request.form.get("kind", "")
    known = number.isascii() and number.isdigit() and len(number) <= 15 and kind in LINKS
    query = ListQuery(limit=1, conditions=(Condition("number", "eq", int(number) if known else 0),))
    found = queries.page_of_tickets(actor, query).rows
    if found:
        act(lambda: service.link_ticket(actor, ticket_id, kind, found[0]["id"]), gettext("Linked."))
    else:
        flash(gettext("There is no ticket of this number."), "error")
    return _to(ticket_id)


@blueprint.page(_ONE + '/links/<id("tln"):link_id>/remove', methods=("POST",), scope="tickets:write")
def unlink_ticket(actor: Actor, ticket_id: str, link_id: str) -> Any:
    act(lambda: service.unlink_ticket(actor, ticket_id, link_id), gettext("The link is gone."))
    return _to(ticket_id)


@blueprint.page(f"{_ONE}/follow", methods=("POST",), scope="tickets:write")
def follow_ticket(actor: Actor, ticket_id: str) -> Any:
    """On, or off again."""
    me = actor.employee_id or ""
    if detail_queries.follower(actor, ticket_id, me) is None:
        act(lambda: service.follow_ticket(actor, ticket_id, me), gettext("You follow it."))
    else:
        act(lambda: service.unfollow_ticket(actor, ticket_id, me), gettext("You follow it no more."))
    return _to(ticket_id)


@blueprint.page(f"{_ONE}/redact", methods=("POST",), scope="tickets:write")
def redact_comment(actor: Actor, ticket_id: str) -> Any:
    comment_id = request.form.get("comment_id", "")
    act(lambda: service.redact_comment(actor, ticket_id, comment_id), gettext("The text is gone for good."))
    return _to(ticket_id)


def _to(ticket_id: str) -> Any:
    return redirect(workspace_url("portal.tickets_one", ticket_id=ticket_id))
