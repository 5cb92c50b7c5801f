"""Flows that stand before any unit of work: signing in, setting up, resetting a password.

Each opens its units itself, because passwords are hashed between them and never inside one. Who has a second factor
gets no session for a password: `SecondStepNeeded` carries a token that `second_steps` alone takes.
"""

from __future__ import annotations

from dataclasses import dataclass

from portico.domains.identity import passwords, queries, service
from portico.domains.identity.errors import LinkDead, SignInFailed
from portico.domains.identity.guides import GUIDES
from portico.domains.identity.service.sessions import (
    SECOND_STEP,
    begin_second_step,
    check_throttle,
    forget_failures,
)
from portico.domains.identity.service.users import checked_email
from portico.kernel import secrets
from portico.kernel.actor import system
from portico.kernel.authn import Login
from portico.kernel.db import AnyRow
from portico.kernel.errors import invalid
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from."""

    address: str
    user_agent: str


class SecondStepNeeded(Exception):
    """The password was right, and a second factor is on. No refusal: the way goes on with this token."""

    def __init__(self, token: str) -> None:
        super().__init__("a second step is needed")
        self.token = token


def guide_in(login: Login, kind: str) -> str | None:
    """Let the guided minutes of this kind begin in the first workspace of somebody who just came in; its short name."""
    with system_unit("demo: the guide that somebody chose", write=True):
        row = next(iter(queries.memberships_of_user(login.user_id)), None)
        if row is None or kind not in GUIDES:
            return None
        service.begin_guide(row.workspace_id, row.id, kind)
    return str(row.slug)


def workspace_at(slug: str) -> AnyRow | None:
    """What its door may show of a workspace to whoever stands before it."""
    with system_unit("sign-in: the name and logo of a workspace"):
        return queries.workspace_by_slug(slug)


def admitted(token: str) -> str:
    """What `service.admit` answered, outside of its unit. Raises SecondStepNeeded."""
    if token.startswith(SECOND_STEP):
        raise SecondStepNeeded(token)
    return token


def sign_in(email: str, password: str, origin: Origin) -> str:
    """Answers a session token. Raises SignInFailed (the same for an unknown address), SignInThrottled and
    SecondStepNeeded."""
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
        token = service.admit(user.id, origin.address, origin.user_agent)
    return admitted(token)


def known_user(email: str, password: str, origin: Origin) -> tuple[str | None, str]:
    """The user id of an address that has a login (the password must fit), else None, and the password's hash.

    Raises SignInFailed, SignInThrottled, Invalid and SecondStepNeeded: who has a second factor signs in first, and
    comes back.
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
    if user.two_factor_at is not None:
        with system_unit("sign-in: begin the second step", write=True):
            forget_failures(email, origin.address)
            token = begin_second_step(user.id)
        raise SecondStepNeeded(token)
    return user.id, user.password_hash


def set_up(token: str, *, workspace_name: str, display_name: str, email: str, password: str, origin: Origin) -> str:
    """The first owner comes through the one-time link; answers a session token. Raises LinkDead and the above."""
    digest = secrets.digest(token)
    with system_unit("set-up: the workspace behind a link"):
        if queries.workspace_by_setup(digest) is None:
            raise LinkDead()
    user_id, password_hash = known_user(email, password, origin)
    with system_unit("set-up: make the first owner", write=True):
        user_id = user_id or service.create_user(email, display_name, password_hash)
        _own(digest, user_id, workspace_name)
        token = service.admit(user_id, origin.address, origin.user_agent)
    return admitted(token)


def set_up_as(login: Login, token: str, *, workspace_name: str) -> None:
    """Who is signed in already becomes the first owner. Raises LinkDead."""
    with system_unit("set-up: make the first owner", write=True):
        _own(secrets.digest(token), login.user_id, workspace_name)


def _own(digest: str, user_id: str, workspace_name: str) -> None:
    owner = system(service.spend_setup(digest))
    service.rename_workspace(owner, name=workspace_name)
    service.join(owner, user_id=user_id, employee_id=new_id("emp"), role="owner")


def ask_for_reset(email: str, origin: Origin) -> None:
    """Send a link for a new password, if the address has a login and not several links already.

    The answer is the same either way, and so is the work that it waits for: who it is is looked up by the errand.
    One place asks so often and no oftener; what it asks beyond that is forgotten."""
    with system_unit("password reset: leave an errand", write=True):
        if service.may_ask_for_reset(origin.address):
            service.leave_errand_about("reset", email)


def reset_password(token: str, password: str) -> None:
    """Spend the link; every session and personal token of the user ends. Raises LinkDead and Invalid."""
    passwords.check(password)
    digest = secrets.digest(token)
    with system_unit("password reset: look at a link"):
        if queries.open_reset(digest) is None:
            raise LinkDead()
    hashed = passwords.hashed(password)
    with system_unit("password reset: set the password", write=True):
        service.leave_errand("tell", user_id=service.use_reset(digest, hashed), what="password_changed")


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


def change_password(login: Login, current: str, new: str, origin: Origin) -> str:
    """Set another password; every other session and personal token ends. Answers a new token for this session.

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
        service.leave_errand("tell", user_id=login.user_id, what="password_changed")
        return service.prove_again(login.session_id, ["pwd"])


def set_preferences(login: Login, *, locale: str | None, timezone: str | None) -> None:
    """The person's language and zone; None follows the browser."""
    with system_unit("preferences: of a user", write=True):
        service.set_preferences(login.user_id, locale=locale, timezone=timezone)
