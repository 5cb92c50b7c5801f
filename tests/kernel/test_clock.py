"""One clock: UTC, in whole milliseconds, and one way to write an instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kernel import clock

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001


def test_now_is_utc_in_milliseconds() -> None:
    moment = clock.now()
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=5)


def test_a_held_clock_stands_advances_and_nests() -> None:
    outer = datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC)
    with clock.held(outer):
        assert clock.now() == clock.now() == outer.replace(microsecond=999_000)
        clock.advance(timedelta(seconds=1))
        with clock.held(datetime(2000, 1, 1, tzinfo=timezone(timedelta(hours=2)))):
            assert clock.now() == datetime(1999, 12, 31, 22, tzinfo=UTC)
            assert clock.now().tzinfo is UTC
        assert clock.rfc3339(clock.now()) == "2026-03-29T01:00:00.999Z"
    assert clock.now() > outer


def test_a_running_clock_is_not_moved() -> None:
    with pytest.raises(RuntimeError, match="not held"):
        clock.advance(timedelta(seconds=1))


@given(MOMENTS)
def test_an_instant_is_written_in_utc_with_milliseconds_and_sorts(moment: datetime) -> None:
    text = clock.rfc3339(moment)
    assert len(text) == 24
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert text <= clock.rfc3339(moment + timedelta(milliseconds=1))
