"""Operations of publishers: for people, about themselves, and about whom they let in."""

from __future__ import annotations

from typing import Any

from portico.domains.catalogue import publisher_schemas as schemas
from portico.domains.catalogue import queries, service
from portico.domains.catalogue.api.apps import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.web.api import Accepted

_MINE = "/publishers/me"


@blp.get(
    "/publishers",
    scope="catalogue:read",
    listing=queries.PUBLISHERS,
    answer=schemas.PublisherPublic,
    people_only=True,
    summary="List the publishers whose apps can be found",
)
def list_publishers(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_publishers(actor, query)


@blp.get(
    '/publishers/<id("pub"):publisher_id>',
    scope="catalogue:read",
    answer=schemas.PublisherPublic,
    people_only=True,
    summary="Read what a publisher says and has proved",
)
def get_publisher(actor: Actor, publisher_id: str) -> Any:
    return queries.visible_publisher(actor, publisher_id)


@blp.get(
    _MINE, scope="apps:read", answer=schemas.OwnPublisher, people_only=True, summary="Read the publisher that one is"
)
def get_own_publisher(actor: Actor) -> Any:
    """404 before the first app: that makes the publisher."""
    return queries.own_publisher(actor)


@blp.patch(
    _MINE,
    scope="apps:write",
    body=schemas.PublisherUpdate,
    answer=schemas.OwnPublisher,
    people_only=True,
    versioned=True,
    refusals=("publisher_name_taken",),
    summary="Change what the publisher says about itself",
)
def update_own_publisher(actor: Actor, body: dict[str, Any], expected_version: int | None) -> Any:
    """Another name takes the operator's verification away."""
    return service.update_publisher(actor, body, expected_version)


@blp.put(
    f"{_MINE}/domain",
    scope="apps:write",
    body=schemas.DomainInput,
    answer=schemas.OwnPublisher,
    people_only=True,
    summary="Name the domain that is to be proved",
)
def put_own_publisher_domain(actor: Actor, body: dict[str, Any]) -> Any:
    """The answer says where to put which line. Another domain loses the proof of the one before."""
    return service.name_domain(actor, body["domain"])


@blp.delete(f"{_MINE}/domain", scope="apps:write", status=204, people_only=True, summary="Take the domain back")
def delete_own_publisher_domain(actor: Actor) -> None:
    service.forget_domain(actor)


@blp.post(
    f"{_MINE}/domain/check",
    scope="apps:write",
    answer=schemas.OwnPublisher,
    status=202,
    people_only=True,
    refusals=("no_domain",),
    summary="Look for the proof now",
)
def check_own_publisher_domain(actor: Actor) -> Any:
    """A job looks within seconds; read the publisher again for what it found."""
    return Accepted(service.ask_for_check(actor), "/api/v1/publishers/me")
