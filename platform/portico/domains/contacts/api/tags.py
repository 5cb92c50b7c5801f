"""Tags over the API. A record's own tags are written with the record."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.api.contacts import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page

_ONE = '/tags/<id("tag"):tag_id>'
_WRITE = ("contacts:write", "companies:write")


@blp.get(
    "/tags",
    any_scope=("contacts:read", "companies:read"),
    listing=queries.TAGS,
    answer=schemas.Tag,
    summary="List the tags of contacts and companies",
)
def list_tags(actor: Actor, query: ListQuery) -> Page:
    return queries.page_of_tags(actor, query)


@blp.patch(_ONE, any_scope=_WRITE, body=schemas.TagUpdate, answer=schemas.Tag, summary="Give a tag a colour")
def update_tag(actor: Actor, tag_id: str, body: dict[str, Any]) -> Any:
    return service.update_tag(actor, tag_id, body)


@blp.delete(_ONE, any_scope=_WRITE, status=204, summary="Forget a tag that nothing has", refusals=("tag_in_use",))
def delete_tag(actor: Actor, tag_id: str) -> None:
    """It comes back by itself with the first record that has it."""
    service.delete_tag(actor, tag_id)
