"""The first page of the day: what waits for this person, and their tools."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext, to_user_timezone

from portico.domains.approvals import queries as approvals
from portico.domains.contacts import queries as contacts
from portico.domains.directory import queries as directory
from portico.domains.identity import service as identity
from portico.domains.interactions import queries as interactions
from portico.domains.tickets import queries as tickets
from portico.domains.tickets.permissions import works_on_tickets
from portico.domains.tickets.statuses import UNSOLVED
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.text import N_
from portico.portal import announcements, cards
from portico.portal.attendance import clock_card
from portico.portal.blueprint import blueprint
from portico.portal.guided import guide
from portico.portal.people import named
from portico.web.lists import counted
from portico.web.navigation import Entry
from portico.web.pages import safe_next, workspace_url

MENU = [Entry("portal", N_("Home"), "house", "portal.home", 10, key="h")]
SHOWN = 5


def greeting() -> str:
    hour = to_user_timezone(clock.now()).hour
    if 5 <= hour < 12:
        return str(gettext("Good morning"))
    return str(gettext("Good afternoon") if 12 <= hour < 18 else gettext("Good evening"))


def _waiting(actor: Actor, *conditions: Condition) -> dict[str, Any]:
    """The first few unsolved tickets, and how many there are."""
    query = ListQuery(
        limit=SHOWN,
        sort="-updated_at",
        count="bounded",
        conditions=(Condition("status", "in", list(UNSOLVED)), *conditions),
    )
    found = tickets.page_of_tickets(actor, query)
    return {"rows": named(actor, found.rows), "total": found.total, "counted": counted(found.total)}


def _agents_work(actor: Actor) -> dict[str, Any]:
    return {
        "mine": _waiting(actor, Condition("assignee_id", "eq", actor.employee_id)),
        "unassigned": _waiting(actor, Condition("assignee_id", "exists", False)),
        "recent": contacts.page_of_contacts(actor, ListQuery(limit=SHOWN, sort="-updated_at")).rows
        if actor.may("contacts:read")
        else [],
    }


def _own_requests(actor: Actor) -> dict[str, Any]:
    own = Condition("requester.employee_id", "eq", actor.employee_id)
    return {"requests": _waiting(actor, own)}


@blueprint.page("/guide/end", methods=("POST",))
def end_guide(actor: Actor) -> Any:
    """From whichever face it was shown in, and back to it."""
    identity.end_guide(actor)
    return redirect(safe_next(request.form.get("next")) or workspace_url("portal.home"), 303)


@blueprint.page("/")
def home(actor: Actor) -> str:
    person = directory.employee(actor, actor.employee_id or "")
    pins = interactions.pins_of(actor)
    work = _agents_work(actor) if works_on_tickets(actor) else _own_requests(actor)
    return render_template(
        "portal/home/home.html",
        greeting=greeting(),
        person=person,
        now=clock.now(),
        to_approve=approvals.count_to_decide(actor) if actor.may("approvals:read") else 0,
        clock=clock_card(actor),
        news=announcements.pending(actor) if actor.may("announcements:read") else None,
        apps=interactions.pinned_first(interactions.surfaces_for(actor, "portal.page"), pins),
        pins=pins,
        cards=cards.all_shown(actor),
        guide=guide(actor),
        **work,
    )
