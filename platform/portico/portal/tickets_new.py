"""A new ticket: an agent's for a contact who is found or added, an employee's for themselves."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext

from portico.domains.contacts import queries as contacts
from portico.domains.contacts import schemas
from portico.domains.contacts import service as contact_service
from portico.domains.tickets import service
from portico.domains.tickets.permissions import works_on_tickets
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from portico.portal import tickets_own, words
from portico.portal.attachments import FILES, waiting
from portico.portal.blueprint import blueprint
from portico.portal.contacts import primary
from portico.portal.people import agents
from portico.portal.presence import with_presence
from portico.portal.tickets_forms import NewTicket
from portico.web.pages import workspace_url

_FOUND = 6


def _chosen(actor: Actor, contact_id: str | None) -> dict[str, Any] | None:
    if not is_id(contact_id, "con") or contacts.active_contact(actor, contact_id or "") is None:
        return None
    return contacts.contact(actor, contact_id or "")


def _form(actor: Actor, contact: dict[str, Any] | None) -> NewTicket:
    form = NewTicket(contact_id=contact["id"] if contact else "", subject=request.args.get("subject"))
    form.priority.choices = [(name, words.priority(name)) for name in words.PRIORITIES]
    form.assignee_id.choices = [("", gettext("Nobody")), *with_presence(actor, agents(actor))]
    return form


def _open(actor: Actor, form: NewTicket, contact: dict[str, Any] | None) -> dict[str, Any]:
    """The ticket, and the contact with it when it is a new one."""
    if contact is None:
        contact = contact_service.create_contact(actor, load(schemas.ContactCreate(), form.new_contact()))
    return service.create_ticket(actor, form.values(contact["id"]))


@blueprint.page("/tickets/new", methods=("GET", "POST"), endpoint="tickets_new", scope="tickets:write", **FILES)
def new_ticket(actor: Actor) -> Any:
    if not works_on_tickets(actor):
        return tickets_own.new_request(actor)
    contact = _chosen(actor, request.form.get("contact_id") or request.args.get("contact"))
    form = _form(actor, contact)
    if form.validate_on_submit():
        with form.attempt():
            made = _open(actor, form, contact)
            flash(gettext("Ticket #%(number)s is open.", number=made["number"]), "success")
            return redirect(workspace_url("portal.tickets_one", ticket_id=made["id"]))
    q = (request.args.get("contact_q") or "").replace("\x00", "").strip()[:200]
    found = contacts.page_of_contacts(actor, ListQuery(limit=_FOUND, q=q, sort="display_name")).rows if q else []
    other = form.refusal.extra.get("contact_id") if form.refusal else None
    return form.page(
        "portal/tickets/new.html",
        contact=contact,
        q=q,
        found=found,
        primary=primary,
        waiting=waiting(actor),
        other=contacts.contact(actor, other) if other else None,
    )
