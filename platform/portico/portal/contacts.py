"""Contacts: the list, one contact with its tickets and the apps beside it, and changing one."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.errors import IdentifierReused
from portico.domains.directory import queries as directory
from portico.domains.tickets import queries as tickets
from portico.kernel import sightings
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal import properties
from portico.portal.actions import at_record, for_several
from portico.portal.associations import companies_of, stage_word
from portico.portal.blueprint import blueprint
from portico.portal.consents import current_consents
from portico.portal.contacts_forms import ContactForm, contact_form, stage_choices
from portico.portal.contacts_timeline import ActivityForm, timeline
from portico.portal.interactions import panels
from portico.portal.people import agents, named
from portico.portal.views import saved_list
from portico.web.forms import version_in
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("portal", N_("Contacts"), "contact", "portal.contacts", 30, scope="contacts:read", key="c")]
_TICKETS = 10


def primary(contact: dict[str, Any], kind: str) -> str | None:
    """The address or number by which the contact is reached first."""
    known = [one for one in contact["identifiers"] if one["kind"] == kind]
    return next((one["value"] for one in known if one["primary"]), known[0]["value"] if known else None)


@blueprint.page("/contacts", scope="contacts:read")
def contacts(actor: Actor) -> str:
    sightings.note(actor, "contact", way="search" if request.args.get("q") else "list")
    saved = saved_list(actor, "contact")
    owner, tag = request.args.get("owner") or "", (request.args.get("tag") or "").strip()[:60]
    selects = properties.chosen(actor, "contact", request.args)
    stage = request.args.get("stage") or ""
    filters = {
        "owner_employee_id": owner,
        "lifecycle_stage": stage,
        "tags": tag,
        **{each["name"]: each["value"] for each in selects},
    }
    found = saved.page(page_query(queries.CONTACTS, filters, sort=saved.sort or "-updated_at"))
    trashed = request.args.get("trashed")
    return render_template(
        "portal/contacts/contacts.html",
        found=found,
        several=for_several(actor, "contact"),
        links=page_links(found),
        owners=agents(actor, [owner if is_id(owner, "emp") else None]),
        owner_names=directory.names_of(actor, {row["owner_employee_id"] for row in found.rows} - {None}),
        owner=owner,
        stage=stage,
        stages=stage_choices(actor, stage)[1:],
        stage_word=partial(stage_word, actor),
        selects=selects,
        tag=tag,
        tones=queries.tag_colors(actor, [name for row in found.rows for name in row["tags"]]),
        primary=primary,
        saved=saved,
        may_restore=actor.has_role("support_admin"),
        trashed=trashed if is_id(trashed, "con") and actor.has_role("support_admin") else None,
    )


@blueprint.page("/contacts/new", methods=("GET", "POST"), endpoint="contacts_new", scope="contacts:write")
def new_contact(actor: Actor) -> Any:
    form = contact_form(actor)
    if form.validate_on_submit():
        with form.attempt():
            made = service.create_contact(actor, load(schemas.ContactCreate(), form.values()))
            flash(gettext("%(name)s is added.", name=made["display_name"]), "success")
            return redirect(workspace_url("portal.contacts_one", contact_id=made["id"]))
    return _form_page(actor, form, None)


@blueprint.page('/contacts/<id("con"):contact_id>', endpoint="contacts_one", scope="contacts:read")
def contact(actor: Actor, contact_id: str) -> str:
    found = queries.contact(actor, contact_id)
    sightings.note(actor, "contact", contact_id)
    owner_id = found["owner_employee_id"]
    theirs = tickets.page_of_tickets(
        actor,
        ListQuery(limit=_TICKETS, conditions=(Condition("requester.contact_id", "eq", contact_id),)),
    )
    happened, more_happened = timeline(actor, contact_id)
    return render_template(
        "portal/contacts/contact.html",
        contact=found,
        stage=stage_word(actor, found["lifecycle_stage"]),
        happened=happened,
        more_happened=more_happened,
        activity=ActivityForm() if actor.may("timeline:write") else None,
        own_properties=properties.shown(actor, "contact", found),
        companies=companies_of(actor, contact_id),
        consents=current_consents(actor, contact_id),
        owner=directory.names_of(actor, [owner_id]).get(owner_id) if owner_id else None,
        tickets=named(actor, theirs.rows),
        more_tickets=theirs.has_more,
        tones=queries.tag_colors(actor, found["tags"]),
        may_trash=actor.has_role("support_admin"),
        panels=panels(actor, "contact.panel", "contact", contact_id),
        actions=at_record(actor, "contact", contact_id),
    )


@blueprint.page(
    '/contacts/<id("con"):contact_id>/edit',
    methods=("GET", "POST"),
    endpoint="contacts_edit",
    scope="contacts:write",
)
def edit_contact(actor: Actor, contact_id: str) -> Any:
    before = queries.contact(actor, contact_id)
    form = contact_form(actor, before)
    if form.validate_on_submit():
        with form.attempt():
            values = load(schemas.ContactUpdate(), form.values(before))
            service.update_contact(actor, contact_id, values, expected_version=version_in(form.version.data))
            flash(gettext("Saved."), "success")
            return redirect(workspace_url("portal.contacts_one", contact_id=contact_id))
    return _form_page(actor, form, before)


def _form_page(actor: Actor, form: ContactForm, contact: dict[str, Any] | None) -> Any:
    """The form; where another contact has the address already, it is named."""
    other = form.refusal.extra.get("contact_id") if form.refusal else None
    name = queries.names_of(actor, [other]).get(other) if other else None
    return form.page("portal/contacts/edit.html", contact=contact, other=other, other_name=name)


@blueprint.page('/contacts/<id("con"):contact_id>/trash', methods=("POST",), scope="contacts:write")
def trash_contact(actor: Actor, contact_id: str) -> Any:
    service.trash_contact(actor, contact_id)
    return redirect(workspace_url("portal.contacts", trashed=contact_id))


@blueprint.page('/contacts/<id("con"):contact_id>/restore', methods=("POST",), scope="contacts:write")
def restore_contact(actor: Actor, contact_id: str) -> Any:
    without = request.form.get("release_taken") == "1"
    try:
        restored = service.restore_contact(actor, contact_id, release_taken=without)
    except IdentifierReused as refusal:
        page = render_template("portal/contacts/restore.html", contact_id=contact_id, refusal=refusal)
        return page, refusal.status
    flash(gettext("%(name)s is back.", name=restored["display_name"]), "success")
    return redirect(workspace_url("portal.contacts_one", contact_id=contact_id))
