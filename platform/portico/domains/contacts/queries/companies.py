"""Reads of companies; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from portico.domains.contacts.domain_names import NotADomain, domain
from portico.domains.contacts.models import Company, CompanyDomain
from portico.domains.contacts.queries.tagging import tag_filter
from portico.domains.directory.ranges import within_range
from portico.domains.properties import queries as properties
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, page, start_of
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import session

_company = Company.__table__.c
_held = CompanyDomain.__table__.c
_COLUMNS = (
    _company.id,
    _company.name,
    _company.domains,
    _company.parent_id,
    _company.owner_employee_id,
    _company.tags,
    _company.properties,
    _company.created_at,
    _company.updated_at,
    _company.version,
)
_NAMES = tuple(column.key for column in _COLUMNS)


def _with_domain(operator: str, wanted: Any) -> ColumnElement[bool]:
    """Whether the company holds one of these domains; what cannot be one is nobody's."""
    forms = []
    for one in wanted if operator == "in" else [wanted]:
        try:
            forms.append(domain(one))
        except NotADomain:
            continue
    found = select(_held.domain).where(_held.workspace_id == _company.workspace_id, _held.company_id == _company.id)
    return found.where(_held.domain.in_(forms)).exists()


COMPANIES = Listing(
    id_column=_company.id,
    filters={
        "domain": Filter(clause=_with_domain, operators=("eq", "in")),
        "parent_id": Filter(column=_company.parent_id),
        "owner_employee_id": Filter(column=_company.owner_employee_id),
        "tags": tag_filter("company", Company),
        "created_at": Filter(kind="instant", column=_company.created_at, operators=ORDERED),
        "updated_at": Filter(kind="instant", column=_company.updated_at, operators=ORDERED),
    },
    sorts={
        "created_at": Sort(_company.id),
        "updated_at": Sort(_company.updated_at, instant=True),
        "name": Sort(_company.name_key),
    },
    search_kind="company",
    open_filters=properties.PREFIX,
)


def companies_visible_to(actor: Actor) -> Select[Any]:
    """The companies of the workspace that are not in the trash."""
    return select(*_COLUMNS).where(
        _company.workspace_id == actor.workspace_id,
        _company.trashed_at.is_(None),
        *within_range(actor, _company.owner_employee_id),
    )


@reaches("company")
def _reach(reader: Reader) -> AnySelect:
    """Those in the trash too: that they went there is news."""
    return select(_company.id).where(
        _company.workspace_id == reader.workspace_id, *within_range(reader, _company.owner_employee_id)
    )


def _whole(row: AnyRow) -> dict[str, Any]:
    return dict(zip(_NAMES, row, strict=False))


@prepared
def _one(actor: Actor, company_id: str) -> AnySelect:
    return companies_visible_to(actor).where(_company.id == company_id)


@prepared
def _one_locked(actor: Actor, company_id: str) -> AnySelect:
    return companies_visible_to(actor).where(_company.id == company_id).with_for_update()


def whole_company(actor: Actor, company_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One company with all that is kept of it; `lock` keeps it until the unit ends. Raises NotFound."""
    row = (_one_locked if lock else _one)(actor, company_id).one_or_none()
    if row is None:
        raise NotFound()
    return _whole(row)


def company_shown_to(actor: Actor, company: dict[str, Any]) -> dict[str, Any]:
    """The company for its reader."""
    return properties.shown(actor, "company", [company])[0]


def company(actor: Actor, company_id: str) -> dict[str, Any]:
    """One company as the actor may see it. Raises NotFound."""
    return company_shown_to(actor, whole_company(actor, company_id))


def trashed_company(actor: Actor, company_id: str, since: datetime) -> dict[str, Any]:
    """One company in the trash, locked, put there not before `since`. Raises NotFound."""
    row = (
        session()
        .execute(
            select(*_COLUMNS)
            .where(_company.workspace_id == actor.workspace_id, _company.id == company_id)
            .where(_company.trashed_at >= since, *within_range(actor, _company.owner_employee_id))
            .with_for_update()
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return _whole(row)


def page_of_companies(actor: Actor, query: ListQuery) -> Page:
    listing, query = properties.filtered(actor, "company", COMPANIES, query)
    found = page(start_of(companies_visible_to, actor), listing, actor.workspace_id, query)
    rows = [_whole(row) for row in found.rows]
    return Page(properties.shown(actor, "company", rows), found.next_cursor, found.total, found.fields)


def company_names_of(actor: Actor, company_ids: Iterable[str | None]) -> dict[str, str]:
    """Names by id of the companies that the actor may see, for pages and answers."""
    wanted = sorted({one for one in company_ids if one})
    if not wanted:
        return {}
    rows = session().execute(companies_visible_to(actor).where(_company.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def parent_of(actor: Actor, company_id: str) -> str | None:
    """The company above, whoever may see it and wherever it is: for the shape of the tree."""
    return session().scalar(
        select(_company.parent_id).where(_company.workspace_id == actor.workspace_id, _company.id == company_id)
    )


def domain_holders(actor: Actor, domains: Iterable[str], *, but: str | None = None) -> dict[str, str]:
    """Which company holds each of these domains, leaving out the company `but`."""
    rows = session().execute(
        select(_held.domain, _held.company_id).where(
            _held.workspace_id == actor.workspace_id, _held.domain.in_(list(domains))
        )
    )
    return {row.domain: row.company_id for row in rows if row.company_id != but}
