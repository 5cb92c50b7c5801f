"""Guessing at passwords: it is slowed down where it comes from, and locks nobody out."""

from __future__ import annotations

import pytest

from portico.domains.identity import doors, service
from portico.domains.identity.doors import Origin
from portico.domains.identity.errors import SignInFailed, SignInThrottled
from portico.domains.identity.service.sessions import SIEGE, TRIES_PER_PAIR, TRIES_UNDER_SIEGE
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.both_databases
AGENT = "agent@acme.example"
HOME = Origin("198.51.100.7", "the person")


def fail(origin: str, times: int, email: str = AGENT) -> None:
    with system_unit("tests: failed sign-ins", write=True):
        for _ in range(times):
            service.note_failure(email, origin)


def refused(origin: str) -> bool:
    try:
        doors.sign_in(AGENT, PASSWORD, Origin(origin, "somebody"))
    except SignInThrottled:
        return True
    return False


def test_who_guesses_is_stopped_and_the_owner_is_not(cast: Cast) -> None:
    fail("192.0.2.1", TRIES_PER_PAIR)
    assert refused("192.0.2.1")
    assert doors.sign_in(AGENT, PASSWORD, HOME)


def test_guessing_from_everywhere_leaves_fewer_tries_but_never_none(cast: Cast) -> None:
    for place in range(SIEGE // TRIES_PER_PAIR):
        fail(f"192.0.2.{place}", TRIES_PER_PAIR)
    with pytest.raises(SignInFailed):
        doors.sign_in(AGENT, "a slip of the finger", HOME)
    assert doors.sign_in(AGENT, PASSWORD, HOME)
    fail("203.0.113.5", TRIES_UNDER_SIEGE)
    assert refused("203.0.113.5")


def test_a_success_here_does_not_forgive_guesses_elsewhere(cast: Cast) -> None:
    fail("192.0.2.1", TRIES_PER_PAIR)
    assert doors.sign_in(AGENT, PASSWORD, HOME)
    assert refused("192.0.2.1")


def test_one_ipv6_subscriber_is_one_origin(cast: Cast) -> None:
    for host in range(TRIES_PER_PAIR):
        fail(f"2001:db8:1:2::{host:x}", 1)
    assert refused("2001:db8:1:2:ffff::1")
    assert not refused("2001:db8:1:3::1")


def test_an_origin_that_tries_many_addresses_is_stopped(cast: Cast) -> None:
    for person in range(10):
        fail("192.0.2.1", 10, f"someone{person}@acme.example")
    assert refused("192.0.2.1")
