"""Ids sort by time, are unguessable, and have one form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portico.kernel import clock, ids

MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def test_ids_of_one_process_rise_even_within_a_millisecond() -> None:
    with clock.held(clock.now()):
        made = [ids.new_id("con") for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


@given(MOMENTS, st.integers(1, 10**9))
def test_text_order_is_time_order(moment: datetime, milliseconds: int) -> None:
    with clock.held(moment):
        earlier = ids.new_id("con")
    later_moment = min(moment + timedelta(milliseconds=milliseconds), datetime(9999, 1, 1, tzinfo=UTC))
    with clock.held(later_moment):
        later = ids.new_id("con")
    assert earlier < later
    assert all(ids.is_id(made, "con") for made in (earlier, later))


def test_an_id_is_a_uuid_of_version_7() -> None:
    """RFC 9562 section 5.7: 48 bits of milliseconds, version 7, variant 10."""
    with clock.held(datetime(2026, 11, 22, tzinfo=UTC)):
        body = ids.new_id("con").partition("_")[2]
    number = int(body, 32)
    assert len(body) == 26
    assert number >> 80 == int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)
    assert (number >> 76) & 0xF == 7
    assert (number >> 62) & 0b11 == 0b10


@given(st.text(max_size=40))
def test_other_text_is_no_id(text: str) -> None:
    assert not ids.is_id(text, "con")


def test_forms_that_are_nearly_an_id() -> None:
    good = ids.new_id("con")
    assert ids.is_id(good, "con")
    assert not ids.is_id(good, "tkt")
    for bad in (good.upper(), good + "0", good[:-1], good + "\n", " " + good, good.replace("_", "-"), None, 5, b"x"):
        assert not ids.is_id(bad, "con"), bad
    assert not ids.is_id("con_8" + good[5:], "con"), "26 characters hold 130 bits; a UUID has 128"


@given(MOMENTS)
def test_a_stretch_of_time_begins_at_its_least_id(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)  # a float of seconds does not hold each millisecond of far years
    with clock.held(moment):
        made = ids.new_id("at")
    with clock.held(moment - timedelta(milliseconds=2)):
        earlier = ids.new_id("at")
    assert earlier < ids.least_id("at", moment) <= made
