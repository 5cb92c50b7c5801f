"""Contacts, companies and tickets for the portal's tests, made as an agent would."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import schemas as contact_schemas
from portico.domains.contacts import service as contacts
from portico.domains.tickets import schemas as ticket_schemas
from portico.domains.tickets import service as tickets
from portico.kernel.schemas import load
from tests.support.cast import Cast


def contact(cast: Cast, name: str = "Maya Lindqvist", email: str | None = "maya@lindqvist.example") -> dict[str, Any]:
    given = {"display_name": name, "identifiers": [{"kind": "email", "value": email}] if email else []}
    with cast.writing():
        return contacts.create_contact(cast.actor("agent"), load(contact_schemas.ContactCreate(), given))


def company(cast: Cast, name: str = "Northwind", *domains: str, **other: Any) -> dict[str, Any]:
    given = {"name": name, "domains": list(domains), **other}
    with cast.writing():
        return contacts.create_company(cast.actor("agent"), load(contact_schemas.CompanyCreate(), given))


def ticket(cast: Cast, contact_id: str, subject: str = "Charged twice", **other: Any) -> dict[str, Any]:
    given = {"subject": subject, "requester": {"contact_id": contact_id}, "comment": {"body": "Please help."}, **other}
    with cast.writing():
        return tickets.create_ticket(cast.actor("agent"), load(ticket_schemas.TicketCreate(), given))


def own_ticket(cast: Cast, name: str = "employee", subject: str = "Black screen") -> dict[str, Any]:
    """What an employee asked for."""
    requester = {"employee_id": cast.employee_id(name)}
    given = {"subject": subject, "requester": requester, "channel": "portal", "comment": {"body": "It stays black."}}
    with cast.writing():
        return tickets.create_ticket(cast.actor(name), load(ticket_schemas.TicketCreate(), given))


def comment(cast: Cast, ticket_id: str, body: str, visibility: str = "public", by: str = "agent") -> dict[str, Any]:
    with cast.writing():
        return tickets.add_comment(cast.actor(by), ticket_id, {"body": body, "visibility": visibility})
