"""The timeline of a contact, and what they agreed to, over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.api.contacts import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_CONTACT = '/contacts/<id("con"):contact_id>'


@blp.get(
    f"{_CONTACT}/timeline",
    scope="contacts:read",
    listing=queries.TIMELINE,
    parameters={"kinds": False},
    answer=schemas.Activity,
    summary="List what happened with a contact",
)
def list_timeline(actor: Actor, contact_id: str, query: ListQuery, kinds: str | None) -> Page:
    """The newest first. `kinds=note,call` shows those alone. What is for the `team` is for people, what is `private`
    for who wrote it."""
    queries.whole_contact(actor, contact_id)
    wanted = [one for one in (kinds or "").split(",") if one]
    return queries.page_of_activities(actor, contact_id, query, wanted)


@blp.post(
    f"{_CONTACT}/activities",
    scope="timeline:write",
    body=schemas.ActivityCreate,
    answer=schemas.Activity,
    status=201,
    also=(200,),
    summary="Write down what happened with a contact",
    refusals=("source_ref_taken",),
)
def create_activity(actor: Actor, contact_id: str, body: dict[str, Any]) -> Any:
    """`kind` is `note`, `call`, `meeting` or `email`; apps also write `app:<their key>:<type>`. 200 with the same
    activity, as it was written first, when your `source_ref` was used before."""
    created, row = service.add_activity(actor, contact_id, body)
    return Created(row, f"/api/v1/contacts/{contact_id}/activities/{row['id']}") if created else row


@blp.get(
    f'{_CONTACT}/activities/<id("act"):activity_id>',
    scope="contacts:read",
    answer=schemas.Activity,
    summary="Read one thing that happened",
)
def get_activity(actor: Actor, contact_id: str, activity_id: str) -> Any:
    return queries.activity(actor, contact_id, activity_id)


@blp.get(
    f"{_CONTACT}/consents",
    scope="contacts:read",
    listing=queries.CONSENTS,
    answer=schemas.Consent,
    summary="List what a contact agreed to",
)
def list_consents(actor: Actor, contact_id: str, query: ListQuery) -> Page:
    """With all that held before; `filter[is_current]=true` shows what holds now."""
    queries.whole_contact(actor, contact_id)
    return queries.page_of_consents(actor, contact_id, query)


@blp.post(
    f"{_CONTACT}/consents",
    scope="contacts:write",
    body=schemas.ConsentCreate,
    answer=schemas.Consent,
    status=201,
    summary="Record what a contact agreed to",
)
def create_consent(actor: Actor, contact_id: str, body: dict[str, Any]) -> Created:
    """For a `channel` (`email`, `phone`, …) and a `purpose` (`newsletter`, …). What is older than what holds now joins
    the history and changes nothing."""
    return Created(service.add_consent(actor, contact_id, body), f"/api/v1/contacts/{contact_id}/consents")
