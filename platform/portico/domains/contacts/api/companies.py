"""Companies over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.api.contacts import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created
from portico.web.batch import Batch, BatchAnswer, Changes, run

_ONE = '/companies/<id("cmp"):company_id>'
_CHANGES = Changes(
    create_schema=schemas.CompanyCreate,
    update_schema=schemas.CompanyUpdate,
    answer=schemas.Company,
    create=service.create_company,
    update=service.update_company,
)


@blp.get(
    "/companies",
    scope="companies:read",
    listing=queries.COMPANIES,
    answer=schemas.Company,
    summary="List companies",
)
def list_companies(actor: Actor, query: ListQuery) -> Page:
    """`q` finds them by the beginnings of the words of their names and by domain."""
    return queries.page_of_companies(actor, query)


@blp.post(
    "/companies",
    scope="companies:write",
    body=schemas.CompanyCreate,
    answer=schemas.Company,
    status=201,
    summary="Add a company",
    refusals=("domain_taken",),
)
def create_company(actor: Actor, body: dict[str, Any]) -> Created:
    """A domain belongs to one company. Domains at which anybody may have an address (gmail.com) are refused."""
    made = service.create_company(actor, body)
    return Created(made, f"/api/v1/companies/{made['id']}")


@blp.post("/companies/batch", scope="companies:write", body=Batch, answer=BatchAnswer, summary="Write many companies")
def batch_companies(actor: Actor, body: dict[str, Any]) -> Any:
    """Up to 100 items: with `id` an update, without a creation. One result each, in order."""
    return run(actor, body, _CHANGES)


@blp.get(_ONE, scope="companies:read", answer=schemas.Company, summary="Read a company")
def get_company(actor: Actor, company_id: str) -> Any:
    return queries.company(actor, company_id)


@blp.patch(
    _ONE,
    scope="companies:write",
    body=schemas.CompanyUpdate,
    answer=schemas.Company,
    versioned=True,
    summary="Change a company",
    refusals=("domain_taken", "company_cycle"),
)
def update_company(actor: Actor, company_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """Absent fields keep their value, `null` clears, lists replace."""
    return service.update_company(actor, company_id, body, expected_version=expected_version)


@blp.delete(_ONE, scope="companies:write", versioned=True, status=204, summary="Put a company into the trash")
def trash_company(actor: Actor, company_id: str, expected_version: int | None) -> None:
    """It can be restored for 30 days; its contacts stay. Of people, support admins may."""
    service.trash_company(actor, company_id, expected_version=expected_version)


@blp.post(
    f"{_ONE}/restore",
    scope="companies:write",
    body=schemas.CompanyRestore,
    optional_body=True,
    answer=schemas.Company,
    summary="Bring a company back from the trash",
    refusals=("domain_reused",),
)
def restore_company(actor: Actor, company_id: str, body: dict[str, Any]) -> Any:
    return service.restore_company(actor, company_id, release_taken=body["release_taken"])
