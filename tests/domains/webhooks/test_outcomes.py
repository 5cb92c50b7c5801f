"""What an answer means: without any database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from portico.domains.webhooks import outcomes
from portico.kernel.outbound import Answer

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def _answer(status: int | None, error: str | None = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, b"", error, "", 0, 0, 1, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 1),
        ("7", 7),
        ("99999999999999", 86400),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 1),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 86400),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_within_its_limits(value: str, seconds: int | None) -> None:
    pause = outcomes.pause_asked(_answer(429, retry_after=value), NOW)
    assert pause == (None if seconds is None else timedelta(seconds=seconds))


def test_only_429_and_503_can_ask_for_time() -> None:
    assert outcomes.pause_asked(_answer(500, retry_after="5"), NOW) is None
    assert outcomes.pause_asked(_answer(503, retry_after="5"), NOW) == timedelta(seconds=5)


def test_a_pause_spends_nothing() -> None:
    outcome = outcomes.judge(_answer(429, retry_after="30"), 12, NOW)
    assert (outcome.state, outcome.spent, outcome.pause_until) == ("waiting", False, NOW + timedelta(seconds=30))


def test_the_last_attempt_ends_it() -> None:
    last = len(outcomes.SCHEDULE) - 1
    assert outcomes.judge(_answer(500), last - 1, NOW).state == "waiting"
    assert outcomes.judge(_answer(500), last, NOW).state == "failed"


def test_all_attempts_fit_into_the_time_to_live() -> None:
    longest = sum(outcomes.SCHEDULE) * (1 + outcomes.JITTER)
    assert longest < outcomes.TIME_TO_LIVE.total_seconds()


def test_every_error_has_its_class() -> None:
    classes = {status: outcomes.judge(_answer(status), 0, NOW).error_class for status in (301, 404, 410, 500, 204)}
    assert classes == {301: "redirect", 404: "rejected", 410: "gone", 500: "server_error", 204: None}
    assert outcomes.judge(_answer(None, "dns"), 0, NOW).error_class == "dns"
    assert outcomes.judge(_answer(200, "timeout"), 0, NOW).error_class == "timeout"
