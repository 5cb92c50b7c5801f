"""Kinds that happen often come many in one call: all of them, each once, under an id that stays the same at retries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from portico.domains.contacts.events import CONTACT_CREATED, CONTACT_UPDATED
from portico.domains.webhooks import batching, cursor, service
from portico.domains.webhooks.models import Delivery, WebhookEndpoint
from portico.domains.webhooks.pump import Pump, bundling, lease
from portico.kernel import clock
from portico.kernel.events import EVENT_TYPES
from portico.kernel.ids import new_id
from portico_sdk import EventBatch, webhooks
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.pumping import DEMO, attempts, deliveries, endpoint, happen, settle, verified

pytestmark = pytest.mark.both_databases
DAYS = count(1)


@pytest.fixture(autouse=True)
def _held(held_clock: None) -> None:
    """A window is over when a test says so."""


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Contacts are added so often that it comes in batches."""
    monkeypatch.setitem(EVENT_TYPES._items, CONTACT_CREATED.name, replace(CONTACT_CREATED, batched=True))
    return None


def after(pump: Pump, seconds: float) -> None:
    clock.advance(timedelta(seconds=seconds))
    settle(pump)


def events(received: Received) -> list[dict[str, Any]]:
    """What came in one call."""
    body = orjson.loads(received.body)
    found: list[dict[str, Any]] = body["data"]["events"] if body["type"] == "batch" else [body]
    return found


def ids(receiver: LoopbackServer) -> list[list[str]]:
    return [[event["id"] for event in events(one)] for one in receiver.received]


def calls_of(receiver: LoopbackServer) -> list[str]:
    return [one.headers["webhook-id"] for one in receiver.received]


def test_what_came_within_five_seconds_comes_in_one_call_that_the_stock_library_and_the_sdk_verify(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    secret = endpoint(cast, receiver.url())["secret"]
    made = [happen(cast, display_name="One")]
    after(pump, 3)
    made.append(happen(cast, display_name="Two"))
    after(pump, 1.9)
    assert receiver.received == []
    after(pump, 0.2)
    (call,) = receiver.received
    body = verified(call, secret)
    assert (body["type"], body["id"], body["workspace_id"]) == ("batch", call.headers["webhook-id"], cast.acme)
    assert [event["id"] for event in body["data"]["events"]] == made
    assert body["timestamp"] == body["data"]["events"][-1]["occurred_at"]
    batch = webhooks.verify(call.body, call.headers, secrets=secret, now=clock.now())
    assert isinstance(batch, EventBatch)
    assert [event.data["display_name"] for event in batch.events] == ["One", "Two"]
    after(pump, 20)
    assert len(receiver.received) == 1


def test_five_hundred_do_not_wait_and_the_next_ones_begin_anew(
    cast: Cast, pump: Pump, receiver: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "MOST", 5)
    monkeypatch.setattr(batching, "_FRESH", {heads: batching._fresh(heads=heads) for heads in (False, True)})
    endpoint(cast, receiver.url())
    made = [happen(cast) for _ in range(13)]
    settle(pump)
    assert [len(one) for one in ids(receiver)] == [5, 5]
    after(pump, 5.1)
    assert sorted(event for one in ids(receiver) for event in one) == sorted(made)
    assert len(receiver.received) == 3


def test_others_come_alone_and_at_once(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    happen(cast)
    alone = happen(cast, CONTACT_UPDATED)
    settle(pump)
    assert calls_of(receiver) == [alone]
    after(pump, 5.1)
    assert len(receiver.received) == 2


def test_a_body_holds_no_more_than_256_kib(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    made = [happen(cast, display_name="x" * 60_000) for _ in range(9)]
    made.append(happen(cast, display_name="y" * 261_000))
    after(pump, 5.1)
    assert [len(one) for one in ids(receiver)].count(4) == 2
    assert sorted(event for one in ids(receiver) for event in one) == sorted(made)
    assert all(len(one.body) <= 256 * 1024 for one in receiver.received)
    assert len(set(calls_of(receiver))) == len(receiver.received) == 4


def test_a_batch_that_fails_comes_again_as_it_was_and_the_log_shows_what_was_in_it(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer
) -> None:
    endpoint(cast, receiver.url())
    receiver.respond = lambda received: answer(500)
    made = [happen(cast), happen(cast)]
    after(pump, 5.1)
    later = happen(cast)
    receiver.respond = lambda received: answer()
    after(pump, 6)
    first, again, other = receiver.received
    assert sorted([ids(receiver)[1], ids(receiver)[2]]) == sorted([made, [later]])
    repeated = again if events(again) == events(first) else other
    assert (repeated.headers["webhook-id"], repeated.body) == (first.headers["webhook-id"], first.body)
    found: Any = api("admin").get(f"/deliveries?filter[batch_id]={first.headers['webhook-id']}").json
    assert sorted(row["event_id"] for row in found["data"]) == made
    for row in found["data"]:
        assert (row["state"], row["attempts"], row["batch_id"]) == ("succeeded", 2, first.headers["webhook-id"])
        tries: Any = api("admin").get(f"/deliveries/{row['id']}/attempts").json["data"]
        assert [(one["number"], one["status"]) for one in tries] == [(2, 200), (1, 500)]
        assert tries[0]["request"]["headers"]["webhook-id"] == first.headers["webhook-id"]
    (single,) = [row for row in deliveries(cast) if row["event_id"] == later]
    assert len(attempts(cast, single["id"])) == 1


def test_what_may_not_be_read_any_more_or_is_not_wanted_leaves_it(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    made = endpoint(cast, receiver.url(), filter={"data.display_name": ["Yes"]})
    receiver.respond = lambda received: answer(500)
    wanted = [happen(cast, display_name="Yes"), happen(cast, display_name="Yes")]
    unwanted = happen(cast, display_name="No")
    after(pump, 5.1)
    assert ids(receiver) == [wanted]
    assert [row["last_error"] for row in deliveries(cast) if row["event_id"] == unwanted] == ["not_wanted"]
    with cast.writing() as work:
        mine = WebhookEndpoint.workspace_id == cast.acme, WebhookEndpoint.id == made["id"]
        work.execute(update(WebhookEndpoint).where(*mine).values(scopes=[]))
    after(pump, 7)
    assert len(receiver.received) == 1
    assert {row["state"] for row in deliveries(cast)} == {"filtered"}


def test_a_notice_leaves_the_data_of_each_out(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url(), payload="thin")
    made = [happen(cast), happen(cast)]
    after(pump, 5.1)
    (call,) = receiver.received
    assert [("data" in event, event["id"]) for event in events(call)] == [(False, one) for one in made]


def test_in_order_a_resource_is_in_one_batch_at_a_time(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url(), order="fifo_per_key")
    about, other = new_id("con"), new_id("con")
    first, second = happen(cast, id=about), happen(cast, id=about)
    beside = happen(cast, id=other)
    changed = happen(cast, CONTACT_UPDATED, id=about)
    receiver.respond = lambda received: answer("404 No")
    after(pump, 5.1)
    assert ids(receiver) == [[first, beside]]
    receiver.respond = lambda received: answer()
    after(pump, 7)
    assert ids(receiver)[1:] == [[first, beside], [second], [changed]]


def test_sent_again_it_is_the_event_alone_in_a_batch_of_its_own(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer
) -> None:
    made = endpoint(cast, receiver.url())
    told = [happen(cast) for _ in range(3)]
    after(pump, 5.1)
    row = next(row for row in deliveries(cast) if row["event_id"] == told[1])
    with cast.writing():
        service.redeliver(cast.actor("admin"), row["id"])
    settle(pump)
    assert ids(receiver) == [told, [told[1]]]
    since = clock.rfc3339(clock.now() - timedelta(hours=1))
    api("admin").post(f"/webhook-endpoints/{made['id']}/replay", json={"since": since})
    settle(pump)
    assert ids(receiver)[2] == told
    assert len(set(calls_of(receiver))) == 3


def test_one_that_waits_is_hurried_with_its_batch(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    receiver.respond = lambda received: answer(500)
    told = [happen(cast), happen(cast)]
    after(pump, 5.1)
    receiver.respond = lambda received: answer()
    newest = deliveries(cast)[0]["id"]
    with cast.writing():
        service.redeliver(cast.actor("admin"), newest)
    settle(pump)
    assert ids(receiver) == [told, told]
    assert len(set(calls_of(receiver))) == 1


def test_what_outlives_its_time_ends_without_the_others(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    old, young = happen(cast), happen(cast)
    pump.step()
    with cast.writing() as work:
        mine = Delivery.workspace_id == cast.acme, Delivery.event_id == old
        work.execute(update(Delivery).where(*mine).values(created_at=clock.now() - timedelta(days=5)))
    after(pump, 5.1)
    assert ids(receiver) == [[young]]
    assert {row["event_id"]: row["state"] for row in deliveries(cast)} == {old: "expired", young: "succeeded"}


def test_an_answer_is_for_all_of_it(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    made = endpoint(cast, receiver.url())
    receiver.respond = lambda received: answer(410)
    for _ in range(3):
        happen(cast)
    after(pump, 5.1)
    assert len(receiver.received) == 1
    assert [row["state"] for row in deliveries(cast) if row["endpoint_id"] == made["id"]] == ["held"] * 3


def test_by_cursor_each_comes_for_itself(cast: Cast) -> None:
    told = [happen(cast), happen(cast)]
    with cast.reading():
        found = cursor.page_of_events(cast.actor("admin"), types=CONTACT_CREATED.name)["data"]
    assert [event["id"] for event in found] == told


def test_a_pump_that_dies_with_a_batch_on_its_way_sends_that_one_twice_and_loses_nothing(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    endpoint(cast, receiver.url())
    told = [happen(cast), happen(cast)]
    clock.advance(timedelta(seconds=5.1))
    while not pump.in_flight:
        pump.step()
    clock.advance(lease.LIFE + timedelta(seconds=1))
    second = Pump(DEMO, deadline_s=5)
    assert second.take()
    settle(second)
    second.close(0)
    assert ids(receiver) in ([told], [told, told])
    assert len(set(calls_of(receiver))) == 1


def test_one_turn_takes_no_more_than_a_few_batches(
    cast: Cast, pump: Pump, receiver: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "IN_A_CLAIM", 2)
    for _ in range(3):
        endpoint(cast, receiver.url())
    happen(cast)
    happen(cast)
    clock.advance(timedelta(seconds=5.1))
    pump.step()
    assert pump.in_flight == 1
    settle(pump)
    assert sorted(map(len, ids(receiver))) == [2, 2, 2]


# --- whatever happens between -----------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("happen"), st.integers(1, 7)),
        st.tuples(st.just("alone"), st.just(0)),
        st.tuples(st.just("fail"), st.booleans()),
        st.tuples(st.just("redeliver"), st.integers(0, 9)),
        st.tuples(st.just("work"), st.just(0)),
        st.tuples(st.just("later"), st.sampled_from([2, 6, 60, 4000])),
        st.tuples(st.just("die"), st.just(0)),
        st.tuples(st.just("choose"), st.sampled_from(["parallel", "fifo_per_key"])),
    ),
    min_size=5,
    max_size=20,
)


class World:
    """One endpoint whose receiver passes over every call whose id it has taken before, as it may."""

    def __init__(self, cast: Cast, server: LoopbackServer) -> None:
        self.cast = cast
        self.told: list[str] = []
        self.failing = False
        self.taken: set[str] = set()
        self.handled: set[str] = set()
        self.wrong: list[str] = []
        self.contacts = [new_id("con") for _ in range(3)]
        server.respond = self._respond
        self.made = endpoint(cast, server.url())
        self.pump = self._next_pump()

    def _next_pump(self) -> Pump:
        pump = Pump(DEMO, deadline_s=5)
        assert pump.take()
        return pump

    def _respond(self, received: Received) -> list[bytes]:
        found = events(received)
        if len(found) > batching.MOST or [one["seq"] for one in found] != sorted({one["seq"] for one in found}):
            self.wrong.append(received.headers["webhook-id"])
        if self.failing:
            return answer("404 No")
        if received.headers["webhook-id"] not in self.taken:
            self.taken.add(received.headers["webhook-id"])
            self.handled.update(one["id"] for one in found)
        return answer()

    def happen(self, number: int) -> None:
        self.told += [happen(self.cast, id=self.contacts[place % 3]) for place in range(number)]

    def alone(self, _: int) -> None:
        self.told.append(happen(self.cast, CONTACT_UPDATED, id=self.contacts[0]))

    def fail(self, fails: bool) -> None:
        self.failing = fails

    def redeliver(self, number: int) -> None:
        mine = [row for row in deliveries(self.cast) if row["endpoint_id"] == self.made["id"]]
        if mine:
            with self.cast.writing():
                service.redeliver(self.cast.actor("admin"), mine[number % len(mine)]["id"])

    def work(self, _: int) -> None:
        settle(self.pump)

    def later(self, seconds: int) -> None:
        clock.advance(timedelta(seconds=seconds))

    def die(self, _: int) -> None:
        self.pump.step()
        dead = self.pump
        clock.advance(lease.LIFE + timedelta(seconds=1))
        self.pump = self._next_pump()
        dead.close(5)

    def choose(self, order: str) -> None:
        settle(self.pump)
        with self.cast.writing():
            service.update_endpoint(self.cast.actor("admin"), self.made["id"], {"order": order})

    def end(self) -> None:
        self.failing = False
        for _ in range(3):
            clock.advance(timedelta(hours=3))
            settle(self.pump)
        assert self.wrong == []
        assert set(self.told) == self.handled

    def leave(self) -> None:
        self.pump.close(0)
        with self.cast.writing() as work:
            work.execute(delete(Delivery).where(Delivery.workspace_id == self.cast.acme))
            service.delete_endpoint(self.cast.actor("admin"), self.made["id"])


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_happens_everything_arrives_at_who_passes_over_known_ids(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, Any]]
) -> None:
    with monkeypatch.context() as few:
        few.setattr(batching, "MOST", 4)
        few.setattr(batching, "_FRESH", {heads: batching._fresh(heads=heads) for heads in (False, True)})
        few.setattr(bundling, "MAX_BYTES", 3_000)
        with LoopbackServer() as server, clock.held(clock.now() + next(DAYS) * timedelta(days=1)):
            world = World(cast, server)
            try:
                for name, argument in steps:
                    getattr(world, name)(argument)
                world.end()
            finally:
                world.leave()
