"""Working hours: the night of the clock change, the end of the day, and days without any."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.domains.directory.working_hours import WEEKDAYS, Hours, inside, next_at, next_start, spans

BERLIN = ZoneInfo("Europe/Berlin")
HOURS: Hours = {
    "fri": [{"from": "09:00", "to": "12:00"}, {"from": "13:00", "to": "17:30"}],
    "sat": [{"from": "22:00", "to": "24:00"}],
    "sun": [{"from": "00:00", "to": "06:00"}],
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-27T08:59:59", False),
        ("2026-11-27T09:00", True),
        ("2026-11-27T12:00", False),
        ("2026-11-27T13:00", True),
        ("2026-11-27T17:30", False),
        ("2026-11-28T23:59:59", True),
        ("2026-11-29T00:00", True),
        ("2026-11-29T06:00", False),
        ("2026-11-30T10:00", False),
    ],
)
def test_an_interval_holds_its_beginning_and_not_its_end(moment: str, expected: bool) -> None:
    assert inside(HOURS, BERLIN, at(moment)) is expected


def test_where_no_hours_are_known_it_is_always_within() -> None:
    assert inside({}, BERLIN, at("2026-11-27T03:00"))
    assert inside({"mon": []}, BERLIN, at("2026-11-27T03:00"))
    assert next_start({}, BERLIN, at("2026-11-27T03:00")) is None


def test_the_night_of_the_clock_change_has_its_true_length() -> None:
    night: Hours = {"sun": [{"from": "00:00", "to": "06:00"}]}
    (spring,) = spans(night, BERLIN, date(2026, 3, 29))
    (autumn,) = spans(night, BERLIN, date(2026, 10, 25))
    assert (spring[1] - spring[0], autumn[1] - autumn[0]) == (timedelta(hours=5), timedelta(hours=7))


def test_a_beginning_in_the_gap_is_the_moment_after_it() -> None:
    early: Hours = {"sun": [{"from": "02:30", "to": "06:00"}]}
    assert next_start(early, BERLIN, at("2026-03-29T01:59")) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_next_beginning_may_be_a_week_ahead() -> None:
    assert next_start(HOURS, BERLIN, at("2026-11-27T12:30")) == at("2026-11-27T13:00")
    assert next_start({"fri": HOURS["fri"][:1]}, BERLIN, at("2026-11-27T09:00")) == at("2026-12-04T09:00")


def test_the_digest_comes_on_days_that_have_hours() -> None:
    assert next_at(HOURS, BERLIN, at("2026-11-27T18:00"), "08:30") == at("2026-11-28T08:30")
    assert next_at(HOURS, BERLIN, at("2026-11-29T18:00"), "08:30") == at("2026-12-04T08:30")
    assert next_at({}, BERLIN, at("2026-11-30T18:00"), "08:30") == at("2026-12-01T08:30")


_minute = st.integers(0, 1440)


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(WEEKDAYS), st.tuples(_minute, _minute).filter(lambda pair: pair[0] < pair[1])),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns"]),
    st.integers(0, 2 * 365 * 24 * 60),
)
def test_the_hours_begin_where_they_say(days: dict[str, tuple[int, int]], name: str, minute: int) -> None:
    """Outside, the next beginning is ahead, within the hours, and nothing before it is."""
    hours: Hours = {
        day: [{"from": f"{start // 60:02d}:{start % 60:02d}", "to": f"{end // 60:02d}:{end % 60:02d}"}]
        for day, (start, end) in days.items()
    }
    zone, moment = ZoneInfo(name), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    begins = next_start(hours, zone, moment)
    if not hours or inside(hours, zone, moment):
        return
    assert begins is not None
    assert moment < begins <= moment + timedelta(days=8, hours=2)
    assert inside(hours, zone, begins)
    assert not inside(hours, zone, begins - timedelta(milliseconds=1)) or begins - moment < timedelta(milliseconds=1)
