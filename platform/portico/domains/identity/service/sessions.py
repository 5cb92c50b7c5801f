"""Signed-in browsers."""

from __future__ import annotations

import hashlib
import ipaddress
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
TRIES_PER_PAIR = 10
TRIES_PER_ORIGIN = 100
SIEGE = 100
"""From this many failures on, from wherever, an address is being guessed at: each origin has fewer tries left."""
TRIES_UNDER_SIEGE = 3


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


def _network(origin: str) -> str:
    """One subscriber: an IPv6 subscriber has a /64 to choose from (RFC 6177), so its addresses count together."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return origin
    if isinstance(address, ipaddress.IPv4Address):
        return origin
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((int(address), 64), strict=False))


def _subjects(email: str, origin: str) -> tuple[str, str, str]:
    def subject(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    key, place = queries.email_key(email), _network(origin)
    return subject(f"email|{key}"), subject(f"origin|{place}"), subject(f"pair|{key}|{place}")


def check_throttle(email: str, origin: str) -> None:
    """Raises SignInThrottled when this address failed too often from this origin lately, or this origin at all.

    Failures from elsewhere never shut an address: otherwise whoever knows it could lock its owner out. They only
    leave each origin fewer tries.
    """
    address, place, pair = _subjects(email, origin)
    tries = TRIES_UNDER_SIEGE if queries.failures(address, WINDOW) >= SIEGE else TRIES_PER_PAIR
    if queries.failures(pair, WINDOW) >= tries or queries.failures(place, WINDOW) >= TRIES_PER_ORIGIN:
        raise SignInThrottled(headers={"Retry-After": str(int(WINDOW.total_seconds()))})


def note_failure(email: str, origin: str) -> None:
    for subject in _subjects(email, origin):
        session().add(SignInFailure(id=new_id("sif"), subject=subject))


def forget_failures(email: str, origin: str) -> None:
    """A success clears what was held against the address here; guesses from elsewhere go on counting."""
    session().execute(delete(SignInFailure).where(SignInFailure.subject == _subjects(email, origin)[2]))


def sweep() -> None:
    """Forget what has expired, in the open system unit."""
    work = session()
    work.execute(delete(Session).where(Session.expires_at < clock.now()))
    work.execute(delete(SignInFailure).where(SignInFailure.at < clock.now() - WINDOW))
