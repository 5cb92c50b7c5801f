"""The real process: it delivers, answers /healthz, ends when asked, and `kill -9` loses nothing."""

from __future__ import annotations

import signal
import threading

import pytest

from portico.domains.identity.doors import Origin, ask_for_reset
from portico.domains.webhooks.pump.health import MOST
from portico.kernel import db
from portico.settings import Settings
from tests.support.background import is_pumping, running, settings_of_process
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import deliveries, endpoint, happen
from tests.support.waiting import until

pytestmark = [pytest.mark.both_databases, pytest.mark.fault]
EVENTS = 200


@pytest.fixture
def process_settings(settings: Settings, database: db.Database) -> Settings:
    return settings_of_process(settings, database)


def test_it_delivers_answers_health_and_ends_when_asked(
    cast: Cast, process_settings: Settings, receiver: LoopbackServer
) -> None:
    endpoint(cast, receiver.url())
    with running(process_settings) as process:
        until(lambda: is_pumping(process_settings), within=120, what="the pump holds the lease")
        happen(cast)
        until(lambda: receiver.received, what="the event arrived")
        ask_for_reset(cast.email("agent"), Origin("192.0.2.1", "tests"))
        until(lambda: list((process_settings.home / "mail").glob("*.eml")), what="the door's errand was done")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    until(lambda: deliveries(cast)[0]["state"] == "succeeded", what="its result was written before the end")


def test_killing_the_pump_loses_nothing(cast: Cast, process_settings: Settings, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url("/one"))
    endpoint(cast, receiver.url("/two"))
    committed: list[str] = []
    writer = threading.Thread(target=lambda: committed.extend(happen(cast) for _ in range(EVENTS)))
    with running(process_settings) as first:
        until(lambda: is_pumping(process_settings), within=120, what="the pump holds the lease")
        writer.start()
        until(lambda: len(receiver.received) > 20, within=30, what="deliveries are under way")
        first.kill()
        first.wait()
    writer.join()
    with running(process_settings) as second:
        until(lambda: _came(receiver) == 2 * EVENTS, within=120, what="every event came to both endpoints")
        until(lambda: all(row["state"] == "succeeded" for row in deliveries(cast)), within=10, what="all is written")
        second.send_signal(signal.SIGTERM)
        assert second.wait(10) == 0
    assert len(committed) == EVENTS
    assert len(receiver.received) - 2 * EVENTS <= 2 * MOST, "duplicates are at most what was in flight"


def _came(receiver: LoopbackServer) -> int:
    return len({(received.line, received.headers["webhook-id"]) for received in receiver.received})
