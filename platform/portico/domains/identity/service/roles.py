"""Roles that a workspace makes: who gives one gives no more than they have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from portico.domains.identity import roles
from portico.domains.identity.errors import RoleInUse, RoleNameTaken
from portico.domains.identity.events import MEMBER_ROLE_CHANGED, ROLE_CREATED, ROLE_DELETED, ROLE_UPDATED
from portico.domains.identity.models import Membership, Role, Workspace
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.custom_roles import exceeds, givable, made_of
from portico.kernel.errors import FieldError, Forbidden, Invalid, Stale, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_TOLD = ("id", "name", "description", "scopes")


def hold_roles(actor: Actor) -> None:
    """Queue behind other changes of this workspace's roles, so that two cannot each remove the other last owner, and
    nobody is given a role that is being deleted."""
    session().execute(update(Workspace).where(Workspace.id == actor.workspace_id).values(name=Workspace.name))


def require_may_give(actor: Actor, role: str, pointer: str = "/role") -> str:
    """The role as it stands, which the actor may give to somebody. Raises Invalid and Forbidden."""
    found = roles.find(actor.workspace_id, role)
    if found is None:
        raise invalid(pointer, "invalid", "There is no role with this id.")
    if actor.kind != "system" and exceeds(actor.role or "", found):
        raise Forbidden("You can only give a role that includes nothing beyond your own.")
    return found


def _checked(actor: Actor, scopes: Iterable[str]) -> str:
    """As they are stored. Raises Invalid for what is no scope of people, and for what the actor does not have."""
    wanted, mine = list(dict.fromkeys(scopes)), made_of("", "", scopes)
    message = "There is no such scope that a person can have."
    unknown = [FieldError(f"/scopes/{at}", "invalid", message) for at, one in enumerate(wanted) if one not in givable()]
    if unknown:
        raise Invalid(message, errors=unknown)
    if actor.kind != "system" and exceeds(actor.role or "", mine):
        raise Forbidden("You can only give what your own role includes.")
    return " ".join(sorted(wanted))


def create_role(actor: Actor, *, name: str, scopes: Iterable[str], description: str = "") -> dict[str, Any]:
    """Make a role. Raises RoleNameTaken, Invalid and Forbidden."""
    row = Role(
        workspace_id=actor.workspace_id,
        id=new_id("rol"),
        name=name,
        name_key=text.search_key(name),
        description=description,
        scopes=_checked(actor, scopes),
    )
    try:
        with session().begin_nested():
            session().add(row)
            session().flush()
    except IntegrityError:
        raise RoleNameTaken() from None
    made = roles.role(actor, row.id)
    emit(actor, ROLE_CREATED, _told(made))
    return made


def update_role(
    actor: Actor, role_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change a role; what its members may do changes with their next request. Raises NotFound, Stale, RoleNameTaken,
    Invalid and Forbidden."""
    before = roles.role(actor, role_id)
    require_may_give(actor, role_id)
    changes: dict[str, Any] = dict(values)
    if "scopes" in values:
        changes["scopes"] = _checked(actor, values["scopes"])
    if "name" in values:
        changes["name_key"] = text.search_key(values["name"])
    statement = (
        update(Role)
        .where(Role.workspace_id == actor.workspace_id, Role.id == role_id)
        .where(Role.version == (before["version"] if expected_version is None else expected_version))
        .values(**changes, updated_at=clock.now(), version=Role.version + 1)
        .returning(Role.id)
    )
    try:
        with session().begin_nested():
            done = session().scalar(statement)
    except IntegrityError:
        raise RoleNameTaken() from None
    if done is None:
        raise Stale()
    after = roles.role(actor, role_id)
    told = [name for name in _TOLD if before[name] != after[name]]
    emit(actor, ROLE_UPDATED, _told(after), changes=told, before=_told(before))
    return after


def delete_role(actor: Actor, role_id: str, *, move_to: str | None = None) -> None:
    """Delete a role; who has it has `move_to` from their next request on. Raises NotFound, RoleInUse, Invalid and
    Forbidden."""
    hold_roles(actor)
    before = roles.role(actor, role_id)
    require_may_give(actor, role_id)
    if before["member_count"] and move_to is None:
        raise RoleInUse(extra={"members": before["member_count"]})
    if move_to == role_id:
        raise invalid("/query/move_to", "invalid", "Name another role than the one that goes.")
    following = require_may_give(actor, move_to or "employee", "/query/move_to")
    for member in _move(actor, role_id, str(following)):
        about = {"id": member.id, "employee_id": member.employee_id, "role": str(following)}
        emit(actor, MEMBER_ROLE_CHANGED, about, changes=["role"], before={**about, "role": role_id})
    session().execute(delete(Role).where(Role.workspace_id == actor.workspace_id, Role.id == role_id))
    emit(actor, ROLE_DELETED, {**_told(before), "moved_to": str(following)})


def _move(actor: Actor, role_id: str, following: str) -> list[Any]:
    """Those whose membership has ended too: they come back in a role that there is."""
    having = (Membership.workspace_id == actor.workspace_id, Membership.role == role_id)
    living = select(Membership.id, Membership.employee_id).where(*having, Membership.ended_at.is_(None))
    moved = list(session().execute(living.order_by(Membership.id)))
    session().execute(update(Membership).where(*having).values(role=following, version=Membership.version + 1))
    return moved


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _TOLD}
