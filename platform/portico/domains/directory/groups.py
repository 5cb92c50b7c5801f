"""Reads of groups; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from portico.domains.directory.models import DirectoryGroup, DirectoryGroupMember
from portico.domains.directory.queries import EMPLOYEES, employees_visible_to, page_of_people, shown_employees
from portico.kernel.actor import Actor
from portico.kernel.db import AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_group = DirectoryGroup.__table__.c
_member = DirectoryGroupMember.__table__.c

GROUPS = Listing(
    id_column=_group.id,
    filters={"name": Filter(column=_group.name)},
    sorts={"created_at": Sort(_group.id), "name": Sort(_group.name_key)},
    default_sort="name",
    search_kind="group",
)


def visible_to(actor: Actor) -> AnySelect:
    return select(DirectoryGroup.__table__).where(_group.workspace_id == actor.workspace_id)


def group(actor: Actor, group_id: str) -> dict[str, Any]:
    """One group. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_group.id == group_id)).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def page_of_groups(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), GROUPS, actor.workspace_id, query)
    return Page([dict(row._mapping) for row in found.rows], found.next_cursor, found.total, found.fields)


def member_ids(actor: Actor, group_id: str) -> set[str]:
    """Everyone in a group, whoever asks: for the service."""
    return set(
        session().scalars(
            select(_member.employee_id).where(_member.workspace_id == actor.workspace_id, _member.group_id == group_id)
        )
    )


def members_of(actor: Actor, group_id: str, query: ListQuery) -> Page:
    """The people of a group that the actor may see, without the departed. Raises NotFound."""
    group(actor, group_id)
    inside = select(_member.employee_id).where(_member.workspace_id == actor.workspace_id, _member.group_id == group_id)
    statement = employees_visible_to(actor).where(EMPLOYEES.id_column.in_(inside))
    statement = statement.where(statement.selected_columns["status"] != "departed")
    found = page_of_people(actor, statement, query)
    return Page(shown_employees(actor, found.rows), found.next_cursor, found.total, found.fields)


def sizes_of(actor: Actor, ids: Iterable[str]) -> dict[str, int]:
    """How many people are in each of these groups, without the departed."""
    inside = employees_visible_to(actor).subquery()
    statement = (
        select(_member.group_id, func.count().label("people"))
        .join(inside, inside.c.id == _member.employee_id)
        .where(_member.workspace_id == actor.workspace_id, _member.group_id.in_(list(ids)))
        .where(inside.c.status != "departed")
        .group_by(_member.group_id)
    )
    return {row.group_id: row.people for row in session().execute(statement)}


def names_of(actor: Actor) -> dict[str, str]:
    """Each group of the workspace by its id."""
    rows = session().execute(select(_group.id, _group.name).where(_group.workspace_id == actor.workspace_id))
    return {row.id: row.name for row in rows}


def ids_of_member(actor: Actor, employee_id: str) -> list[str]:
    """The groups that an employee is in, in the order of their ids."""
    mine = select(_member.group_id).where(
        _member.workspace_id == actor.workspace_id, _member.employee_id == employee_id
    )
    return sorted(session().scalars(mine))


def names_of_member(actor: Actor, employee_id: str) -> list[str]:
    """The groups that an employee is in, by name."""
    known = names_of(actor)
    return sorted(known[one] for one in ids_of_member(actor, employee_id) if one in known)
