"""Signed-in browsers."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from portico.domains.identity import queries
from portico.domains.identity.errors import SecondStepOver, SignInThrottled
from portico.domains.identity.events import SESSION_ENDED, SESSION_STARTED
from portico.domains.identity.models import PasskeyChallenge, SecondStep, Session, SignInFailure, User
from portico.domains.identity.service.errands import leave_errand_about
from portico.domains.identity.service.recording import record
from portico.kernel import authn, clock, metrics, secrets
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

SESSION, SECOND_STEP = "pts_", "pt2_"
LIFE = timedelta(days=14)
SECOND_STEP_LIFE = timedelta(minutes=10)
WINDOW = timedelta(minutes=15)
TRIES_PER_PAIR = 10
TRIES_PER_ORIGIN = 100
SIEGE = 100
"""From this many failures on, from wherever, an address is being guessed at: each origin has fewer tries left."""
TRIES_UNDER_SIEGE = 3
RECORDED_FAILURES = 5
RESETS_PER_ORIGIN = 20
FAILED = metrics.counter("portico_sign_in_failures_total", "Sign-ins that failed, by a password or a second factor.")


def start_session(user_id: str, user_agent: str, *, address: str = "", methods: Iterable[str] = ("pwd",)) -> str:
    """A new session; answers the token for the cookie."""
    return _new_session(user_id, user_agent, address, methods)[1]


def _new_session(user_id: str, user_agent: str, address: str, methods: Iterable[str]) -> tuple[str, str]:
    session_id, token = new_id("ses"), secrets.new_token(SESSION)
    session().add(
        Session(
            id=session_id,
            digest=secrets.digest(token),
            user_id=user_id,
            expires_at=clock.now() + LIFE,
            user_agent=user_agent[:200],
            address=address[:100],
            methods=sorted(set(methods)),
        )
    )
    return session_id, token


def admit(user_id: str, address: str, user_agent: str) -> str:
    """Who has given the right password: answers the token of a session, or of a second step where a factor is on."""
    if factor_is_on(user_id):
        return begin_second_step(user_id)
    return begin_session(user_id, address, user_agent, ["pwd"])


def factor_is_on(user_id: str) -> bool:
    """Under the lock that who adds or removes a factor takes too: no session slips in between."""
    held = update(User).where(User.id == user_id).values(email=User.email).returning(User.two_factor_at)
    return session().scalar(held) is not None


def begin_session(user_id: str, address: str, user_agent: str, methods: Iterable[str]) -> str:
    """A new session that the record tells of; answers its token."""
    session_id, token = _new_session(user_id, user_agent, address, methods)
    record(user_id, SESSION_STARTED, session_id, methods=sorted(set(methods)))
    return token


def begin_second_step(user_id: str) -> str:
    """A token that only the second step takes."""
    token = secrets.new_token(SECOND_STEP)
    session().add(
        SecondStep(
            id=new_id("sec"),
            digest=secrets.digest(token),
            user_id=user_id,
            expires_at=clock.now() + SECOND_STEP_LIFE,
        )
    )
    return token


def spend_second_step(digest: str) -> str:
    """Use the token of a second step, once; answers whose it is. Raises SecondStepOver."""
    user_id: str | None = session().scalar(
        delete(SecondStep)
        .where(SecondStep.digest == digest, SecondStep.expires_at > clock.now())
        .returning(SecondStep.user_id)
    )
    if user_id is None:
        raise SecondStepOver()
    return user_id


def prove_again(session_id: str, methods: Iterable[str]) -> str:
    """Another token for a session, which is answered; with methods, the person has just proved by them who they are."""
    token, used = secrets.new_token(SESSION), set(methods)
    work = session()
    values: dict[str, Any] = {"digest": secrets.digest(token)}
    if used:
        before = work.scalar(select(Session.methods).where(Session.id == session_id)) or []
        values |= {"authenticated_at": clock.now(), "methods": sorted(used.union(before))}
    work.execute(update(Session).where(Session.id == session_id).values(**values))
    return token


def end_session(session_id: str, user_id: str) -> None:
    end_sessions(user_id, Session.id == session_id)


def end_other_sessions(user_id: str, keep: str) -> None:
    end_sessions(user_id, Session.id != keep)


def end_sessions(user_id: str, *which: ColumnElement[bool]) -> None:
    """Sign these browsers of a person out, and say so to whoever depends on it."""
    ended = session().scalars(delete(Session).where(Session.user_id == user_id, *which).returning(Session.id))
    for session_id in ended.all():
        record(user_id, SESSION_ENDED, session_id)
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
    """Count it against the address, the origin and both. The first few are left for the record, whether or not the
    address has a login, so that a flood does not flood the record."""
    FAILED.inc()
    for subject in _subjects(email, origin):
        session().add(SignInFailure(id=new_id("sif"), subject=subject))
    session().flush()
    if queries.failures(_subjects(email, origin)[0], WINDOW) <= RECORDED_FAILURES:
        leave_errand_about("failed", email)


def may_ask_for_reset(origin: str) -> bool:
    """Whether this place has not asked for too many links to new passwords lately; counts this one."""
    subject = hashlib.sha256(f"reset|{_network(origin)}".encode()).hexdigest()
    if queries.failures(subject, WINDOW) >= RESETS_PER_ORIGIN:
        return False
    session().add(SignInFailure(id=new_id("sif"), subject=subject))
    return True


def forget_failures(email: str, origin: str) -> None:
    """A success clears what was held against the address here; guesses from elsewhere go on counting."""
    session().execute(delete(SignInFailure).where(SignInFailure.subject == _subjects(email, origin)[2]))


def sweep() -> None:
    """Forget what has expired, in the open system unit."""
    work = session()
    work.execute(delete(Session).where(Session.expires_at < clock.now()))
    work.execute(delete(SignInFailure).where(SignInFailure.at < clock.now() - WINDOW))
    work.execute(delete(SecondStep).where(SecondStep.expires_at < clock.now()))
    work.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < clock.now()))
