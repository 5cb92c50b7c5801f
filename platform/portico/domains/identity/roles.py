"""Reads of the roles that a workspace made, beside the built-in ones."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, type_coerce

from portico.domains.identity.models import Membership, Role
from portico.kernel.actor import ROLES, Actor, CustomRole, roles_within
from portico.kernel.custom_roles import RoleText, givable, made_of
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Listing, ListQuery, Page, Sort, page
from portico.kernel.scopes import scopes_of_role
from portico.kernel.unit_of_work import session

_role = Role.__table__.c
_member = Membership.__table__.c
_BAR: ColumnElement[str] = literal_column("'|'")

ROLES_LISTING = Listing(
    id_column=_role.id,
    filters={},
    sorts={"name": Sort(_role.name_key), "created_at": Sort(_role.id)},
    default_sort="name",
)


def role_column() -> Any:
    """The role of a membership in the statement around it, with the scopes and the name of one that was made."""
    packed = (
        select(_role.id.concat(_BAR).concat(_role.scopes).concat(_BAR).concat(_role.name))
        .where(_role.workspace_id == _member.workspace_id, _role.id == _member.role)
        .correlate(Membership.__table__)
        .scalar_subquery()
    )
    return type_coerce(func.coalesce(packed, _member.role), RoleText()).label("role")


def visible_to(actor: Actor) -> AnySelect:
    return select(Role.__table__).where(_role.workspace_id == actor.workspace_id)


@reaches("role")
def _reach(reader: Reader) -> None:
    """They are about nobody's records."""


def shown(row: AnyRow, members: int) -> dict[str, Any]:
    made = made_of(row.id, row.name, row.scopes.split())
    includes = [role for role in ROLES if role in made.within and role != "employee"]
    scopes = sorted(givable().intersection(row.scopes.split()) - scopes_of_role("employee"))
    return {**row._mapping, "scopes": scopes, "includes": includes, "member_count": members}


def page_of_roles(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), ROLES_LISTING, actor.workspace_id, query)
    counts = member_counts(actor)
    rows = [shown(row, counts.get(row.id, 0)) for row in found.rows]
    return Page(rows, found.next_cursor, found.total, found.fields)


def role(actor: Actor, role_id: str) -> dict[str, Any]:
    """One role. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_role.id == role_id)).one_or_none()
    if row is None:
        raise NotFound()
    return shown(row, member_counts(actor).get(role_id, 0))


def member_counts(actor: Actor) -> dict[str, int]:
    """How many people have each role, built-in or made; who has none is not asked."""
    rows = session().execute(
        select(_member.role, func.count().label("people"))
        .where(_member.workspace_id == actor.workspace_id, _member.ended_at.is_(None))
        .group_by(_member.role)
    )
    return {row.role: row.people for row in rows}


def made_roles(workspace_id: str) -> list[CustomRole]:
    """All that the workspace made, by name."""
    rows = session().execute(
        select(_role.id, _role.name, _role.scopes).where(_role.workspace_id == workspace_id).order_by(_role.name_key)
    )
    return [made_of(row.id, row.name, row.scopes.split()) for row in rows]


def find(workspace_id: str, name: str) -> str | None:
    """A role by its name or id, as it stands now; None for what is none."""
    if name in ROLES:
        return name
    return next((one for one in made_roles(workspace_id) if one == name), None)


def names_within(workspace_id: str, wanted: Collection[str]) -> list[str]:
    """The roles that are one of these or include one, built-in and made."""
    known = (*ROLES, *made_roles(workspace_id))
    return [str(one) for one in known if not roles_within(one).isdisjoint(wanted)]
