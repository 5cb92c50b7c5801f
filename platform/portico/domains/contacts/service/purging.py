"""The end of what lay in the trash for 30 days."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.exc import IntegrityError

from portico.domains.contacts.models import (
    Activity,
    Association,
    Company,
    Consent,
    Contact,
    ContactIdentifier,
    TagUse,
)
from portico.domains.properties import service as properties
from portico.kernel import clock, search
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

GONE = "Deleted contact"
_contacts = cast(Table, Contact.__table__)
_companies = cast(Table, Company.__table__)
_uses = cast(Table, TagUse.__table__)


def _locked(actor: Actor, table: Table, object_id: str) -> Any:
    """The row, if it is still in the trash: somebody may have restored it since it was found."""
    return (
        session()
        .execute(
            select(table)
            .where(table.c.workspace_id == actor.workspace_id, table.c.id == object_id, table.c.trashed_at.is_not(None))
            .with_for_update()
        )
        .one_or_none()
    )


def _forget_words(actor: Actor, kind: str, row: Any) -> None:
    search.index(actor.workspace_id, kind, row.id)
    properties.index(actor, kind, row.id, row.properties, {})
    session().execute(delete(_uses).where(_uses.c.workspace_id == actor.workspace_id, _uses.c.object_id == row.id))


def purge_contact(actor: Actor, contact_id: str) -> None:
    """Delete the contact with all that hangs on it; where a ticket names it, what is known of it."""
    row = _locked(actor, _contacts, contact_id)
    if row is None:
        return
    _forget_words(actor, "contact", row)
    mine = (_contacts.c.workspace_id == actor.workspace_id, _contacts.c.id == contact_id)
    try:
        with session().begin_nested():
            session().execute(delete(_contacts).where(*mine))
    except IntegrityError:
        _empty(actor, contact_id)


def _empty(actor: Actor, contact_id: str) -> None:
    work = session()
    for model in (ContactIdentifier, Association, Activity, Consent):
        table = cast(Table, model.__table__)
        work.execute(delete(table).where(table.c.workspace_id == actor.workspace_id, table.c.contact_id == contact_id))
    empty: dict[str, Any] = {
        "display_name": GONE,
        "name_key": "",
        "owner_employee_id": None,
        "lifecycle_stage": None,
        "tags": [],
    }
    work.execute(
        update(_contacts)
        .where(_contacts.c.workspace_id == actor.workspace_id, _contacts.c.id == contact_id)
        .values(**empty, company_ids=[], properties={}, purged_at=clock.now())
    )


def purge_company(actor: Actor, company_id: str) -> None:
    """Delete the company; its contacts stay, those below it stand for themselves."""
    row = _locked(actor, _companies, company_id)
    if row is None:
        return
    _forget_words(actor, "company", row)
    work = session()
    here = _companies.c.workspace_id == actor.workspace_id
    work.execute(update(_companies).where(here, _companies.c.parent_id == company_id).values(parent_id=None))
    tied = cast(Table, Association.__table__).c
    contact_ids = select(tied.contact_id).where(tied.workspace_id == actor.workspace_id, tied.company_id == company_id)
    rows = work.execute(
        select(_contacts.c.id, _contacts.c.company_ids)
        .where(_contacts.c.workspace_id == actor.workspace_id, _contacts.c.id.in_(contact_ids))
        .order_by(_contacts.c.id)
        .with_for_update()
    ).all()
    for one in rows:
        left = [other for other in one.company_ids if other != company_id]
        work.execute(
            update(_contacts)
            .where(_contacts.c.workspace_id == actor.workspace_id, _contacts.c.id == one.id)
            .values(company_ids=left)
        )
    work.execute(delete(_companies).where(here, _companies.c.id == company_id))
