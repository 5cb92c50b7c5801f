"""Receivers that mean no good: each attempt ends by its deadline, and whoever is called beside them notices nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from portico.kernel.outbound import Answer, EgressPolicy, Many, Request, send
from portico.kernel.outbound.messages import READ_CAP
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.nasty import NASTY, NastyServer, answers_early, apart, refuses_early, shakes_hands_for_ever

POLICY = EgressPolicy(("127.0.0.0/8",))
DEADLINE_S, LONG_S = 1.0, 20.0
LATE_MS = 15_000
"""After a short deadline, on a machine that has much to do; and before the long one."""
EACH, HEALTHY = 2, 60

CUT = (200, None, True)
BROKEN_OFF = (200, "connect", False)
SILENT, ENDLESS = (None, "timeout", False), (200, "timeout", False)
TOO_LARGE, TOO_LARGE_AT_ONCE = (200, "too_large", False), (None, "too_large", False)
NO_HTTP = (200, "protocol", False)

EXPECTED: dict[str, tuple[int | None, str | None, bool]] = {
    "is silent": SILENT,
    "drips its status line": SILENT,
    "drips headers": ENDLESS,
    "drips its body": ENDLESS,
    "drips chunks": ENDLESS,
    "drips trailers": ENDLESS,
    "drips interim answers": SILENT,
    "pours its body": CUT,
    "pours a body of no length": CUT,
    "pours chunks": CUT,
    "pours an extension of a chunk": TOO_LARGE,
    "pours trailers": TOO_LARGE,
    "pours interim answers": TOO_LARGE_AT_ONCE,
    "pours headers": TOO_LARGE,
    "pours one header": TOO_LARGE,
    "pours its status line": TOO_LARGE_AT_ONCE,
    "pours what is no HTTP": (None, "protocol", False),
    "pours after 204": (204, None, False),
    "is a bomb": CUT,
    "switches protocols": SILENT,
    "has two lengths": NO_HTTP,
    "has a length below nothing": NO_HTTP,
    "has no number where a chunk begins": BROKEN_OFF,
    "has a chunk of a size beyond numbers": BROKEN_OFF,
    "resets": BROKEN_OFF,
    "closes": (None, "connect", False),
}
"""Status, class of error, and whether the body was cut."""
LASTING = [name for name, expected in EXPECTED.items() if expected in (SILENT, ENDLESS)]
"""Those that only their deadline ends."""


def post(url: str, body: bytes = b"{}", deadline_s: float = DEADLINE_S) -> Request:
    return Request("POST", url, {"Content-Type": "application/json"}, body, deadline_s=deadline_s, connect_s=0.5)


@pytest.fixture
def many() -> Iterator[Many]:
    with closing(Many(POLICY)) as many:
        yield many


def collect(many: Many) -> dict[object, Answer]:
    answers: dict[object, Answer] = {}
    while many.in_flight:
        answers.update(many.poll(5))
    return answers


def test_all_of_them_at_once_beside_healthy_ones(many: Many) -> None:
    with apart(NASTY) as nasty, LoopbackServer(lambda received: answer(body=received.body)) as healthy:
        for number in range(EACH):
            for name, url in nasty.items():
                many.start(post(url, deadline_s=DEADLINE_S if name in LASTING else LONG_S), (name, number))
        for number in range(HEALTHY):
            many.start(post(healthy.url(), str(number).encode(), deadline_s=20), ("healthy", number))
        got = collect(many)
    found = {name: {(one.status, one.error, one.truncated) for one in _all(got, name)} for name in NASTY}
    assert found == {name: {expected} for name, expected in EXPECTED.items()}
    assert all(one.total_ms < LATE_MS and len(one.body) <= READ_CAP for one in got.values())
    assert [got["healthy", number].body for number in range(HEALTHY)] == [b"%d" % n for n in range(HEALTHY)]


def _all(got: dict[object, Answer], name: str) -> list[Answer]:
    return [got[name, number] for number in range(EACH)]


def test_healthy_ones_are_answered_while_they_last(many: Many) -> None:
    """Not only in the end: what never stops takes turns with the others, and no turn of theirs."""
    with apart(NASTY) as nasty, LoopbackServer() as healthy:
        for name in LASTING:
            many.start(post(nasty[name], deadline_s=LONG_S), name)
        for number in range(HEALTHY):
            many.start(post(healthy.url(), deadline_s=9), number)
            while not any(token == number for token, _ in many.poll(5)):
                pass
        assert many.in_flight == len(LASTING), "all of this came before the first of them ended"


def test_what_comes_after_an_answer_is_nobodys(many: Many) -> None:
    """A second answer on the same line is not taken for that of the next request."""

    def twice(received: object) -> list[bytes]:
        return [b"".join([*answer(body=b"one"), *answer("500 Forged", body=b"two")])]

    with LoopbackServer(twice) as server:
        for number in range(5):
            many.start(post(server.url()), number)
            assert collect(many)[number].body == b"one"


@pytest.mark.parametrize(
    ("behave", "status"), [(answers_early, 200), (refuses_early, 413)], ids=["answers early", "refuses early"]
)
def test_an_answer_before_the_request_has_ended(behave: object, status: int) -> None:
    with NastyServer(behave, receive_buffer=4096) as server:  # type: ignore[arg-type]
        got = send(post(server.url(), b"x" * 20_000_000), POLICY)
    assert got.status == status
    assert got.total_ms < LATE_MS


def test_a_handshake_that_never_ends(many: Many) -> None:
    with NastyServer(shakes_hands_for_ever) as server, LoopbackServer() as healthy:
        many.start(post(server.url(scheme="https")), "nasty")
        many.start(post(healthy.url()), "healthy")
        got = collect(many)
    assert (got["nasty"].error, got["healthy"].ok) == ("tls", True)
    assert got["nasty"].total_ms < LATE_MS
