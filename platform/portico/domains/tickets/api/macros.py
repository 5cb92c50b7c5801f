"""Macros over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.tickets import macro_queries, macro_schemas, service
from portico.domains.tickets.api.tickets import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.kernel.schemas import Nothing
from portico.web.api import Created

_ONE = '/macros/<id("mac"):macro_id>'
_ON = '/tickets/<id("tkt"):ticket_id>/macros/<id("mac"):macro_id>'


@blp.get(
    "/macros",
    scope="tickets:read",
    listing=macro_queries.MACROS,
    answer=macro_schemas.Macro,
    summary="List the macros",
)
def list_macros(actor: Actor, query: ListQuery) -> Page:
    """The shared ones (`owner_employee_id` is null) and one's own."""
    return macro_queries.page_of_macros(actor, query)


@blp.post(
    "/macros",
    scope="tickets:write",
    body=macro_schemas.MacroCreate,
    answer=macro_schemas.Macro,
    status=201,
    summary="Make a macro",
    refusals=("macro_exists",),
)
def create_macro(actor: Actor, body: dict[str, Any]) -> Created:
    """A reply with places such as `{{ticket.number}}` and `{{requester.display_name}}`, changes, or both. A shared one
    needs `tickets:admin` besides."""
    made = service.create_macro(actor, body)
    return Created(made, f"/api/v1/macros/{made['id']}")


@blp.get(_ONE, scope="tickets:read", answer=macro_schemas.Macro, summary="Read a macro")
def get_macro(actor: Actor, macro_id: str) -> Any:
    return macro_queries.macro(actor, macro_id)


@blp.patch(
    _ONE,
    scope="tickets:write",
    body=macro_schemas.MacroUpdate,
    answer=macro_schemas.Macro,
    versioned=True,
    summary="Change a macro",
    refusals=("macro_exists",),
)
def update_macro(actor: Actor, macro_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return service.update_macro(actor, macro_id, body, expected_version=expected_version)


@blp.delete(_ONE, scope="tickets:write", versioned=True, status=204, summary="Delete a macro")
def delete_macro(actor: Actor, macro_id: str, expected_version: int | None) -> None:
    service.delete_macro(actor, macro_id, expected_version=expected_version)


@blp.post(
    f"{_ON}/preview",
    scope="tickets:read",
    body=Nothing,
    optional_body=True,
    answer=macro_schemas.MacroPreview,
    summary="See what a macro would do to a ticket",
)
def preview_macro(actor: Actor, ticket_id: str, macro_id: str, body: dict[str, Any]) -> Any:
    """Nothing changes."""
    return service.preview_macro(actor, ticket_id, macro_id)


@blp.post(
    f"{_ON}/apply",
    scope="tickets:write",
    body=macro_schemas.MacroUse,
    optional_body=True,
    answer=macro_schemas.MacroApplied,
    summary="Use a macro on a ticket",
    refusals=("invalid_transition", "ticket_closed", "newer_comment_exists"),
)
def apply_macro(actor: Actor, ticket_id: str, macro_id: str, body: dict[str, Any]) -> Any:
    """Writes and changes, both or neither. An internal text needs `tickets.internal:write` besides."""
    return service.apply_macro(actor, ticket_id, macro_id, body)
