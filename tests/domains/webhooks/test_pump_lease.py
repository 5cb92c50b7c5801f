"""One pump at a time: the lease, its fencing number, and what a dead pump leaves behind."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portico.domains.webhooks.models import Delivery, PumpLease
from portico.domains.webhooks.pump import LeaseLost, Pump, lease
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import DEMO, column, deliveries, endpoint, happen, settle
from tests.support.waiting import until

pytestmark = pytest.mark.both_databases


def _change_lease(**values: object) -> None:
    with system_unit("tests: change the lease", write=True) as work:
        work.execute(update(PumpLease).values(**values))


def _fencing() -> int:
    with system_unit("tests: read the lease") as work:
        return int(work.scalar(select(PumpLease.fencing)) or 0)


def test_of_two_pumps_one_sends(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    second = Pump(DEMO)
    assert not second.take()
    endpoint(cast, receiver.url())
    happen(cast)
    with pytest.raises(LeaseLost):
        second.step()
    settle(pump)
    assert len(receiver.received) == 1


def test_a_pump_that_says_goodbye_is_followed_at_once(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    first = _fencing()
    pump.close()
    second = Pump(DEMO)
    assert second.take()
    assert _fencing() == first + 1
    second.close(0)


def test_a_lease_that_ran_out_is_taken_over(cast: Cast, pump: Pump, held_clock: None) -> None:
    second = Pump(DEMO)
    clock.advance(lease.LIFE - timedelta(seconds=1))
    assert not second.take()
    clock.advance(timedelta(seconds=1))
    assert second.take()
    second.close(0)


def test_renewing_keeps_the_lease_and_tells_when_it_is_lost(cast: Cast, pump: Pump, held_clock: None) -> None:
    clock.advance(lease.LIFE - timedelta(seconds=1))
    assert pump.lease.renew()
    clock.advance(lease.LIFE - timedelta(seconds=1))
    second = Pump(DEMO)
    assert not second.take()
    clock.advance(timedelta(seconds=1))
    assert second.take()
    assert not pump.lease.renew()
    second.close(0)


def test_a_lease_whose_holder_has_a_wrong_clock_is_taken_when_nobody_renews_it(
    cast: Cast, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change_lease(expires_at=clock.now() + timedelta(hours=1))
    second = lease.Lease()
    assert not second.try_take()
    monkeypatch.setattr(lease, "LIFE", timedelta(0))
    assert second.try_take()


def test_a_dead_process_of_this_machine_is_followed_at_once(cast: Cast, pump: Pump, held_clock: None) -> None:
    script = "from portico.domains.webhooks.pump.lease import new_holder; print(new_holder())"
    died = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    assert lease.is_dead(died)
    assert not lease.is_dead(lease.new_holder())
    elsewhere = died.replace(died.split("|")[0], "another-machine", 1)
    assert not lease.is_dead(elsewhere)
    second = lease.Lease()
    _change_lease(holder=elsewhere)
    assert not second.try_take()
    _change_lease(holder=died)
    assert second.try_take()


def test_what_an_older_pump_writes_is_refused_and_sent_again_by_the_new_one(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    endpoint(cast, receiver.url())
    happen(cast)
    while not pump.in_flight:
        pump.step()
    until(lambda: receiver.received, what="the old pump has sent")
    _change_lease(expires_at=clock.now() - timedelta(seconds=1))
    second = Pump(DEMO)
    assert second.take()
    with pytest.raises(LeaseLost):
        while True:
            pump.wait(0.1)
            pump.step()
    assert [row["state"] for row in deliveries(cast)] == ["waiting"], "the old result was not written"
    assert [row["attempts"] for row in deliveries(cast)] == [0]
    settle(second)
    second.close(0)
    assert len(receiver.received) == 2
    assert [(row["state"], row["attempts"]) for row in deliveries(cast)] == [("succeeded", 1)]
    assert column(cast, Delivery, "fencing") == [second.lease.fencing]


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
