"""Single identifiers of a contact, over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import schemas, service
from portico.domains.contacts.api.contacts import blp
from portico.kernel.actor import Actor
from portico.web.api import Created

_ALL = '/contacts/<id("con"):contact_id>/identifiers'
_ONE = f'{_ALL}/<id("cid"):identifier_id>'


@blp.post(
    _ALL,
    scope="contacts:write",
    body=schemas.IdentifierInput,
    answer=schemas.Identifier,
    status=201,
    summary="Add an identifier to a contact",
    refusals=("identifier_taken",),
)
def create_contact_identifier(actor: Actor, contact_id: str, body: dict[str, Any]) -> Created:
    """An address, a number or an id that only one contact has; with `shared` several may have it. Where another contact
    has it alone, `409 identifier_taken` names that contact to those who may read it."""
    made = service.add_identifier(actor, contact_id, body)
    return Created(made, f"/api/v1/contacts/{contact_id}")


@blp.patch(
    _ONE,
    scope="contacts:write",
    body=schemas.IdentifierUpdate,
    answer=schemas.Identifier,
    summary="Change an identifier of a contact",
    refusals=("identifier_taken",),
)
def update_contact_identifier(actor: Actor, contact_id: str, identifier_id: str, body: dict[str, Any]) -> Any:
    """Its label, whether it is the primary one of its kind, proved or shared. Another value is another identifier."""
    return service.change_identifier(actor, contact_id, identifier_id, body)


@blp.delete(_ONE, scope="contacts:write", status=204, summary="Take an identifier from a contact")
def delete_contact_identifier(actor: Actor, contact_id: str, identifier_id: str) -> None:
    """Where it was the primary one of its kind, the next takes its place."""
    service.remove_identifier(actor, contact_id, identifier_id)
