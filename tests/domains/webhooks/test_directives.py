"""`webhook-delivery` in an answer ends a delivery, or disables the endpoint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portico.domains.webhooks import outcomes, service
from portico.domains.webhooks.pump import Pump
from portico.kernel.outbound import Answer
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import attempts, deliveries, endpoint, happen, settle, state_of

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def judged(status: int, word: str, error: str | None = None, **headers: str) -> outcomes.Outcome:
    named = {"webhook-delivery": word, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return outcomes.judge(Answer(status, named, b"", error, "", 0, 0, 1, NOW), 0, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["abort", " Abort ", "abort-message"])
def test_abort_ends_the_delivery_at_once(word: str) -> None:
    outcome = judged(422, word)
    assert (outcome.state, outcome.error_class, outcome.disabled_for) == ("failed", "aborted", None)


def test_disable_keeps_what_was_not_delivered() -> None:
    outcome = judged(500, "disable")
    assert (outcome.state, outcome.error_class, outcome.disabled_for) == ("waiting", "server_error", "asked")


def test_a_success_may_be_the_last_one() -> None:
    outcome = judged(200, "disable")
    assert (outcome.state, outcome.error_class, outcome.disabled_for) == ("succeeded", None, "asked")
    assert judged(200, "abort") == outcomes.Outcome("succeeded")


def test_abort_and_a_pause_are_both_heard() -> None:
    outcome = judged(429, "abort", retry_after="30")
    assert (outcome.state, outcome.pause_until) == ("failed", NOW + timedelta(seconds=30))


def test_disable_is_stronger_than_a_pause() -> None:
    outcome = judged(503, "disable", retry_after="30")
    assert (outcome.disabled_for, outcome.pause_until, outcome.spent) == ("asked", None, True)


def test_other_words_and_broken_answers_ask_for_nothing() -> None:
    assert judged(500, "stop please").state == "waiting"
    assert judged(200, "disable", error="timeout").disabled_for is None


@pytest.mark.both_databases
def test_an_aborted_delivery_is_over_and_the_log_says_why(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: answer("409 Conflict", b"not mine", webhook_delivery="abort")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    (delivery,) = deliveries(cast)
    assert (delivery["state"], delivery["last_error"], delivery["attempts"]) == ("failed", "aborted", 1)
    (attempt,) = attempts(cast, delivery["id"])
    assert attempt["error_class"] == "aborted"
    assert attempt["response"]["headers"]["webhook-delivery"] == "abort"
    assert state_of(cast, made["id"]).status == "active"


@pytest.mark.both_databases
def test_a_receiver_that_asks_for_nothing_more_gets_what_waits_when_it_is_enabled(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: answer("500 Oops", webhook_delivery="disable")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    happen(cast)
    settle(pump)
    shown = state_of(cast, made["id"])
    assert (shown.status, shown.reason) == ("disabled", "asked")
    assert [row["state"] for row in deliveries(cast)] == ["held", "held"]
    assert len(receiver.received) == 1
    receiver.respond = lambda received: answer()
    with cast.writing():
        service.enable_endpoint(cast.actor("admin"), made["id"])
    settle(pump)
    assert [row["state"] for row in deliveries(cast)] == ["succeeded", "succeeded"]
