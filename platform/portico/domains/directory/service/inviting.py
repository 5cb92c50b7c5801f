"""Invitations by e-mail: a one-time link that makes an invited employee a member."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from portico.domains.directory import queries
from portico.domains.directory.errors import InvitationOver, InviterGone
from portico.domains.directory.models import Invitation
from portico.domains.directory.service.employees import create_employee
from portico.domains.identity import queries as members
from portico.domains.identity import roles
from portico.domains.identity import service as identity
from portico.kernel import clock, secrets
from portico.kernel.actor import Actor
from portico.kernel.custom_roles import exceeds
from portico.kernel.db import AnyRow
from portico.kernel.errors import Forbidden
from portico.kernel.ids import new_id
from portico.kernel.jobs import enqueue
from portico.kernel.scopes import scopes_of_role
from portico.kernel.unit_of_work import session

LIFE = timedelta(days=7)
SEND = "directory.send_invitation"


def link_token(invitation_id: str, nonce: int) -> str:
    """The token of the link: derived, so that it can be sent or shown again, and is stored nowhere."""
    return secrets.keyring().derive_token("ptl_", f"invitation|{invitation_id}|{nonce}")


def invite(actor: Actor, *, email: str, display_name: str, role: str, department_ids: list[str]) -> AnyRow:
    """Add an invited employee and send them a link. Raises EmailTaken, Invalid; only owners invite owners."""
    if role == "owner" and not actor.has_role("owner"):
        raise Forbidden("Only an owner can invite an owner.")
    role = str(identity.require_may_give(actor, role))
    places = [
        {"id": department_id, "primary": place == 0, "lead": False}
        for place, department_id in enumerate(department_ids)
    ]
    values = {"display_name": display_name, "primary_email": email, "departments": places}
    employee = create_employee(actor, values, status="invited")
    invitation_id = new_id("inv")
    session().add(
        Invitation(
            workspace_id=actor.workspace_id,
            id=invitation_id,
            employee_id=employee["id"],
            email=email,
            role=role,
            invited_by=actor.employee_id,
            digest=secrets.digest(link_token(invitation_id, 1)),
            expires_at=clock.now() + LIFE,
        )
    )
    session().flush()
    enqueue(actor, SEND, invitation_id=invitation_id)
    return queries.invitation(actor, invitation_id)


def resend(actor: Actor, invitation_id: str) -> AnyRow:
    """A new link with a new life, in the name of who sends it; the old one is dead. Raises NotFound, InvitationOver;
    only owners invite owners."""
    before = queries.invitation(actor, invitation_id)
    if before.role == "owner" and not actor.has_role("owner"):
        raise Forbidden("Only an owner can invite an owner.")
    changed = (
        session()
        .execute(
            _pending(actor, invitation_id)
            .where(Invitation.nonce == before.nonce)
            .values(
                nonce=before.nonce + 1,
                invited_by=actor.employee_id,
                digest=secrets.digest(link_token(invitation_id, before.nonce + 1)),
                expires_at=clock.now() + LIFE,
            )
            .returning(Invitation.id)
        )
        .one_or_none()
    )
    if changed is None:
        raise InvitationOver()
    enqueue(actor, SEND, invitation_id=invitation_id)
    return queries.invitation(actor, invitation_id)


def withdraw(actor: Actor, invitation_id: str) -> None:
    """The link dies. Raises NotFound and InvitationOver."""
    queries.invitation(actor, invitation_id)
    statement = _pending(actor, invitation_id).values(status="withdrawn").returning(Invitation.id)
    if session().execute(statement).one_or_none() is None:
        raise InvitationOver()


def withdraw_all(actor: Actor, employee_id: str) -> None:
    """The links of somebody who will not come any more die."""
    session().execute(
        update(Invitation)
        .where(Invitation.workspace_id == actor.workspace_id, Invitation.employee_id == employee_id)
        .where(Invitation.status == "pending")
        .values(status="withdrawn")
    )


def accept(actor: Actor, invitation_id: str, user_id: str) -> str:
    """Spend the link, once, and make the user a member; answers the membership. Raises InvitationOver and
    InviterGone."""
    now = clock.now()
    row = (
        session()
        .execute(
            _pending(actor, invitation_id)
            .where(Invitation.expires_at > now)
            .values(status="accepted", accepted_at=now)
            .returning(Invitation.employee_id, Invitation.role, Invitation.invited_by)
        )
        .one_or_none()
    )
    if row is None:
        raise InvitationOver()
    require_inviter(actor, row.invited_by, row.role)
    return identity.join(actor, user_id=user_id, employee_id=row.employee_id, role=row.role)


def require_inviter(actor: Actor, employee_id: str | None, role: str) -> None:
    """Who sent the link must still be one who may: a door that somebody left open closes with their role. Raises
    InviterGone. The platform's own links have no inviter."""
    if employee_id is None:
        return
    inviter = members.member_of_employee(actor, employee_id)
    may = inviter is not None and "members:write" in scopes_of_role(inviter.role)
    given = roles.find(actor.workspace_id, role) or "employee"
    if inviter is None or not may or exceeds(inviter.role, given):
        raise InviterGone()


def _pending(actor: Actor, invitation_id: str) -> Any:
    return update(Invitation).where(
        Invitation.workspace_id == actor.workspace_id,
        Invitation.id == invitation_id,
        Invitation.status == "pending",
    )


def role_deleted(actor: Actor, role: str, following: str) -> None:
    """Who is invited into a role that is gone comes in another."""
    session().execute(
        update(Invitation)
        .where(Invitation.workspace_id == actor.workspace_id, Invitation.role == role)
        .where(Invitation.status == "pending")
        .values(role=following)
    )
