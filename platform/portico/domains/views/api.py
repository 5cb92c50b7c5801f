"""Views over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import queries as contacts
from portico.domains.contacts.schemas import Company, Contact
from portico.domains.directory import queries as directory
from portico.domains.directory.schemas import Employee
from portico.domains.tickets import queries as tickets
from portico.domains.tickets.schemas import Ticket
from portico.domains.views import queries, schemas, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import ApiBlueprint, Created

blp = ApiBlueprint("views", "Views", "Saved filters, columns and sorts of lists.")
_ONE = '/views/<id("viw"):view_id>'


@blp.get("/views", scope="views:read", listing=queries.VIEWS, answer=schemas.View, summary="List views")
def list_views(actor: Actor, query: ListQuery) -> Page:
    """Your own and the shared ones, of lists that you may read."""
    return queries.page_of_views(actor, query)


@blp.post(
    "/views",
    scope="views:write",
    body=schemas.ViewCreate,
    answer=schemas.View,
    status=201,
    summary="Save a view",
    refusals=("too_many_views",),
)
def create_view(actor: Actor, body: dict[str, Any]) -> Created:
    """`filter` is what the list's query string would say: `{"status": {"in": ["new", "open"]}, "assignee_id": "me"}`;
    `me` is whoever looks. `shared` needs `views:share`."""
    view = service.create_view(actor, body)
    return Created(view, f"/api/v1/views/{view['id']}")


@blp.get(_ONE, scope="views:read", answer=schemas.View, summary="Read a view")
def get_view(actor: Actor, view_id: str) -> Any:
    return queries.view(actor, view_id)


@blp.patch(
    _ONE, scope="views:write", body=schemas.ViewUpdate, answer=schemas.View, versioned=True, summary="Change a view"
)
def update_view(actor: Actor, view_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """One's own; what is shared, or is to be, needs `views:share`."""
    return service.update_view(actor, view_id, body, expected_version=expected_version)


@blp.delete(_ONE, scope="views:write", versioned=True, status=204, summary="Delete a view")
def delete_view(actor: Actor, view_id: str, expected_version: int | None) -> None:
    service.delete_view(actor, view_id, expected_version=expected_version)


@blp.get(
    f"{_ONE}/count",
    scope="views:read",
    answer=schemas.Count,
    summary="Count what is in a view",
    refusals=("view_invalid",),
)
def count_view(actor: Actor, view_id: str) -> Any:
    """Exact up to 1,000; beyond that `more` is true, and it costs no more."""
    return queries.count(actor, view_id)


@blp.get(
    f"{_ONE}/tickets",
    scope=("views:read", "tickets:read"),
    listing=tickets.TICKETS,
    answer=Ticket,
    summary="List the tickets of a view",
    refusals=("view_invalid",),
)
def list_view_tickets(actor: Actor, view_id: str, query: ListQuery) -> Page:
    """As `/tickets`, within the view; its sort holds unless you ask for another."""
    return queries.page_of_items(actor, "ticket", view_id, query)


@blp.get(
    f"{_ONE}/contacts",
    scope=("views:read", "contacts:read"),
    listing=contacts.CONTACTS,
    answer=Contact,
    summary="List the contacts of a view",
    refusals=("view_invalid",),
    reads="contact",
)
def list_view_contacts(actor: Actor, view_id: str, query: ListQuery) -> Page:
    return queries.page_of_items(actor, "contact", view_id, query)


@blp.get(
    f"{_ONE}/companies",
    scope=("views:read", "companies:read"),
    listing=contacts.COMPANIES,
    answer=Company,
    summary="List the companies of a view",
    refusals=("view_invalid",),
)
def list_view_companies(actor: Actor, view_id: str, query: ListQuery) -> Page:
    return queries.page_of_items(actor, "company", view_id, query)


@blp.get(
    f"{_ONE}/employees",
    scope=("views:read", "directory:read"),
    listing=directory.EMPLOYEES,
    answer=Employee,
    summary="List the employees of a view",
    refusals=("view_invalid",),
    reads="employee",
)
def list_view_employees(actor: Actor, view_id: str, query: ListQuery) -> Page:
    return queries.page_of_items(actor, "employee", view_id, query)
