"""Values of properties on contacts, companies, tickets and people: beside the object, and on a page of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect
from flask_babel import gettext

from portico.domains.contacts import queries as contacts
from portico.domains.contacts import service as contacts_service
from portico.domains.directory import queries as directory
from portico.domains.directory import service as directory_service
from portico.domains.properties import queries
from portico.domains.tickets import queries as tickets
from portico.domains.tickets import service as tickets_service
from portico.domains.tickets.permissions import require_works_on_tickets
from portico.kernel.actor import Actor
from portico.portal.blueprint import blueprint
from portico.web.forms import version_in
from portico.web.pages import workspace_url
from portico.web.property_forms import shown_values, values_form

_FILTERS = 2

Save = Callable[[dict[str, Any], int | None], Any]


def shown(actor: Actor, object_type: str, found: dict[str, Any]) -> list[tuple[str, Any, str | None]]:
    """What the card of an object shows; nothing where the workspace has no properties of it."""
    return shown_values(queries.seen_by(actor, object_type), found.get("properties", {}))


def chosen(actor: Actor, object_type: str, args: Mapping[str, str]) -> list[dict[str, Any]]:
    """The first selects of an object as filters of its list, each with what the page's address says of it."""
    found = [row for row in queries.seen_by(actor, object_type) if row.type in ("select", "multiselect")]
    filters = []
    for row in found[:_FILTERS]:
        name, choices = f"{queries.PREFIX}{row.key}", [(one["key"], one["label"]) for one in row.options]
        value = args.get(name, "")
        known = value if value in dict(choices) else ""
        filters.append({"name": name, "label": row.label, "choices": choices, "value": known})
    return filters


def _edit(actor: Actor, object_type: str, found: dict[str, Any], name: str, back: str, save: Save) -> Any:
    form = values_form(queries.seen_by(actor, object_type), found["properties"], found["version"])
    if form.validate_on_submit():
        with form.attempt():
            save(form.values(), version_in(form.version.data))
            flash(gettext("Saved."), "success")
            return redirect(back)
    return form.page("portal/properties/edit.html", name=name, back=back)


@blueprint.page('/contacts/<id("con"):contact_id>/properties', methods=("GET", "POST"), scope="contacts:write")
def contact_properties(actor: Actor, contact_id: str) -> Any:
    found = contacts.contact(actor, contact_id)
    back = workspace_url("portal.contacts_one", contact_id=contact_id)

    def save(values: dict[str, Any], version: int | None) -> None:
        contacts_service.update_contact(actor, contact_id, {"properties": values}, expected_version=version)

    return _edit(actor, "contact", found, found["display_name"], back, save)


@blueprint.page('/companies/<id("cmp"):company_id>/properties', methods=("GET", "POST"), scope="companies:write")
def company_properties(actor: Actor, company_id: str) -> Any:
    found = contacts.company(actor, company_id)
    back = workspace_url("portal.companies_one", company_id=company_id)

    def save(values: dict[str, Any], version: int | None) -> None:
        contacts_service.update_company(actor, company_id, {"properties": values}, expected_version=version)

    return _edit(actor, "company", found, found["name"], back, save)


@blueprint.page('/tickets/<id("tkt"):ticket_id>/properties', methods=("GET", "POST"), scope="tickets:write")
def ticket_properties(actor: Actor, ticket_id: str) -> Any:
    found = tickets.ticket(actor, ticket_id)
    require_works_on_tickets(actor)
    back = workspace_url("portal.tickets_one", ticket_id=ticket_id)

    def save(values: dict[str, Any], version: int | None) -> None:
        tickets_service.update_ticket(actor, ticket_id, {"properties": values}, expected_version=version)

    return _edit(actor, "ticket", found, found["subject"], back, save)


@blueprint.page('/people/<id("emp"):employee_id>/properties', methods=("GET", "POST"), scope="directory:write")
def person_properties(actor: Actor, employee_id: str) -> Any:
    found = directory.employee(actor, employee_id)
    back = workspace_url("portal.people_one", employee_id=employee_id)

    def save(values: dict[str, Any], version: int | None) -> None:
        directory_service.update_employee(actor, employee_id, {"properties": values}, version)

    return _edit(actor, "employee", found, found["display_name"], back, save)
