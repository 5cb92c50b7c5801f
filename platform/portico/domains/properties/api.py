"""Properties over the API. Their values stand on the objects."""

from __future__ import annotations

from typing import Any

from portico.domains.properties import queries, schemas, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.kernel.schemas import Nothing
from portico.web.api import ApiBlueprint, Created

blp = ApiBlueprint("properties", "Properties", "Custom fields of contacts, tickets and employees.")
_ONE = '/properties/<object_type>/<id("prp"):property_id>'


@blp.get(
    "/properties/<object_type>",
    scope="contacts:read",
    listing=queries.PROPERTIES,
    answer=schemas.Property,
    summary="List the properties of an object",
)
def list_properties(actor: Actor, object_type: str, query: ListQuery) -> Page:
    """`object_type` is `contact`, `company`, `ticket` or `employee`; archived and hidden ones stand here too."""
    return queries.page_of_properties(actor, object_type, query)


@blp.post(
    "/properties/<object_type>",
    scope="properties:write",
    body=schemas.PropertyCreate,
    answer=schemas.Property,
    status=201,
    summary="Add a property to an object",
    refusals=("property_exists", "too_many_properties"),
)
def create_property(actor: Actor, object_type: str, body: dict[str, Any]) -> Created:
    """Key and type never change. `options` are texts or `{key, label}`; only `select` and `multiselect` have them.

    Whoever makes it, it belongs to the workspace; an app's own properties come from its manifest, and their keys
    begin with `app_<app key>__`.
    """
    made = service.create_property(actor, object_type, body)
    return Created(made, f"/api/v1/properties/{object_type}/{made['id']}")


@blp.get(_ONE, scope="contacts:read", answer=schemas.Property, summary="Read a property")
def get_property(actor: Actor, object_type: str, property_id: str) -> Any:
    return queries.definition(actor, object_type, property_id)


@blp.patch(
    _ONE,
    scope="properties:write",
    body=schemas.PropertyUpdate,
    answer=schemas.Property,
    versioned=True,
    summary="Change a property",
    refusals=("property_of_app",),
)
def update_property(
    actor: Actor, object_type: str, property_id: str, body: dict[str, Any], expected_version: int | None
) -> Any:
    """`options` replaces the list: one that is not named goes, or is archived where an object has it.

    Of a property that belongs to an app, only `sensitive` is yours to change.
    """
    return service.update_property(actor, object_type, property_id, body, expected_version=expected_version)


@blp.delete(
    _ONE,
    scope="properties:write",
    versioned=True,
    status=204,
    summary="Archive a property",
    refusals=("property_of_app",),
)
def archive_property(actor: Actor, object_type: str, property_id: str, expected_version: int | None) -> None:
    """Its values are kept, not shown and not filtered by, and come back when it is restored."""
    service.archive_property(actor, object_type, property_id, expected_version=expected_version)


@blp.post(
    f"{_ONE}/restore",
    scope="properties:write",
    body=Nothing,
    optional_body=True,
    answer=schemas.Property,
    summary="Bring a property back from the archive",
    refusals=("property_of_app",),
)
def restore_property(actor: Actor, object_type: str, property_id: str, body: dict[str, Any]) -> Any:
    return service.restore_property(actor, object_type, property_id)
