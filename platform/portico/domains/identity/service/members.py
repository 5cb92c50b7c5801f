"""Who belongs to a workspace, and in which role."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portico.domains.identity import queries, roles
from portico.domains.identity.errors import AlreadyMember, LastOwner
from portico.domains.identity.events import MEMBER_JOINED, MEMBER_LEFT, MEMBER_ROLE_CHANGED
from portico.domains.identity.models import Membership, PersonalToken
from portico.domains.identity.service.roles import hold_roles, require_may_give
from portico.kernel import clock
from portico.kernel.actor import ROLES, Actor
from portico.kernel.custom_roles import exceeds
from portico.kernel.errors import Forbidden, Stale
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session


def join(actor: Actor, *, user_id: str, employee_id: str, role: str) -> str:
    """Make a user a member; the directory hears of it in the same transaction. Raises AlreadyMember.

    A membership that had ended is taken up again, so that a rehired person keeps their id.
    """
    work = session()
    if role not in ROLES:
        # One that was deleted since the invitation: everybody has at least what employees have.
        hold_roles(actor)
        role = str(roles.find(actor.workspace_id, role) or "employee")
    row = work.execute(
        update(Membership)
        .where(Membership.workspace_id == actor.workspace_id, Membership.user_id == user_id)
        .where(Membership.ended_at.is_not(None))
        .values(ended_at=None, role=role, employee_id=employee_id, version=Membership.version + 1)
        .returning(Membership.id)
    ).one_or_none()
    membership_id = row.id if row is not None else new_id("mem")
    if row is None:
        try:
            with work.begin_nested():
                work.add(
                    Membership(
                        id=membership_id,
                        workspace_id=actor.workspace_id,
                        user_id=user_id,
                        employee_id=employee_id,
                        role=role,
                    )
                )
        except IntegrityError as error:
            raise AlreadyMember() from error
    emit(actor, MEMBER_JOINED, {"id": membership_id, "employee_id": employee_id, "role": role})
    return membership_id


def change_role(actor: Actor, membership_id: str, role: str, expected_version: int | None = None) -> None:
    """Give a member another role. Only owners make or unmake owners. Raises LastOwner, Stale, Forbidden."""
    hold_roles(actor)
    before = queries.member(actor, membership_id)
    if "owner" in (role, before.role) and not actor.has_role("owner"):
        raise Forbidden("Only an owner can make or unmake an owner.")
    role = str(require_may_give(actor, role))
    if actor.kind != "system" and exceeds(actor.role or "", before.role):
        raise Forbidden("This person may do more than you; who may as much can change their role.")
    if before.role == "owner" and role != "owner" and queries.owners_of(actor.workspace_id) == 1:
        raise LastOwner()
    if expected_version not in (None, before.version):
        raise Stale()
    session().execute(
        update(Membership)
        .where(Membership.id == membership_id, Membership.workspace_id == actor.workspace_id)
        .values(role=role, version=Membership.version + 1)
    )
    about = {"id": membership_id, "employee_id": before.employee_id, "role": role}
    emit(actor, MEMBER_ROLE_CHANGED, about, changes=["role"], before={**about, "role": before.role})


def require_above(actor: Actor, role: str) -> None:
    """Admins let admins in and out, owners owners: who keeps the directory does not thereby rule the workspace."""
    if role in ("admin", "owner") and not actor.has_role(role):
        raise Forbidden(f"This person is {role}; only an {role} can do this.")


def end_membership(actor: Actor, employee_id: str) -> None:
    """The person may no longer sign in here; their tokens die with it. Raises Forbidden and LastOwner."""
    hold_roles(actor)
    before = queries.member_of_employee(actor, employee_id)
    if before is None:
        return
    require_above(actor, before.role)
    if before.role == "owner" and queries.owners_of(actor.workspace_id) == 1:
        raise LastOwner()
    now = clock.now()
    work = session()
    work.execute(
        update(Membership)
        .where(Membership.id == before.id, Membership.workspace_id == actor.workspace_id)
        .values(ended_at=now, version=Membership.version + 1)
    )
    work.execute(
        update(PersonalToken)
        .where(PersonalToken.membership_id == before.id, PersonalToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    emit(actor, MEMBER_LEFT, {"id": before.id, "employee_id": employee_id, "role": before.role})


def resume_membership(actor: Actor, employee_id: str) -> None:
    """Let the person sign in again, in the role they had; tokens that died stay dead. Raises Forbidden."""
    row = (
        session()
        .execute(
            update(Membership)
            .where(Membership.workspace_id == actor.workspace_id, Membership.employee_id == employee_id)
            .where(Membership.ended_at.is_not(None))
            .values(ended_at=None, version=Membership.version + 1)
            .returning(Membership.id, Membership.role)
        )
        .one_or_none()
    )
    if row is not None:
        require_above(actor, row.role)
        emit(actor, MEMBER_JOINED, {"id": row.id, "employee_id": employee_id, "role": row.role})
