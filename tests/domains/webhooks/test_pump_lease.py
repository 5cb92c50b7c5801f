"""Whose a shard is: fair shares, giving up, taking over, and what a dead pump leaves behind."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portico.domains.webhooks.models import Delivery, LivingPump, PumpLease
from portico.domains.webhooks.pump import LeaseLost, Pump, holders, lease
from portico.domains.webhooks.pump.shards import LAYING_OUT, LEASES, SHARDS, fair_share, shard_of
from portico.kernel import clock
from portico.kernel.db import Database
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import DEMO, column, deliveries, endpoint, happen, settle
from tests.support.waiting import until

pytestmark = pytest.mark.both_databases


def _change_pump(holder: str, **values: object) -> None:
    with system_unit("tests: change a pump", write=True) as work:
        work.execute(update(LivingPump).where(LivingPump.holder == holder).values(**values))


def _end_the_life_of(pump: Pump) -> None:
    _change_pump(pump.lease.holder, expires_at=clock.now() - timedelta(seconds=1))


def _owners() -> Counter[str | None]:
    with system_unit("tests: read the leases") as work:
        return Counter(work.scalars(select(PumpLease.holder).where(PumpLease.name != LAYING_OUT)))


def _fencing() -> set[int]:
    with system_unit("tests: read the leases") as work:
        return set(work.scalars(select(PumpLease.fencing)))


def test_shards_are_even_and_shares_add_up() -> None:
    found = Counter(shard_of(new_id("whe")) for _ in range(6_400))
    assert found.keys() == set(SHARDS)
    assert max(found.values()) < 400
    for count in range(1, 40):
        pumps = [f"pump{number:02}" for number in range(count)]
        shares = [fair_share(one, pumps) for one in pumps]
        assert sum(shares) == len(SHARDS)
        assert max(shares) - min(shares) <= 1


def test_of_two_pumps_one_sends_until_it_gives_up_a_share(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    second = Pump(DEMO)
    assert not second.take()
    endpoint(cast, receiver.url())
    happen(cast)
    with pytest.raises(LeaseLost):
        second.step()
    settle(pump)
    assert len(receiver.received) == 1


@pytest.mark.postgres
def test_a_newcomer_gets_its_share_and_each_pump_serves_its_own(
    cast: Cast, pump: Pump, receiver: LoopbackServer, database: Database
) -> None:
    for number in range(24):
        endpoint(cast, receiver.url(f"/{number}"))
    second = Pump(DEMO)
    assert not second.take()
    pump.take()
    pump.step()
    assert second.take()
    assert _owners() == {pump.lease.holder: 16, second.lease.holder: 16}
    assert not pump.lease.held.keys() & second.lease.held.keys()

    happen(cast)
    settle(pump)
    settle(second)
    assert len(receiver.received) == 24
    fencing = {row["endpoint_id"]: row["state"] for row in deliveries(cast)}
    assert set(fencing.values()) == {"succeeded"}
    assert second.lease.missing == 0
    second.close(0)


@pytest.mark.postgres
def test_three_pumps_share_and_who_stays_takes_the_shards_of_who_leaves(cast: Cast, pump: Pump) -> None:
    others = [Pump(DEMO), Pump(DEMO)]
    for _ in range(2):
        for one in (pump, *others):
            one.take()
            if one.holding:
                one.step()
    assert sorted(_owners().values()) == [10, 11, 11]
    others[0].close(0)
    pump.take()
    others[1].take()
    assert sorted(_owners().values()) == [16, 16]
    others[1].close(0)
    pump.take()
    assert _owners() == {pump.lease.holder: 32}


@pytest.mark.postgres
def test_what_is_in_flight_in_a_surplus_shard_is_finished_and_written_first(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    for number in range(48):
        endpoint(cast, receiver.url(f"/{number}"))
    gate = threading.Event()
    receiver.respond = lambda received: answer() if gate.wait(20) else []
    happen(cast)
    while pump.in_flight < 48:
        pump.step()
    second = Pump(DEMO)
    second.take()
    pump.take()
    busy = {shard_of(endpoint_id) for endpoint_id in column(cast, Delivery, "endpoint_id")}
    pump.step()
    assert set(pump.lease.held) >= busy, "nothing is given up while it is in flight"
    gate.set()
    settle(pump)
    pump.step()
    assert second.take()
    assert len(second.lease.held) == 16
    settle(second)
    assert len(receiver.received) == 48
    assert set(column(cast, Delivery, "state")) == {"succeeded"}
    second.close(0)


def test_on_sqlite_a_second_pump_stands_by(cast: Cast, pump: Pump, database: Database) -> None:
    second = Pump(DEMO)
    for _ in range(3):
        second.take()
        pump.take()
        pump.step()
    assert second.holding is not database.sqlite
    second.close(0)


def test_a_pump_that_says_goodbye_is_followed_at_once(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    (first,) = _fencing()
    pump.close()
    second = Pump(DEMO)
    assert second.take()
    assert second.lease.held.keys() == set(LEASES)
    assert _fencing() == {first + 1}
    second.close(0)


def test_a_life_that_ran_out_is_followed(cast: Cast, pump: Pump, held_clock: None) -> None:
    second = Pump(DEMO)
    clock.advance(lease.LIFE - timedelta(seconds=1))
    assert not second.take()
    clock.advance(timedelta(seconds=1))
    assert second.take()
    assert second.lease.held.keys() == set(LEASES)
    second.close(0)


def test_renewing_keeps_the_shards_and_tells_when_they_are_lost(cast: Cast, pump: Pump, held_clock: None) -> None:
    clock.advance(lease.LIFE - timedelta(seconds=1))
    assert pump.lease.renew()
    clock.advance(lease.LIFE - timedelta(seconds=1))
    second = Pump(DEMO)
    assert not second.take()
    clock.advance(timedelta(seconds=1))
    second.take()
    assert not pump.lease.renew()
    with pytest.raises(LeaseLost):
        pump.take()
    second.close(0)


def test_a_pump_with_a_wrong_clock_is_followed_when_it_does_not_renew(
    cast: Cast, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change_pump(pump.lease.holder, expires_at=clock.now() + timedelta(hours=1))
    second = lease.Lease()
    assert not second.tend()
    monkeypatch.setattr(lease, "LIFE", timedelta(0))
    assert second.tend() == set(LEASES)


def test_a_dead_process_of_this_machine_is_followed_at_once(cast: Cast, pump: Pump, held_clock: None) -> None:
    script = "from portico.domains.webhooks.pump.holders import new_holder; print(new_holder())"
    died = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    assert holders.is_dead(died)
    assert not holders.is_dead(holders.new_holder())
    elsewhere = died.replace(died.split("|")[0], "another-machine", 1)
    assert not holders.is_dead(elsewhere)
    second = lease.Lease()
    _rename(pump.lease.holder, elsewhere)
    assert not second.tend()
    _rename(elsewhere, died)
    assert second.tend() == set(LEASES)


def _rename(holder: str, name: str) -> None:
    with system_unit("tests: give a pump another name", write=True) as work:
        work.execute(update(LivingPump).where(LivingPump.holder == holder).values(holder=name))
        work.execute(update(PumpLease).where(PumpLease.holder == holder).values(holder=name))


def test_of_two_takers_that_saw_the_same_one_gets_each_shard(
    cast: Cast, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    _end_the_life_of(pump)
    seen = lease._look()
    first, second = lease.Lease(), lease.Lease()
    assert first.tend() == set(LEASES)
    monkeypatch.setattr(lease, "_look", lambda: seen)
    assert second.tend() == set()
    assert _owners() == {first.holder: 32}


def test_what_an_older_pump_writes_is_refused_and_sent_again_by_the_new_one(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    endpoint(cast, receiver.url())
    happen(cast)
    while not pump.in_flight:
        pump.step()
    until(lambda: receiver.received, what="the old pump has sent")
    _end_the_life_of(pump)
    second = Pump(DEMO)
    assert second.take()
    with pytest.raises(LeaseLost):
        while True:
            pump.wait(0.1)
            pump.step()
    assert [row["state"] for row in deliveries(cast)] == ["waiting"], "the old result was not written"
    assert [row["attempts"] for row in deliveries(cast)] == [0]
    settle(second)
    assert len(receiver.received) == 2
    assert [(row["state"], row["attempts"]) for row in deliveries(cast)] == [("succeeded", 1)]
    (endpoint_id,) = column(cast, Delivery, "endpoint_id")
    assert column(cast, Delivery, "fencing") == [second.lease.held[shard_of(endpoint_id)]]
    second.close(0)


def test_closing_gives_back_what_was_not_answered(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: []
    endpoint(cast, receiver.url())
    with receiver_that_waits(receiver):
        happen(cast)
        while not pump.in_flight:
            pump.step()
        pump.close(0)
        assert [(row["state"], row["attempts"]) for row in deliveries(cast)] == [("waiting", 0)]


class receiver_that_waits:  # noqa: N801 - reads as a statement
    """Answers nothing until the block ends."""

    def __init__(self, receiver: LoopbackServer) -> None:
        self._receiver = receiver

    def __enter__(self) -> None:
        self._receiver.respond = lambda received: (self._receiver.stopping.wait(20), iter(()))[1]

    def __exit__(self, *_: object) -> None:
        self._receiver.stopping.set()
