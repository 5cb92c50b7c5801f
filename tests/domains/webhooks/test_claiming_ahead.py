"""Who answers fast has more claimed than is sent at once; the calls at once stay as many, and what fails ends it."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime

import pytest

from portico.domains.webhooks.pump import Pump
from portico.domains.webhooks.pump.health import AHEAD, MOST, START, Wards
from portico.domains.webhooks.pump.turns import AHEAD_IN_ALL, Ready, Turns
from portico.kernel.outbound import Answer
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.pumping import attempts, deliveries, endpoint, flying, happen, settle
from tests.support.waiting import until

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FAST = Ready("wsp_1", "whe_fast")


def answered(wards: Wards, times: int, *, status: int = 200, took: int = 5) -> None:
    for _ in range(times):
        wards.note(FAST.endpoint_id, Answer(status, {}, b"", None, "", 0, 0, took, NOW), NOW, probing=False)


def claimed(turns: Turns, *ready: Ready, queued: int = 0) -> Counter[str]:
    shares = turns.free(list(ready), [], {"whe_other": queued})
    return Counter({one.endpoint_id: count for one, count in shares})


def test_it_is_what_an_endpoint_answers_in_half_a_second() -> None:
    wards = Wards()
    turns = Turns(wards)
    assert claimed(turns, FAST)[FAST.endpoint_id] < MOST, "nothing is known of it yet"
    answered(wards, 100)
    assert claimed(turns, FAST)[FAST.endpoint_id] == MOST * (1 + AHEAD)
    answered(wards, 100, took=250)
    assert MOST < claimed(turns, FAST)[FAST.endpoint_id] <= 3 * MOST
    answered(wards, 1, status=500)
    assert claimed(turns, FAST)[FAST.endpoint_id] == MOST // 2


def test_it_takes_no_slot_from_others_and_not_where_order_or_a_probe_matters() -> None:
    wards = Wards()
    answered(wards, 100)
    few = Turns(wards, in_flight=MOST)
    assert claimed(few, FAST)[FAST.endpoint_id] == MOST
    turns = Turns(wards)
    assert claimed(turns, FAST, queued=AHEAD_IN_ALL)[FAST.endpoint_id] == MOST
    assert claimed(turns, Ready("wsp_1", "whe_fast", ordered=True))["whe_fast"] == MOST
    assert claimed(turns, Ready("wsp_1", "whe_fast", trips=1))["whe_fast"] == 1


@pytest.mark.both_databases
def test_what_was_claimed_ahead_waits_for_a_slot_and_after_a_refusal_again(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    gate, arrived, refuses = threading.Event(), Counter[str](), False

    def respond(received: Received) -> list[bytes]:
        arrived[received.headers["webhook-id"]] += 1
        gate.wait(10)
        return answer(503 if refuses else 200)

    receiver.respond = respond
    endpoint(cast, receiver.url())
    gate.set()
    for _ in range(60):
        happen(cast)
    settle(pump)
    gate.clear()
    arrived.clear()
    refuses = True
    for _ in range(200):
        happen(cast)
    while pump.step():
        pass
    assert pump.in_flight == 200
    until(lambda: len(arrived) == MOST, what="all slots in use")
    gate.set()
    settle(pump)
    assert len(arrived) <= 2 * MOST
    waiting = [row for row in deliveries(cast) if row["state"] != "succeeded"]
    assert len(waiting) == 200
    assert sum(len(attempts(cast, row["id"])) for row in waiting) == arrived.total()


def test_an_answer_calls_for_a_turn_only_where_somebody_waits_for_its_slot() -> None:
    wards = Wards()
    answered(wards, 100)
    turns = Turns(wards)
    hanging = Ready("wsp_1", "whe_hanging")
    turns.free([], [])
    assert not turns.wants_more({FAST.endpoint_id}, {}), "nobody waits"
    turns.free([hanging], flying(hanging.endpoint_id, START, NOW))
    assert not turns.wants_more({FAST.endpoint_id}, {}), "who hangs has no use for the slots of others"
    assert turns.wants_more({hanging.endpoint_id}, {})
    assert turns.wants_more({_unwell(wards)}, {}), "the slow share their slots"
    turns.free([FAST], flying(FAST.endpoint_id, MOST, NOW))
    assert turns.wants_more({FAST.endpoint_id}, {})
    assert not turns.wants_more({FAST.endpoint_id}, {FAST.endpoint_id: MOST * AHEAD}), "half of it has not gone yet"
    few = Turns(wards, in_flight=1)
    few.free([hanging, FAST], flying("whe_other", 1, NOW))
    assert few.wants_more({"whe_other"}, {}), "all slots were in use"


def _unwell(wards: Wards) -> str:
    for _ in range(3):
        wards.note("whe_unwell", Answer(None, {}, b"", "timeout", "", 0, 0, 15_000, NOW), NOW, probing=False)
    return "whe_unwell"
