"""`fifo_per_key`: what is about one resource arrives in the order in which it happened, and holds up nothing else."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from portico.domains.audit import service as audit
from portico.domains.contacts.events import CONTACT_CREATED, CONTACT_UPDATED
from portico.domains.webhooks import service, sweeping
from portico.domains.webhooks.models import Delivery, EndpointState
from portico.domains.webhooks.pump import Pump, fan_out, lease, replaying
from portico.kernel import clock
from portico.kernel.events import Event
from portico.kernel.ids import new_id
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.pumping import DEMO, deliveries, endpoint, happen, settle
from tests.support.waiting import until

pytestmark = pytest.mark.both_databases
FIFO = {"order": "fifo_per_key"}


class Receiver:
    """Answers 404 to what is about the contacts in `failing`, and remembers what it took."""

    def __init__(self, server: LoopbackServer) -> None:
        self.failing: set[str] = set()
        self.refused: Counter[str] = Counter()
        self.took: list[tuple[str, int]] = []
        server.respond = self._respond

    def _respond(self, received: Received) -> list[bytes]:
        event = orjson.loads(received.body)
        about = event["resource"]["id"]
        if about in self.failing:
            self.refused[about] += 1
            return answer("404 No")
        self.took.append((about, event["seq"]))
        return answer()

    def took_of(self, about: str) -> list[int]:
        return [seq for one, seq in self.took if one == about]


@pytest.fixture
def taking(receiver: LoopbackServer) -> Receiver:
    return Receiver(receiver)


def choose(cast: Cast, made: dict[str, Any], **choice: Any) -> None:
    with cast.writing():
        service.update_endpoint(cast.actor("admin"), made["id"], choice)


def contacts(number: int) -> list[str]:
    return [new_id("con") for _ in range(number)]


def retry(pump: Pump, after: timedelta = timedelta(hours=1)) -> None:
    clock.advance(after)
    settle(pump)


def test_a_failing_one_holds_back_its_resource_alone(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    endpoint(cast, receiver.url(), **FIFO)
    ill, well = contacts(2)
    taking.failing = {ill}
    for _ in range(4):
        happen(cast, CONTACT_UPDATED, id=ill)
        happen(cast, CONTACT_UPDATED, id=well)
    settle(pump)
    assert len(taking.took_of(well)) == 4
    assert taking.refused == {ill: 1}, "the others behind it are not even tried"
    behind = [row for row in deliveries(cast) if row["behind_another"]]
    assert [row["next_attempt_at"] for row in behind] == [None] * 3
    retry(pump)
    assert taking.refused == {ill: 2}
    taking.failing.clear()
    retry(pump)
    assert taking.took_of(ill) == sorted(taking.took_of(ill))
    assert len(taking.took_of(ill)) == 4
    assert taking.took_of(well) == sorted(taking.took_of(well))
    assert {row["attempts"] for row in deliveries(cast) if row["resource"]["id"] == ill} == {1, 3}


def test_of_one_resource_one_is_on_its_way_and_of_others_as_many_as_may_be(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    release = threading.Event()

    def wait(received: Received) -> list[bytes]:
        release.wait(10)
        return answer()

    receiver.respond = wait
    endpoint(cast, receiver.url(), **FIFO)
    for about in contacts(3):
        happen(cast, id=about)
        happen(cast, CONTACT_UPDATED, id=about)
    pump.step()
    until(lambda: len(receiver.received) == 3, what="one of each is on its way")
    for _ in range(3):
        pump.step()
    assert pump.in_flight == 3
    release.set()
    settle(pump)
    assert len(receiver.received) == 6


def test_when_one_is_given_up_the_next_goes(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    endpoint(cast, receiver.url(), **FIFO)
    (about,) = contacts(1)
    taking.failing = {about}
    happen(cast, id=about)
    happen(cast, CONTACT_UPDATED, id=about)
    settle(pump)
    while deliveries(cast)[1]["state"] == "waiting":
        retry(pump, timedelta(hours=30))
    taking.failing.clear()
    settle(pump)
    assert deliveries(cast)[1]["state"] in ("failed", "expired")
    assert deliveries(cast)[0]["state"] == "succeeded" or deliveries(cast)[0]["state"] == "expired"


def test_what_may_not_be_read_does_not_hold_up_what_may(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver
) -> None:
    endpoint(cast, receiver.url(), **FIFO)
    (about,) = contacts(1)
    events = [happen(cast, CONTACT_UPDATED, id=about) for _ in range(3)]
    with cast.writing() as work:
        newest = select(Event.seq).where(Event.workspace_id == cast.acme).order_by(Event.seq.desc()).limit(1)
        secret = update(Event).where(Event.workspace_id == cast.acme, Event.resource_id == about)
        work.execute(secret.where(Event.seq < newest.scalar_subquery()).values(scopes="nobody"))
    settle(pump)
    states = {row["event_id"]: row["state"] for row in deliveries(cast)}
    assert [states[event_id] for event_id in events] == ["filtered", "filtered", "succeeded"]


def test_order_begins_with_what_waits_and_its_end_lets_all_go(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    made = endpoint(cast, receiver.url())
    (about,) = contacts(1)
    taking.failing = {about}
    happen(cast, id=about)
    settle(pump)
    choose(cast, made, **FIFO)
    for _ in range(3):
        happen(cast, CONTACT_UPDATED, id=about)
    settle(pump)
    retry(pump)
    assert taking.refused[about] == 2, "those from before the choice stand in the order too"
    choose(cast, made, order="parallel")
    settle(pump)
    assert taking.refused[about] == 5, "all are tried"
    choose(cast, made, **FIFO)
    taking.failing.clear()
    retry(pump)
    assert taking.took_of(about) == sorted(taking.took_of(about))
    assert len(taking.took_of(about)) == 4


def test_a_change_of_the_choice_goes_through_a_long_backlog_in_slices(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portico.domains.webhooks.ordering.SLICE", 4)
    monkeypatch.setattr("portico.domains.webhooks.ordering.AT_ONCE", 1)
    made = endpoint(cast, receiver.url())
    abouts = contacts(3)
    for number in range(12):
        happen(cast, CONTACT_UPDATED, id=abouts[number % 3])
    while fan_out.FanOut().step():
        pass
    choose(cast, made, **FIFO)
    pump.step()
    assert receiver.received == [], "nothing goes before all have their place"
    choose(cast, made, order="parallel")
    choose(cast, made, **FIFO)
    settle(pump)
    assert [taking.took_of(about) == sorted(taking.took_of(about)) for about in abouts] == [True] * 3
    assert len(taking.took) == 12


def test_hurrying_does_not_jump_the_queue(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    endpoint(cast, receiver.url(), **FIFO)
    (about,) = contacts(1)
    taking.failing = {about}
    happen(cast, id=about)
    happen(cast, CONTACT_UPDATED, id=about)
    settle(pump)
    taking.failing.clear()
    newer, older = sorted(deliveries(cast), key=lambda row: int(row["attempts"]))
    with cast.writing():
        service.redeliver(cast.actor("admin"), newer["id"])
    settle(pump)
    assert taking.took == []
    with cast.writing():
        service.redeliver(cast.actor("admin"), older["id"])
    settle(pump)
    assert len(taking.took) == 2
    assert taking.took == sorted(taking.took)


def test_what_is_sent_again_by_hand_goes_before_newer_ones_that_wait(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    endpoint(cast, receiver.url(), **FIFO)
    (about,) = contacts(1)
    happen(cast, id=about)
    settle(pump)
    (first,) = deliveries(cast)
    taking.failing = {about}
    for _ in range(2):
        happen(cast, CONTACT_UPDATED, id=about)
    settle(pump)
    with cast.writing():
        service.redeliver(cast.actor("admin"), first["id"])
    settle(pump)
    assert taking.refused[about] == 2
    taking.failing.clear()
    retry(pump)
    seqs = taking.took_of(about)
    assert seqs == [seqs[0], seqs[0], *sorted(seqs[2:])]
    assert len(seqs) == 4


def test_the_next_pump_goes_on_in_order(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    endpoint(cast, receiver.url(), **FIFO)
    abouts = contacts(2)
    for number in range(8):
        happen(cast, CONTACT_UPDATED, id=abouts[number % 2])
    while not pump.in_flight:
        pump.step()
    until(lambda: len(receiver.received) == 2, what="the first two are out")
    clock.advance(lease.LIFE + timedelta(seconds=1))
    second = Pump(DEMO, deadline_s=5)
    assert second.take()
    settle(second)
    second.close(0)
    for about in abouts:
        seqs = taking.took_of(about)
        assert seqs == sorted(seqs)
        assert len(set(seqs)) == 4
        assert len(seqs) == 5, "what the dead pump had on its way came twice, and nothing else"


def test_a_replay_keeps_the_order_behind_what_is_live(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    made = endpoint(cast, receiver.url(), **FIFO)
    (about,) = contacts(1)
    old = 5
    for _ in range(old):
        happen(cast, CONTACT_UPDATED, id=about)
    settle(pump)
    began = clock.rfc3339(clock.now() - timedelta(hours=1))
    assert api("admin").post(f"/webhook-endpoints/{made['id']}/replay", json={"since": began}).status_code == 202
    assert replaying.step(pump.lease)
    happen(cast, CONTACT_UPDATED, id=about)
    settle(pump)
    seqs = taking.took_of(about)
    assert seqs[old:] == [max(seqs), *seqs[:old]]


def test_a_cancelled_replay_holds_up_nothing(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    made = endpoint(cast, receiver.url(), **FIFO)
    (about,) = contacts(1)
    for _ in range(3):
        happen(cast, CONTACT_UPDATED, id=about)
    settle(pump)
    body = {"since": clock.rfc3339(clock.now() - timedelta(hours=1))}
    taking.failing = {about}
    first = api("admin").post(f"/webhook-endpoints/{made['id']}/replay", json=body).headers["Location"]
    settle(pump)
    api("admin").post(f"/webhook-endpoints/{made['id']}/replay", json=body)
    settle(pump)
    taking.failing.clear()
    assert api("admin").post(f"{first}/cancel").status_code == 200
    retry(pump)
    assert len(taking.took) == 6


def test_what_is_swept_holds_up_nothing(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    endpoint(cast, receiver.url(), **FIFO)
    (about,) = contacts(1)
    taking.failing = {about}
    happen(cast, CONTACT_UPDATED, id=about)
    happen(cast, CONTACT_UPDATED, id=about)
    settle(pump)
    with cast.writing() as work:
        work.execute(
            update(EndpointState).where(EndpointState.workspace_id == cast.acme).values(blocked_since=clock.now())
        )
    clock.advance(sweeping.RETENTION - timedelta(days=1))
    happen(cast, CONTACT_UPDATED, id=about)
    settle(pump)
    clock.advance(timedelta(days=2))
    audit.derive()
    sweeping.sweep()
    taking.failing.clear()
    settle(pump)
    assert len(taking.took_of(about)) == 1


def test_events_are_laid_out_in_the_order_of_seq_whatever_the_clocks_said(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "MOST_EVENTS", 1)
    endpoint(cast, receiver.url(), **FIFO)
    (about,) = contacts(1)
    with clock.held(clock.now() + timedelta(seconds=30)):
        happen(cast, id=about)
    happen(cast, CONTACT_UPDATED, id=about)
    with clock.held(clock.now() + timedelta(seconds=31)):
        behind = Pump(DEMO)
        pump.close(0)
        assert behind.take()
        settle(behind)
        behind.close(0)
    assert taking.took == sorted(taking.took)
    assert len(taking.took) == 2


def test_a_ping_is_sent_in_order_too(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    made = endpoint(cast, receiver.url(), **FIFO)
    for _ in range(2):
        with cast.writing():
            service.ping(cast.actor("admin"), made["id"])
    settle(pump)
    assert len(taking.took) == 2


def test_what_stands_behind_is_out_of_the_way_of_claims(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver, held_clock: None
) -> None:
    endpoint(cast, receiver.url(), **FIFO)
    ill, well = contacts(2)
    taking.failing = {ill}
    for _ in range(30):
        happen(cast, CONTACT_UPDATED, id=ill)
    settle(pump)
    happen(cast, CONTACT_CREATED, id=well)
    settle(pump)
    assert len(taking.took) == 1
    with cast.reading() as work:
        mine = select(Delivery.id).where(Delivery.workspace_id == cast.acme, Delivery.state == "waiting")
        assert len(work.scalars(mine.where(Delivery.next_at < clock.now() + timedelta(days=1))).all()) == 1


def test_a_running_pump_claims_and_writes_at_the_same_time_and_leaves_nobody_behind(
    cast: Cast, pump: Pump, receiver: LoopbackServer, taking: Receiver
) -> None:
    endpoint(cast, receiver.url(), **FIFO)
    pump.close(0)
    running, stop = Pump(DEMO, deadline_s=5), threading.Event()
    thread = threading.Thread(target=running.run, args=(stop,))
    thread.start()
    abouts = contacts(4)
    for number in range(60):
        happen(cast, CONTACT_UPDATED, id=abouts[number % 4])
    until(lambda: len(set(taking.took)) == 60, what="all have come")
    stop.set()
    running.wake()
    thread.join()
    for about in abouts:
        assert taking.took_of(about) == sorted(set(taking.took_of(about)))
