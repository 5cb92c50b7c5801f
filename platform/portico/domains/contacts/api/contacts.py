"""Contacts over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import queries, schemas, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import ApiBlueprint, Created
from portico.web.batch import Batch, BatchAnswer, Changes, run

blp = ApiBlueprint("contacts", "Contacts", "People outside the workspace.")
_CHANGES = Changes(
    create_schema=schemas.ContactCreate,
    update_schema=schemas.ContactUpdate,
    answer=schemas.Contact,
    create=service.create_contact,
    update=service.update_contact,
)


def _created(contact: dict[str, Any]) -> Created:
    return Created(contact, f"/api/v1/contacts/{contact['id']}")


def _outcome(created: bool, contact: dict[str, Any]) -> Any:
    return _created(contact) if created else contact


@blp.get(
    "/contacts",
    scope="contacts:read",
    listing=queries.CONTACTS,
    answer=schemas.Contact,
    reads="contact",
    summary="List contacts",
)
def list_contacts(actor: Actor, query: ListQuery) -> Page:
    return queries.page_of_contacts(actor, query)


@blp.post(
    "/contacts",
    scope="contacts:write",
    body=schemas.ContactCreate,
    answer=schemas.Contact,
    status=201,
    summary="Add a contact",
    refusals=("identifier_taken",),
)
def create_contact(actor: Actor, body: dict[str, Any]) -> Created:
    """Give a `display_name` or at least one identifier, which then is the name."""
    return _created(service.create_contact(actor, body))


@blp.post("/contacts/batch", scope="contacts:write", body=Batch, answer=BatchAnswer, summary="Write many contacts")
def batch_contacts(actor: Actor, body: dict[str, Any]) -> Any:
    """Up to 100 items: with `id` an update, without a creation. One result each, in order."""
    return run(actor, body, _CHANGES)


@blp.post(
    "/contacts/upsert",
    scope="contacts:write",
    body=schemas.ContactUpsert,
    answer=schemas.Contact,
    also=(201,),
    summary="Update the contact that has one of the identifiers, or add it",
    refusals=("ambiguous_match", "identifier_taken"),
)
def upsert_contact(actor: Actor, body: dict[str, Any]) -> Any:
    """201 when the contact is new, 200 when it was there, 409 when the identifiers belong to several.

    Identifiers are added to those that the contact has. One that is shared only counts where no other matches.
    """
    return _outcome(*service.upsert_contact(actor, body))


@blp.get(
    "/contacts/by-id/<namespace>/<path:value>",
    scope="contacts:read",
    answer=schemas.Contact,
    reads="contact",
    summary="Read the contact that another system knows by this id",
)
def get_contact_by_identifier(actor: Actor, namespace: str, value: str) -> Any:
    """`namespace` may also be `email` or `phone`."""
    return queries.contact_by_identifier(actor, namespace, value)


@blp.put(
    "/contacts/by-id/<namespace>/<path:value>",
    scope="contacts:write",
    body=schemas.ContactPut,
    answer=schemas.Contact,
    also=(201,),
    summary="Update or add the contact that another system knows by this id",
    refusals=("ambiguous_match", "identifier_taken"),
)
def put_contact_by_identifier(actor: Actor, namespace: str, value: str, body: dict[str, Any]) -> Any:
    """201 when the contact is new, 200 when it was there."""
    return _outcome(*service.put_contact(actor, namespace, value, body))


@blp.get(
    '/contacts/<id("con"):contact_id>',
    scope="contacts:read",
    answer=schemas.Contact,
    reads="contact",
    summary="Read a contact",
)
def get_contact(actor: Actor, contact_id: str) -> Any:
    return queries.contact(actor, contact_id)


@blp.patch(
    '/contacts/<id("con"):contact_id>',
    scope="contacts:write",
    body=schemas.ContactUpdate,
    answer=schemas.Contact,
    versioned=True,
    summary="Change a contact",
    refusals=("identifier_taken",),
)
def update_contact(actor: Actor, contact_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """Absent fields keep their value, `null` clears, lists replace."""
    return service.update_contact(actor, contact_id, body, expected_version=expected_version)


@blp.delete(
    '/contacts/<id("con"):contact_id>',
    scope="contacts:write",
    versioned=True,
    status=204,
    summary="Put a contact into the trash",
)
def trash_contact(actor: Actor, contact_id: str, expected_version: int | None) -> None:
    """It can be restored for 30 days. Of people, support admins may."""
    service.trash_contact(actor, contact_id, expected_version=expected_version)


@blp.post(
    '/contacts/<id("con"):contact_id>/restore',
    scope="contacts:write",
    body=schemas.ContactRestore,
    optional_body=True,
    answer=schemas.Contact,
    summary="Bring a contact back from the trash",
    refusals=("identifier_reused",),
)
def restore_contact(actor: Actor, contact_id: str, body: dict[str, Any]) -> Any:
    return service.restore_contact(actor, contact_id, release_taken=body["release_taken"])
