"""By which words a ticket is found: its subject, its number, and the requester's name for who may know it."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import queries as contacts
from portico.domains.directory import queries as directory
from portico.domains.tickets import queries
from portico.kernel import search
from portico.kernel.actor import Actor


def index(actor: Actor, ticket: dict[str, Any], requester_name: str | None, *, fresh: bool = False) -> None:
    """Two kinds of words: with the requester's name, and without it for those who may not read contacts."""
    words = (ticket["subject"], f"#{ticket['number']}")
    search.index(actor.workspace_id, "ticket", ticket["id"], *words, requester_name, fresh=fresh)
    search.index(actor.workspace_id, "ticket_text", ticket["id"], *words, fresh=fresh)


def requester_name(actor: Actor, requester: dict[str, str]) -> str | None:
    for field, names_of in (("contact_id", contacts.names_of), ("employee_id", directory.names_of)):
        if field in requester:
            return names_of(actor, [requester[field]]).get(requester[field])
    return None


def reindex_requester(actor: Actor, *, contact_id: str | None = None, employee_id: str | None = None) -> int:
    """After a requester got another name. Answers how many tickets they have."""
    column = "requester_contact_id" if contact_id else "requester_employee_id"
    found = queries.asked_by(actor, column, contact_id or employee_id or "")
    for ticket in found:
        index(actor, ticket, requester_name(actor, ticket["requester"]))
    return len(found)
