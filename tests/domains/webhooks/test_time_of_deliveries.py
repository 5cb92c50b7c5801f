"""Everything that waits, by a clock that the test holds: schedules are walked to their ends, and nobody sleeps."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import update

from portico.domains.webhooks import outcomes
from portico.domains.webhooks.models import EndpointState
from portico.domains.webhooks.pump import Pump
from portico.domains.webhooks.service import blocking, failing
from portico.kernel import clock
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import attempts, deliveries, endpoint, happen, settle, state_of

pytestmark = pytest.mark.usefixtures("held_clock")
both = pytest.mark.both_databases

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


# --- the schedule ---


@pytest.mark.parametrize("step", range(len(outcomes.SCHEDULE)))
def test_each_wait_is_spread_over_a_fifth_to_both_sides(step: int) -> None:
    nominal = outcomes.SCHEDULE[step]
    waits = [outcomes.delay(step).total_seconds() for _ in range(400)]
    assert min(waits) >= 0.8 * nominal
    assert max(waits) <= 1.2 * nominal
    if nominal:
        assert min(waits) < 0.85 * nominal
        assert max(waits) > 1.15 * nominal


def test_there_are_thirteen_attempts_over_some_three_days() -> None:
    assert len(outcomes.SCHEDULE) == 13
    assert 3 * DAY < timedelta(seconds=sum(outcomes.SCHEDULE)) < outcomes.TIME_TO_LIVE


# --- the breaker ---


@both
def test_the_breaker_opens_longer_each_time_and_begins_anew_after_a_success(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: []  # hangs up
    made = endpoint(cast, receiver.url())
    for _ in range(12):
        happen(cast)
    settle(pump)
    for seconds in (15, 30, 60, 120, 240, 480, 900, 900):
        state = state_of(cast, made["id"])
        assert (state.status, state.reason) == ("paused", "unwell")
        assert state.paused_until - clock.now() == timedelta(seconds=seconds)
        tried = len(receiver.received)
        clock.advance(timedelta(seconds=seconds - 1))
        settle(pump)
        assert len(receiver.received) == tried, "too early"
        clock.advance(2 * SECOND)
        settle(pump)
        assert len(receiver.received) == tried + 1, "one probe"
    receiver.respond = lambda received: answer()
    clock.advance(15 * MINUTE)
    settle(pump)
    assert state_of(cast, made["id"]).status == "active"
    receiver.respond = lambda received: []
    for _ in range(12):
        happen(cast)
    settle(pump)
    assert state_of(cast, made["id"]).paused_until - clock.now() == 15 * SECOND


# --- what the receiver asks for ---


@both
@pytest.mark.parametrize(
    ("status", "asked", "waits"),
    [
        ("429 Slow", "0", SECOND),
        ("429 Slow", "7", 7 * SECOND),
        ("503 Later", "999999", DAY),
        ("503 Later", 90 * SECOND, 90 * SECOND),
        ("429 Slow", -HOUR, SECOND),
        ("429 Slow", 9 * DAY, DAY),
    ],
    ids=["zero", "seconds", "many seconds", "a date", "a date that is over", "a date far off"],
)
def test_a_receiver_that_asks_for_time_has_it_and_no_attempt_is_spent(
    cast: Cast, pump: Pump, receiver: LoopbackServer, status: str, asked: str | timedelta, waits: timedelta
) -> None:
    value = asked if isinstance(asked, str) else format_datetime(clock.now() + asked, usegmt=True)
    receiver.respond = lambda received: answer(status, Retry_After=value)
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    state = state_of(cast, made["id"])
    assert (state.status, state.reason) == ("paused", "asked_to_wait")
    wait = state.paused_until - clock.now()
    assert abs(wait - waits) <= SECOND, "a date is written in whole seconds"
    receiver.respond = lambda received: answer()
    clock.advance(wait - timedelta(milliseconds=100))
    settle(pump)
    assert len(receiver.received) == 1, "too early"
    clock.advance(timedelta(milliseconds=200))
    settle(pump)
    (row,) = deliveries(cast)
    assert (row["state"], row["attempts"], len(attempts(cast, row["id"]))) == ("succeeded", 1, 2)


# --- the time to live ---


@both
@pytest.mark.parametrize(("beyond", "state"), [(-MINUTE, "succeeded"), (MINUTE, "expired")])
def test_it_ends_after_four_days_in_which_the_endpoint_could_be_called(
    cast: Cast, pump: Pump, receiver: LoopbackServer, beyond: timedelta, state: str
) -> None:
    """Nobody pumps meanwhile; two days of a pause are added to the four."""
    receiver.respond = lambda received: answer("503 Later", Retry_After="86400")
    endpoint(cast, receiver.url())
    happen(cast)
    for _ in range(2):
        settle(pump)
        clock.advance(DAY)
    receiver.respond = lambda received: answer("500 Oh")
    settle(pump)
    receiver.respond = lambda received: answer()
    pump.close(0)
    clock.advance(outcomes.TIME_TO_LIVE + beyond)
    assert pump.take()
    settle(pump)
    assert deliveries(cast)[0]["state"] == state


@both
def test_it_does_not_run_while_the_receiver_asks_for_more_and_more_time(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: answer("429 Slow", Retry_After="86400")
    made = endpoint(cast, receiver.url())
    happen(cast)
    for _ in range(10):
        settle(pump)
        clock.advance(DAY + SECOND)
    receiver.respond = lambda received: answer()
    settle(pump)
    (row,) = deliveries(cast)
    assert (row["state"], row["attempts"]) == ("succeeded", 1)
    assert state_of(cast, made["id"]).consecutive_failures == 0


@both
def test_it_does_not_run_while_the_breaker_is_open(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: answer("500 Oh")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    with cast.writing():
        blocking.pause(cast.acme, made["id"], clock.now() + 6 * DAY, "unwell")
    clock.advance(6 * DAY + SECOND)
    receiver.respond = lambda received: answer()
    settle(pump)
    assert deliveries(cast)[0]["state"] == "succeeded"


# --- the end of an endpoint that fails ---


@both
@pytest.mark.parametrize(
    ("lasted", "failures", "status"),
    [
        (5 * DAY - HOUR, 100, "active"),
        (5 * DAY, failing.LEAST_FAILURES - 1, "active"),
        (5 * DAY, failing.LEAST_FAILURES, "disabled"),
        (30 * DAY, failing.LEAST_FAILURES - 1, "active"),
        (30 * DAY, failing.LEAST_FAILURES, "disabled"),
    ],
)
def test_it_is_disabled_after_five_days_and_twenty_failures_and_not_before(
    cast: Cast, pump: Pump, receiver: LoopbackServer, lasted: timedelta, failures: int, status: str
) -> None:
    receiver.respond = lambda received: answer("500 Oh")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    with cast.writing() as work:
        # The one more below is the last of so many; the delivery of the first is too old by then.
        row = update(EndpointState).where(EndpointState.workspace_id == cast.acme, EndpointState.id == made["id"])
        work.execute(row.values(consecutive_failures=failures - 1))
    clock.advance(lasted)
    happen(cast)
    settle(pump)
    state = state_of(cast, made["id"])
    assert (state.consecutive_failures, state.status) == (failures, status)
