"""One endpoint that fares badly: fewer calls, an open breaker, the slow lane; and the others do not notice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from portico.domains.webhooks.pump import Pump
from portico.domains.webhooks.pump.health import IN_A_ROW, LAST, MOST, START, Health, Wards
from portico.domains.webhooks.pump.turns import Ready, Turns
from portico.domains.webhooks.service.blocking import open_for
from portico.kernel import clock
from portico.kernel.outbound import Answer
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import DEMO, attempts, deliveries, endpoint, flying, happen, settle, state_of
from tests.support.waiting import until

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def came(status: int | None, error: str | None = None, *, at: datetime = NOW, took: int = 5) -> Answer:
    return Answer(status, {}, b"", error, "", 0, 0, took, at)  # type: ignore[arg-type]


def test_success_raises_what_may_run_at_once_and_failure_halves_it() -> None:
    health = Health()
    for _ in range(100):
        assert not health.note(came(200), NOW)
    assert health.limit == MOST
    health.note(came(500), NOW)
    assert health.limit == MOST // 2
    health.note(came(None, "timeout"), NOW)
    assert health.limit == MOST // 4


def test_a_refusal_by_the_receiver_is_not_the_endpoints_health() -> None:
    health = Health()
    assert not any(health.note(came(400), NOW) for _ in range(50))
    assert health.limit >= START


def test_five_transport_failures_in_a_row_open_the_breaker_and_one_answer_between_does_not() -> None:
    health = Health()
    outcomes = [health.note(came(None, "connect"), NOW) for _ in range(IN_A_ROW - 1)]
    health.note(came(200), NOW)
    outcomes += [health.note(came(None, "connect"), NOW) for _ in range(IN_A_ROW - 1)]
    assert not any(outcomes)
    assert health.note(came(None, "connect"), NOW)


@pytest.mark.parametrize(("apart", "opens"), [(1, True), (4, False)])
def test_half_of_the_last_twenty_within_a_minute_open_it(apart: int, opens: bool) -> None:
    health = Health()
    opened = False
    for place in range(LAST):
        moment = NOW + timedelta(seconds=apart * place)
        opened = health.note(came(500 if place % 2 else 200, at=moment), moment)
    assert opened is opens


def test_answers_to_calls_from_before_it_opened_change_nothing() -> None:
    health = Health(opened_at=NOW)
    assert not health.note(came(None, "timeout", at=NOW - timedelta(seconds=9)), NOW + timedelta(seconds=6))
    assert health.note(came(None, "timeout", at=NOW + timedelta(seconds=16)), NOW + timedelta(seconds=31))


def test_it_opens_for_twice_as_long_each_time_up_to_a_quarter_of_an_hour() -> None:
    assert [open_for(trips).total_seconds() for trips in (1, 2, 3, 6, 7, 99)] == [15, 30, 60, 480, 900, 900]


def tries(cast: Cast) -> int:
    return sum(len(attempts(cast, row["id"])) for row in deliveries(cast))


def test_the_slow_share_a_quarter_and_the_others_have_the_rest() -> None:
    turns = Turns(Wards(), in_flight=16)
    ready = [
        Ready("wsp_1", "whe_new"),
        Ready("wsp_1", "whe_stuck"),
        *(Ready("wsp_1", f"whe_down{n}", 1) for n in range(9)),
    ]
    with clock.held(NOW):
        shares = turns.free(ready, flying("whe_stuck", 3, NOW - timedelta(seconds=3)))
    given = {one.endpoint_id: count for one, count in shares}
    assert given["whe_new"] == START
    assert sum(count for name, count in given.items() if name != "whe_new") == 16 // 4 - 3


def test_workspaces_take_turns_and_then_their_endpoints() -> None:
    turns = Turns(Wards(), in_flight=2 * START)
    ready = [*(Ready("wsp_a", f"whe_a{n}") for n in range(5)), Ready("wsp_b", "whe_b0")]
    with clock.held(NOW):
        rounds = [[one.endpoint_id for one, _ in turns.free(ready, [])] for _ in range(3)]
    assert rounds[0] == ["whe_a0", "whe_b0"]
    assert {name for served in rounds for name in served} >= {"whe_a0", "whe_a1", "whe_a2", "whe_b0"}


@pytest.mark.both_databases
def test_an_endpoint_that_is_down_is_left_alone_probed_and_served_again(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: []  # hangs up without an answer
    made = endpoint(cast, receiver.url())
    with clock.held(clock.now()):
        for _ in range(12):
            happen(cast)
        settle(pump)
        tried = tries(cast)
        assert IN_A_ROW <= tried < 12
        assert state_of(cast, made["id"]).status == "paused"
        assert state_of(cast, made["id"]).paused_until == clock.now() + timedelta(seconds=15)

        clock.advance(timedelta(seconds=16))
        settle(pump)
        assert tries(cast) == tried + 1, "one probe"
        assert state_of(cast, made["id"]).paused_until == clock.now() + timedelta(seconds=30)

        receiver.respond = lambda received: answer()
        clock.advance(timedelta(seconds=31))
        settle(pump)
        clock.advance(timedelta(minutes=2))
        settle(pump)
    assert {row["state"] for row in deliveries(cast)} == {"succeeded"}
    assert state_of(cast, made["id"]).status == "active"


@pytest.mark.both_databases
def test_while_the_breaker_is_open_no_attempt_is_spent(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: []
    endpoint(cast, receiver.url())
    with clock.held(clock.now()):
        for _ in range(40):
            happen(cast)
        settle(pump)
        spent = tries(cast)
        clock.advance(timedelta(seconds=14))
        settle(pump)
        assert tries(cast) == spent
        assert len([row for row in deliveries(cast) if row["attempts"] == 0]) == 40 - spent


@pytest.mark.both_databases
def test_another_pump_knows_that_the_breaker_was_open(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: []
    made = endpoint(cast, receiver.url())
    with clock.held(clock.now()):
        for _ in range(12):
            happen(cast)
        settle(pump)
        pump.close()
        tried = tries(cast)
        clock.advance(timedelta(seconds=16))
        other = Pump(DEMO, deadline_s=5)
        assert other.take()
        settle(other)
        other.close()
        assert tries(cast) == tried + 1
        assert state_of(cast, made["id"]).paused_until == clock.now() + timedelta(seconds=30)


def test_hanging_endpoints_do_not_keep_the_healthy_ones_waiting(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    release = threading.Event()

    def hang(received: object) -> list[bytes]:
        release.wait(20)
        return answer()

    with LoopbackServer(respond=hang) as stuck:  # type: ignore[arg-type]
        for place in range(20):
            endpoint(cast, stuck.url(f"/{place}"))
        endpoint(cast, receiver.url("/well"))
        for _ in range(30):
            happen(cast)

        def arrived() -> bool:
            while pump.step():
                pass
            return len(receiver.received) == 30

        until(arrived, within=20, what="the healthy endpoint has all, while twenty hang")
        assert len(stuck.received) <= 20 * START
        release.set()
        settle(pump)
