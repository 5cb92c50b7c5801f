"""What time does to contacts and companies: those that lay in the trash for 30 days go for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portico.domains.contacts import service
from portico.domains.contacts.models import Company, Contact
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.unit_of_work import session, system_unit, unit

BATCH = 200


def sweep() -> int:
    """A unit for each, so that one that fails holds no other back. Answers how many were over."""
    since = clock.now() - timedelta(days=service.TRASH_DAYS)
    with system_unit("sweep: contacts and companies whose time in the trash is over"):
        work = session()
        contacts = work.execute(_over(Contact).where(Contact.trashed_at < since, Contact.purged_at.is_(None))).all()
        companies = work.execute(_over(Company).where(Company.trashed_at < since)).all()
    _each(contacts, service.purge_contact)
    _each(companies, service.purge_company)
    return len(contacts) + len(companies)


def _over(model: Any) -> Any:
    return select(model.workspace_id, model.id).order_by(model.trashed_at).limit(BATCH)


def _each(rows: Any, purge: Callable[[Actor, str], None]) -> None:
    for row in rows:
        with unit(row.workspace_id, write=True):
            purge(system(row.workspace_id), row.id)
