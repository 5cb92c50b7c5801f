"""Reads of macros: the shared ones and one's own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from portico.domains.tickets import permissions
from portico.domains.tickets.models import Macro
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_macro = Macro.__table__.c

MACROS = Listing(
    id_column=_macro.id,
    filters={"owner_employee_id": Filter(column=_macro.owner_employee_id)},
    sorts={"name": Sort(_macro.name_key), "created_at": Sort(_macro.id)},
    default_sort="name",
)


def visible_to(actor: Actor) -> AnySelect:
    return select(Macro.__table__).where(
        _macro.workspace_id == actor.workspace_id,
        or_(_macro.owner_employee_id.is_(None), _macro.owner_employee_id == actor.employee_id),
    )


@reaches("macro")
def _reach(reader: Reader) -> None:
    """The shared ones are about no single person; of others nothing is told."""


def page_of_macros(actor: Actor, query: ListQuery) -> Page:
    """Raises Forbidden."""
    permissions.require_works_on_tickets(actor)
    return page(visible_to(actor), MACROS, actor.workspace_id, query)


def macro(actor: Actor, macro_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One macro. Raises Forbidden and NotFound."""
    permissions.require_works_on_tickets(actor)
    statement = visible_to(actor).where(_macro.id == macro_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def all_macros(actor: Actor) -> list[dict[str, Any]]:
    """Those that the actor may use, by name, for pages."""
    rows = session().execute(visible_to(actor).order_by(_macro.name_key, _macro.id)).all()
    return [dict(row._mapping) for row in rows]
