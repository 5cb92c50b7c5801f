"""Reads of a company's own statuses; each begins at what the actor may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from portico.domains.tickets import permissions
from portico.domains.tickets.models import Ticket, TicketStatus
from portico.domains.tickets.statuses import STATUSES
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound, invalid
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import session

_status = TicketStatus.__table__.c
_ticket = Ticket.__table__.c

TICKET_STATUSES = Listing(
    id_column=_status.id,
    filters={
        "category": Filter(column=_status.category, choices=STATUSES),
        "active": Filter(kind="bool", column=_status.active, operators=("eq",)),
    },
    sorts={"sort_order": Sort(_status.sort_order), "created_at": Sort(_status.id)},
    default_sort="sort_order",
)


def visible_to(actor: Actor) -> AnySelect:
    return select(TicketStatus.__table__).where(_status.workspace_id == actor.workspace_id)


@reaches("ticket_status")
def _reach(reader: Reader) -> None:
    """They are about no single person."""


def page_of_statuses(actor: Actor, query: ListQuery) -> Page:
    """The statuses in the order in which they are shown. Raises Forbidden."""
    permissions.require_works_on_tickets(actor)
    return page(visible_to(actor), TICKET_STATUSES, actor.workspace_id, query)


def status(actor: Actor, status_id: str, *, lock: bool = False) -> AnyRow:
    """One status. Raises Forbidden and NotFound."""
    permissions.require_works_on_tickets(actor)
    statement = visible_to(actor).where(_status.id == status_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return row


def usable(actor: Actor, status_id: str, pointer: str = "/status_id") -> AnyRow:
    """An active status, held so that nobody deletes it meanwhile. Raises Invalid."""
    statement = visible_to(actor).where(_status.id == status_id, _status.active)
    row = session().execute(statement.with_for_update(read=True)).one_or_none()
    if row is None:
        raise invalid(pointer, "invalid", "There is no active status with this id.")
    return row


@prepared
def _default(workspace_id: str, category: str) -> AnySelect:
    return (
        select(_status.id)
        .where(_status.workspace_id == workspace_id, _status.category == category, _status.is_default)
        .with_for_update(read=True)
    )


def default_of(actor: Actor, category: str) -> str:
    """The default status of a category, held so that nobody deletes it meanwhile."""
    found: str = _default(actor.workspace_id, category).scalar_one()
    return found


def any_of(actor: Actor) -> bool:
    """Whether the workspace has its statuses."""
    return session().scalar(select(_status.id).where(_status.workspace_id == actor.workspace_id).limit(1)) is not None


def all_statuses(actor: Actor) -> list[AnyRow]:
    """Every status in the order of the categories, then in its own, for pages."""
    rows = session().execute(visible_to(actor).order_by(_status.sort_order, _status.id)).all()
    return sorted(rows, key=lambda row: STATUSES.index(row.category))


def tickets_with(actor: Actor, status_id: str) -> int:
    """How many tickets have a status, those in the trash too."""
    found = session().scalar(
        select(func.count()).where(_ticket.workspace_id == actor.workspace_id, _ticket.status_id == status_id)
    )
    return found or 0


def counts(actor: Actor) -> dict[str, int]:
    """How many tickets have each status, for pages."""
    rows: Any = session().execute(
        select(_ticket.status_id, func.count().label("tickets"))
        .where(_ticket.workspace_id == actor.workspace_id)
        .group_by(_ticket.status_id)
    )
    return {row.status_id: row.tickets for row in rows}
