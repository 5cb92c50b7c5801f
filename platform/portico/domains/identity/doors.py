"""Flows that stand before any unit of work: signing in, setting up, resetting a password.

Each opens its units itself, because passwords are hashed between them and never inside one.
"""

from __future__ import annotations

from dataclasses import dataclass

from portico.domains.identity import passwords, queries, service
from portico.domains.identity.errors import LinkDead, SignInFailed
from portico.domains.identity.mails import send_password_changed, send_reset
from portico.domains.identity.service.sessions import check_throttle, forget_failures
from portico.domains.identity.service.users import checked_email
from portico.kernel import secrets
from portico.kernel.actor import system
from portico.kernel.authn import Login
from portico.kernel.db import AnyRow
from portico.kernel.errors import invalid
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import system_unit

MOST_RESETS = 3
"""Links to a new password that one login has open at a time: a mailbox is not to be flooded from here."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from."""

    address: str
    user_agent: str


def sign_in(email: str, password: str, origin: Origin) -> str:
    """Answers a session token. Raises SignInFailed (the same for an unknown address) and SignInThrottled."""
    with system_unit("sign-in: the user of an address"):
        check_throttle(email, origin.address)
        user = queries.user_by_email(email)
    fits = passwords.verified(password, user.password_hash if user is not None else None)
    if user is None or not fits:
        with system_unit("sign-in: note a failure", write=True):
            service.note_failure(email, origin.address)
        raise SignInFailed()
    renewed = passwords.hashed(password) if passwords.outdated(user.password_hash) else None
    with system_unit("sign-in: begin a session", write=True):
        forget_failures(email, origin.address)
        if renewed is not None:
            service.renew_hash(user.id, renewed)
        return service.start_session(user.id, origin.user_agent)


def known_user(email: str, password: str, origin: Origin) -> tuple[str | None, str]:
    """The user id of an address that has a login (the password must fit), else None, and the password's hash.

    Raises SignInFailed, SignInThrottled and Invalid.
    """
    checked_email(email)
    with system_unit("sign-in: the user of an address"):
        check_throttle(email, origin.address)
        user = queries.user_by_email(email)
    if user is None:
        passwords.check(password)
        return None, passwords.hashed(password)
    if not passwords.verified(password, user.password_hash):
        with system_unit("sign-in: note a failure", write=True):
            service.note_failure(email, origin.address)
        raise SignInFailed("This address has a login already, and this is not its password.")
    return user.id, user.password_hash


def set_up(token: str, *, workspace_name: str, display_name: str, email: str, password: str, origin: Origin) -> str:
    """The first owner comes through the one-time link; answers a session token. Raises LinkDead and the above."""
    digest = secrets.digest(token)
    with system_unit("set-up: the workspace behind a link"):
        if queries.workspace_by_setup(digest) is None:
            raise LinkDead()
    user_id, password_hash = known_user(email, password, origin)
    with system_unit("set-up: make the first owner", write=True):
        workspace_id = service.spend_setup(digest)
        user_id = user_id or service.create_user(email, display_name, password_hash)
        owner = system(workspace_id)
        service.rename_workspace(owner, name=workspace_name)
        service.join(owner, user_id=user_id, employee_id=new_id("emp"), role="owner")
        return service.start_session(user_id, origin.user_agent)


def confirm_password(email: str, password: str, origin: Origin) -> None:
    """The signed-in person proves once more who they are. Raises Invalid at `/password`, and SignInThrottled."""
    with system_unit("sign-in: the user of an address"):
        check_throttle(email, origin.address)
        user = queries.user_by_email(email)
    if not passwords.verified(password, user.password_hash if user is not None else None):
        with system_unit("sign-in: note a failure", write=True):
            service.note_failure(email, origin.address)
        raise invalid("/password", "password", N_("This is not your password."))


def ask_for_reset(email: str) -> None:
    """Send a link for a new password, if the address has a login and not several links already.

    The caller is told the same either way."""
    with system_unit("password reset: the user of an address", write=True):
        user = queries.user_by_email(email)
        enough = user is None or queries.open_resets(user.id) >= MOST_RESETS
        token = None if user is None or enough else service.open_reset(user.id)
    if user is not None and token is not None:
        send_reset(user.email, token)


def reset_password(token: str, password: str) -> None:
    """Spend the link; every session and personal token of the user ends. Raises LinkDead and Invalid."""
    passwords.check(password)
    digest = secrets.digest(token)
    with system_unit("password reset: look at a link"):
        if queries.open_reset(digest) is None:
            raise LinkDead()
    hashed = passwords.hashed(password)
    with system_unit("password reset: set the password", write=True):
        user = queries.user(service.use_reset(digest, hashed))
    send_password_changed(user.email)


def waiting_workspace(token: str) -> AnyRow:
    """The workspace that waits for its first owner behind a link. Raises LinkDead."""
    with system_unit("set-up: the workspace behind a link"):
        found = queries.workspace_by_setup(secrets.digest(token))
    if found is None:
        raise LinkDead()
    return found


def require_open_reset(token: str) -> None:
    """Raises LinkDead when the link for a new password cannot be used any more."""
    with system_unit("password reset: look at a link"):
        found = queries.open_reset(secrets.digest(token))
    if found is None:
        raise LinkDead()


def sign_out(login: Login) -> None:
    """End the session that this is."""
    end_session(login, login.session_id)


def end_session(login: Login, session_id: str) -> None:
    """End one of the person's own sessions; another one's stays."""
    with system_unit("sessions: end one", write=True):
        service.end_session(session_id, login.user_id)


def end_other_sessions(login: Login) -> None:
    with system_unit("sessions: end all others", write=True):
        service.end_other_sessions(login.user_id, login.session_id)


def sessions(login: Login) -> list[AnyRow]:
    """Where the person is signed in, the latest first."""
    with system_unit("sessions: where a person is signed in"):
        return queries.sessions_of(login.user_id)


def change_password(login: Login, current: str, new: str, origin: Origin) -> None:
    """Set another password; every other session and personal token ends.

    Raises Invalid, SignInThrottled and SignInFailed."""
    passwords.check(new, "/new_password")
    with system_unit("password: who changes it"):
        check_throttle(login.email, origin.address)
        user = queries.user(login.user_id)
    if not passwords.verified(current, user.password_hash):
        with system_unit("sign-in: note a failure", write=True):
            service.note_failure(login.email, origin.address)
        raise invalid("/current_password", "password", "This is not your present password.")
    hashed = passwords.hashed(new)
    with system_unit("password: change it", write=True):
        service.change_password(login.user_id, hashed, keep_session=login.session_id)
    send_password_changed(login.email)


def set_preferences(login: Login, *, locale: str | None, timezone: str | None) -> None:
    """The person's language and zone; None follows the browser."""
    with system_unit("preferences: of a user", write=True):
        service.set_preferences(login.user_id, locale=locale, timezone=timezone)
