"""A real pump among receivers that mean no good: its memory stays flat, and the others get everything."""

from __future__ import annotations

import pytest

from portico.domains.webhooks.models import Attempt
from portico.kernel import db
from portico.settings import Settings
from tests.support.background import is_pumping, resident_kib, running, settings_of_process
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer
from tests.support.nasty import NASTY, apart
from tests.support.pumping import column, endpoint, happen
from tests.support.waiting import until

pytestmark = pytest.mark.slow
WARM, EVENTS = 50, 20
ROOM_KIB = 30 * 1024


def test_they_cost_the_pump_no_memory_and_the_others_nothing(
    cast: Cast, settings: Settings, database: db.Database, receiver: LoopbackServer
) -> None:
    here = settings_of_process(settings, database)
    with apart(NASTY) as nasty, running(here) as pump:
        until(lambda: is_pumping(here), within=120, what="the pump holds the lease")
        endpoint(cast, receiver.url("/well"))
        for _ in range(WARM):
            happen(cast)
        until(lambda: len(receiver.received) == WARM, within=60, what="the pump is warm")
        before = peak = resident_kib(pump.pid)
        for url in nasty.values():
            endpoint(cast, url)
        for _ in range(EVENTS):
            happen(cast)

        def all_came() -> bool:
            nonlocal peak
            peak = max(peak, resident_kib(pump.pid))
            return len(receiver.received) == WARM + EVENTS

        def all_tried() -> bool:
            all_came()
            return set(column(cast, Attempt, "url")) >= set(nasty.values())

        until(all_came, within=60, what="the healthy one got everything")
        until(all_tried, within=120, what="each of the others was tried, until its deadline")
    assert peak - before <= ROOM_KIB, f"{before} KiB before, {peak} KiB at most"
