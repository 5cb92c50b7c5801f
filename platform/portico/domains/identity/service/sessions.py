"""Signed-in browsers."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import ColumnElement, delete

from portico.domains.identity import queries
from portico.domains.identity.errors import SignInThrottled
from portico.domains.identity.models import Session, SignInFailure
from portico.kernel import authn, clock, secrets
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

LIFE = timedelta(days=14)
WINDOW = timedelta(minutes=15)
TRIES_PER_ADDRESS = 10
TRIES_PER_ORIGIN = 100


def start_session(user_id: str, user_agent: str) -> str:
    """A new session; answers the token for the cookie."""
    token = secrets.new_token("pts_")
    session().add(
        Session(
            id=new_id("ses"),
            digest=secrets.digest(token),
            user_id=user_id,
            expires_at=clock.now() + LIFE,
            user_agent=user_agent[:200],
        )
    )
    return token


def end_session(session_id: str, user_id: str) -> None:
    end_sessions(user_id, Session.id == session_id)


def end_other_sessions(user_id: str, keep: str) -> None:
    end_sessions(user_id, Session.id != keep)


def end_sessions(user_id: str, *which: ColumnElement[bool]) -> None:
    """Sign these browsers of a person out, and say so to whoever depends on it."""
    ended = session().scalars(delete(Session).where(Session.user_id == user_id, *which).returning(Session.id))
    for session_id in ended.all():
        authn.sign_in_ended(session_id, user_id)


def _subjects(email: str, origin: str) -> tuple[str, str]:
    def subject(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    return subject(f"email|{queries.email_key(email)}"), subject(f"origin|{origin}")


def check_throttle(email: str, origin: str) -> None:
    """Raises SignInThrottled when this address, or this origin, failed too often lately."""
    address, place = _subjects(email, origin)
    if queries.failures(address, WINDOW) >= TRIES_PER_ADDRESS or queries.failures(place, WINDOW) >= TRIES_PER_ORIGIN:
        raise SignInThrottled(headers={"Retry-After": str(int(WINDOW.total_seconds()))})


def note_failure(email: str, origin: str) -> None:
    for subject in _subjects(email, origin):
        session().add(SignInFailure(id=new_id("sif"), subject=subject))


def forget_failures(email: str) -> None:
    """A success clears what was held against the address."""
    session().execute(delete(SignInFailure).where(SignInFailure.subject == _subjects(email, "")[0]))


def sweep() -> None:
    """Forget what has expired, in the open system unit."""
    work = session()
    work.execute(delete(Session).where(Session.expires_at < clock.now()))
    work.execute(delete(SignInFailure).where(SignInFailure.at < clock.now() - WINDOW))
