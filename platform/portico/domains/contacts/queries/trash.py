"""What lies in the trash and may still come back, what went last first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portico.domains.contacts.models import Company, Contact
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.listing import Listing, ListQuery, Page, Sort, page

_contact = Contact.__table__.c
_company = Company.__table__.c
_SORT = "-trashed_at"

TRASHED_CONTACTS = Listing(
    id_column=_contact.id, filters={}, sorts={"trashed_at": Sort(_contact.trashed_at, instant=True)}, default_sort=_SORT
)
TRASHED_COMPANIES = Listing(
    id_column=_company.id, filters={}, sorts={"trashed_at": Sort(_company.trashed_at, instant=True)}, default_sort=_SORT
)


def page_of_trashed_contacts(actor: Actor, since: datetime, query: ListQuery) -> Page:
    """Contacts put there not before `since`: id, name, trashed_at."""
    found = select(_contact.id, _contact.display_name.label("name"), _contact.trashed_at).where(
        _contact.workspace_id == actor.workspace_id,
        _contact.trashed_at >= since,
        _contact.purged_at.is_(None),
        *within_range(actor, _contact.owner_employee_id),
    )
    return page(found, TRASHED_CONTACTS, actor.workspace_id, query)


def page_of_trashed_companies(actor: Actor, since: datetime, query: ListQuery) -> Page:
    """Companies put there not before `since`: id, name, trashed_at."""
    found = select(_company.id, _company.name, _company.trashed_at).where(
        _company.workspace_id == actor.workspace_id,
        _company.trashed_at >= since,
        *within_range(actor, _company.owner_employee_id),
    )
    return page(found, TRASHED_COMPANIES, actor.workspace_id, query)
