"""Coming in by an invitation: it stands before any unit of work, as the doors of identity do."""

from __future__ import annotations

from dataclasses import dataclass

from portico import settings
from portico.domains.directory import queries, service
from portico.domains.identity import doors
from portico.domains.identity import queries as identity
from portico.domains.identity import service as logins
from portico.domains.identity.errors import LinkDead
from portico.kernel import clock, secrets
from portico.kernel.actor import system
from portico.kernel.authn import Login
from portico.kernel.unit_of_work import system_unit


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is invited, and whereto. `has_login`: the address can sign in already, so its password is asked for."""

    invitation_id: str
    workspace_id: str
    workspace_name: str
    workspace_slug: str
    display_name: str
    email: str
    role: str
    has_login: bool


def invited(token: str) -> Invited:
    """The invitation behind a link. Raises LinkDead and InviterGone."""
    with system_unit("invitation: what a link leads to"):
        row = queries.invitation_by_digest(secrets.digest(token))
        if row is None or row.expires_at <= clock.now():
            raise LinkDead()
        service.require_inviter(system(row.workspace_id), row.invited_by, row.role)
        workspace = identity.workspace(row.workspace_id)
        employee = queries.employee(system(row.workspace_id), row.employee_id)
        known = identity.user_by_email(row.email)
    return Invited(
        invitation_id=row.id,
        workspace_id=row.workspace_id,
        workspace_name=workspace.name,
        workspace_slug=workspace.slug,
        display_name=employee["display_name"],
        email=row.email,
        role=row.role,
        has_login=known is not None,
    )


def accept_as(login: Login, token: str) -> Invited:
    """A signed-in person takes up an invitation to their own address. Raises LinkDead and InvitationOver."""
    to = invited(token)
    if identity.email_key(to.email) != identity.email_key(login.email):
        raise LinkDead("This invitation is for another address than the one you are signed in with.")
    with system_unit("invitation: accept it", write=True):
        _join(to, login.user_id)
    return to


def accept(token: str, password: str, origin: doors.Origin) -> str:
    """Take up an invitation with the password of the login, or with that of a new one; answers a session token.

    Raises LinkDead, InvitationOver, SignInFailed, SignInThrottled, Invalid and SecondStepNeeded.
    """
    to = invited(token)
    user_id, password_hash = doors.known_user(to.email, password, origin)
    with system_unit("invitation: accept it", write=True):
        user_id = user_id or logins.create_user(to.email, to.display_name, password_hash)
        _join(to, user_id)
        admitted = logins.admit(user_id, origin.address, origin.user_agent)
    return doors.admitted(admitted)


def _join(to: Invited, user_id: str) -> None:
    """The link came by mail, so the address is theirs; where an admin hands links over, that proves nothing."""
    service.accept(system(to.workspace_id), to.invitation_id, user_id)
    if settings.current().smtp_url is not None:
        logins.verify_email(user_id)
