"""Whatever happens between, the first receipts of a resource's events come in the order of `seq`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portico.domains.contacts.events import CONTACT_UPDATED
from portico.domains.webhooks import service
from portico.domains.webhooks.models import Delivery
from portico.domains.webhooks.pump import Pump, lease
from portico.kernel import clock
from portico.kernel.ids import new_id
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.pumping import DEMO, endpoint, happen, settle

pytestmark = pytest.mark.both_databases
KEYS = 2
DAYS = count(1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("happen"), st.integers(0, KEYS - 1)),
        st.tuples(st.just("fail"), st.integers(0, KEYS - 1)),
        st.tuples(st.just("mend"), st.integers(0, KEYS - 1)),
        st.tuples(st.just("redeliver"), st.integers(0, 9)),
        st.tuples(st.just("work"), st.just(0)),
        st.tuples(st.just("later"), st.sampled_from([6, 60, 4000])),
        st.tuples(st.just("die"), st.just(0)),
        st.tuples(st.just("choose"), st.sampled_from(["parallel", "fifo_per_key", "fifo_per_key"])),
    ),
    min_size=5,
    max_size=25,
)
EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class World:
    """One endpoint, a pump that may die, and a receiver that knows what should have come before what comes."""

    def __init__(self, cast: Cast, server: LoopbackServer) -> None:
        self.cast = cast
        self.contacts = [new_id("con") for _ in range(KEYS)]
        self.failing: set[str] = set()
        self.happened: dict[str, list[str]] = {one: [] for one in self.contacts}
        self.took: list[str] = []
        self.wrong: list[str] = []
        server.respond = self._respond
        self.choice = "fifo_per_key"
        self.made = endpoint(cast, server.url(), order=self.choice)
        self.pump = self._next_pump()

    def _next_pump(self) -> Pump:
        pump = Pump(DEMO, deadline_s=5)
        assert pump.take()
        return pump

    def _respond(self, received: Received) -> list[bytes]:
        event = orjson.loads(received.body)
        about = event["resource"]["id"]
        if about in self.failing:
            return answer("404 No")
        before = self.happened[about][: self.happened[about].index(event["id"])]
        if self.choice != "parallel" and event["id"] not in self.took and not set(before) <= set(self.took):
            self.wrong.append(event["id"])
        self.took.append(event["id"])
        return answer()

    def happen(self, number: int) -> None:
        about = self.contacts[number]
        self.happened[about].append(happen(self.cast, CONTACT_UPDATED, id=about))

    def fail(self, number: int) -> None:
        self.failing.add(self.contacts[number])

    def mend(self, number: int) -> None:
        self.failing.discard(self.contacts[number])

    def redeliver(self, number: int) -> None:
        with self.cast.writing() as work:
            mine = select(Delivery.id).where(Delivery.workspace_id == self.cast.acme)
            ids = work.scalars(mine.where(Delivery.endpoint_id == self.made["id"]).order_by(Delivery.id)).all()
            if ids:
                service.redeliver(self.cast.actor("admin"), ids[number % len(ids)])

    def work(self, _: int) -> None:
        settle(self.pump)

    def later(self, seconds: int) -> None:
        clock.advance(timedelta(seconds=seconds))

    def die(self, _: int) -> None:
        """With something on its way, if there is something to be sent; the requests of the dead still arrive."""
        self.pump.step()
        dead = self.pump
        clock.advance(lease.LIFE + timedelta(seconds=1))
        self.pump = self._next_pump()
        dead.close(5)

    def choose(self, order: str) -> None:
        settle(self.pump)  # what is on its way keeps the choice with which it went
        with self.cast.writing():
            service.update_endpoint(self.cast.actor("admin"), self.made["id"], {"order": order})
        self.choice = order

    def end(self) -> None:
        """All comes in the end, and in order."""
        self.failing.clear()
        for _ in range(3):
            clock.advance(timedelta(hours=3))
            settle(self.pump)
        assert self.wrong == []
        for about in self.contacts:
            assert set(self.happened[about]) <= set(self.took), "nothing is stuck"


@contextmanager
def world(cast: Cast) -> Iterator[World]:
    # Each example begins behind the one before: a lease that was given back then is free.
    with LoopbackServer() as server, clock.held(clock.now() + next(DAYS) * timedelta(days=1)):
        made = World(cast, server)
        try:
            yield made
        finally:
            made.pump.close(0)
            with cast.writing():
                service.delete_endpoint(cast.actor("admin"), made.made["id"])


@EXAMPLES
@given(steps=STEPS)
def test_first_receipts_come_in_order_and_nothing_is_stuck(cast: Cast, steps: list[tuple[str, Any]]) -> None:
    with world(cast) as here:
        for name, argument in steps:
            getattr(here, name)(argument)
        here.end()
