"""Reads of associations: of one contact whom the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from portico.domains.contacts.models import Association, Company, CompanyDomain, Contact
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_association = Association.__table__.c
_contact = Contact.__table__.c
_company = Company.__table__.c
_held = CompanyDomain.__table__.c

ASSOCIATIONS = Listing(
    id_column=_association.id,
    filters={"company_id": Filter(column=_association.company_id), "label": Filter(column=_association.label)},
    sorts={"created_at": Sort(_association.id)},
    default_sort="created_at",
)


def associations_visible_to(actor: Actor) -> Select[Any]:
    """Of contacts within the actor's range, with companies that are not in the trash."""
    return (
        select(Association.__table__)
        .join(
            Company.__table__,
            (_company.workspace_id == _association.workspace_id) & (_company.id == _association.company_id),
        )
        .join(
            Contact.__table__,
            (_contact.workspace_id == _association.workspace_id) & (_contact.id == _association.contact_id),
        )
        .where(_association.workspace_id == actor.workspace_id, _company.trashed_at.is_(None))
        .where(*within_range(actor, _contact.owner_employee_id))
    )


@reaches("association")
def _reach(reader: Reader) -> AnySelect:
    contacts = select(_contact.id).where(
        _contact.workspace_id == reader.workspace_id, *within_range(reader, _contact.owner_employee_id)
    )
    return select(_association.id).where(
        _association.workspace_id == reader.workspace_id, _association.contact_id.in_(contacts)
    )


def page_of_associations(actor: Actor, contact_id: str, query: ListQuery) -> Page:
    """Of one contact; that the actor may see it was asked before."""
    found = page(
        associations_visible_to(actor).where(_association.contact_id == contact_id),
        ASSOCIATIONS,
        actor.workspace_id,
        query,
    )
    return Page([dict(row._mapping) for row in found.rows], found.next_cursor, found.total, found.fields)


def associations_of(actor: Actor, contact_id: str) -> list[dict[str, Any]]:
    """All of a contact, the primary one first; for the service, which holds the contact."""
    rows = session().execute(
        select(Association.__table__)
        .where(_association.workspace_id == actor.workspace_id, _association.contact_id == contact_id)
        .order_by(_association.is_primary.desc(), _association.id)
    )
    return [dict(row._mapping) for row in rows]


def association(actor: Actor, contact_id: str, association_id: str) -> dict[str, Any]:
    """One of a contact. Raises NotFound."""
    row = (
        session()
        .execute(
            associations_visible_to(actor).where(
                _association.contact_id == contact_id, _association.id == association_id
            )
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def with_company(operator: str, wanted: Any) -> ColumnElement[bool]:
    """Whether a contact is associated with one of these companies: the clause of `filter[company_id]`."""
    found = select(_association.contact_id).where(
        _association.workspace_id == _contact.workspace_id, _association.contact_id == _contact.id
    )
    if operator == "exists":
        return found.exists() if wanted else ~found.exists()
    return found.where(_association.company_id.in_(wanted if operator == "in" else [wanted])).exists()


def holders_of_domains(actor: Actor, domains: Iterable[str]) -> list[str]:
    """The companies that hold these domains; those in the trash hold none."""
    rows = session().scalars(
        select(_held.company_id)
        .where(_held.workspace_id == actor.workspace_id, _held.domain.in_(sorted(domains)))
        .order_by(_held.company_id)
    )
    return list(dict.fromkeys(rows))
