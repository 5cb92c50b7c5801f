"""Reads of invitations."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from portico.domains.directory.models import Invitation
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

INVITATIONS = Listing(
    id_column=Invitation.__table__.c.id,
    filters={
        "status": Filter(column=Invitation.__table__.c.status, choices=("pending", "accepted", "withdrawn")),
        "employee_id": Filter(column=Invitation.__table__.c.employee_id),
    },
    sorts={"created_at": Sort(Invitation.__table__.c.id)},
)


def page_of_invitations(actor: Actor, query: ListQuery) -> Page:
    table = Invitation.__table__
    return page(
        select(table).where(table.c.workspace_id == actor.workspace_id),
        INVITATIONS,
        actor.workspace_id,
        query,
    )


def invitation(actor: Actor, invitation_id: str) -> AnyRow:
    """One invitation. Raises NotFound."""
    table = Invitation.__table__
    row = (
        session()
        .execute(select(table).where(table.c.workspace_id == actor.workspace_id, table.c.id == invitation_id))
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return row


def pending_invitations(actor: Actor, employee_ids: Iterable[str]) -> dict[str, AnyRow]:
    """The newest open invitation of each of these employees."""
    table = Invitation.__table__
    rows = session().execute(
        select(table)
        .where(table.c.workspace_id == actor.workspace_id, table.c.status == "pending")
        .where(table.c.employee_id.in_(list(employee_ids)))
        .order_by(table.c.id)
    )
    return {row.employee_id: row for row in rows}


def invitation_by_digest(digest: str) -> AnyRow | None:
    """The open invitation behind a link, in whatever workspace: asked in a system unit."""
    table = Invitation.__table__
    return session().execute(select(table).where(table.c.digest == digest, table.c.status == "pending")).one_or_none()
