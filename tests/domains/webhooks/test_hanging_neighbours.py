"""A whole pump with all its threads, some of whose receivers hang."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portico.domains.webhooks.pump import Pump
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import DEMO, endpoint, happen
from tests.support.waiting import until

pytestmark = pytest.mark.slow
EVENTS = 20


@contextmanager
def running(deadline_s: float) -> Iterator[None]:
    """At the end it says goodbye."""
    pump, stop = Pump(DEMO, deadline_s=deadline_s), threading.Event()
    thread = threading.Thread(target=pump.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        pump.wake()
        thread.join()


def _calls(receiver: LoopbackServer) -> Counter[tuple[str, str]]:
    return Counter((one.line, one.headers["webhook-id"]) for one in list(receiver.received))


@pytest.mark.both_databases
def test_who_hangs_is_called_few_times_while_the_others_get_everything(cast: Cast, receiver: LoopbackServer) -> None:
    gate = threading.Event()
    receiver.respond = lambda received: answer() if "/well" in received.line or gate.wait(20) else []
    for number in range(4):
        endpoint(cast, receiver.url(f"/well/{number}"))
        endpoint(cast, receiver.url(f"/hang/{number}"))
    with running(deadline_s=1.0):
        for _ in range(EVENTS):
            happen(cast)
        until(lambda: _to(receiver, "/well") == 4 * EVENTS, within=60, what="the healthy ones got all")
        hanging = Counter(one.line for one in list(receiver.received) if "/hang" in one.line)
        assert len(hanging) == 4
        assert max(hanging.values()) <= 10
        gate.set()


def _to(receiver: LoopbackServer, path: str) -> int:
    return sum(path in line for line, _ in _calls(receiver))
