"""What contacts are to companies, over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.api.contacts import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_ALL = '/contacts/<id("con"):contact_id>/associations'
_ONE = f'{_ALL}/<id("asc"):association_id>'


@blp.get(
    _ALL,
    scope="contacts:read",
    listing=queries.ASSOCIATIONS,
    answer=schemas.Association,
    summary="List what a contact is to companies",
)
def list_associations(actor: Actor, contact_id: str, query: ListQuery) -> Page:
    queries.whole_contact(actor, contact_id)
    return queries.page_of_associations(actor, contact_id, query)


@blp.post(
    _ALL,
    scope=("contacts:write", "companies:read"),
    body=schemas.AssociationCreate,
    answer=schemas.Association,
    status=201,
    summary="Tie a contact to a company",
    refusals=("association_exists",),
)
def create_association(actor: Actor, contact_id: str, body: dict[str, Any]) -> Created:
    """`label` is `employee_of` (the default), `decision_maker`, `billing`, `referrer` or a word of your own. A contact
    has one primary company: its first one, until another is told to be it."""
    made = service.create_association(actor, contact_id, body)
    return Created(made, f"/api/v1/contacts/{contact_id}/associations/{made['id']}")


@blp.get(_ONE, scope="contacts:read", answer=schemas.Association, summary="Read what a contact is to a company")
def get_association(actor: Actor, contact_id: str, association_id: str) -> Any:
    queries.whole_contact(actor, contact_id)
    return queries.association(actor, contact_id, association_id)


@blp.patch(
    _ONE,
    scope="contacts:write",
    body=schemas.AssociationUpdate,
    answer=schemas.Association,
    summary="Change what a contact is to a company",
    refusals=("association_exists",),
)
def update_association(actor: Actor, contact_id: str, association_id: str, body: dict[str, Any]) -> Any:
    return service.update_association(actor, contact_id, association_id, body)


@blp.delete(_ONE, scope="contacts:write", status=204, summary="Untie a contact from a company")
def delete_association(actor: Actor, contact_id: str, association_id: str) -> None:
    """Where it was the primary one, the oldest that stays takes its place."""
    service.remove_association(actor, contact_id, association_id)
