"""Calendar feeds: read back by the library that wrote them, as a calendar would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Component

from portico.domains.attendance.errors import TooManyFeeds
from portico.domains.attendance.models import CalendarFeed
from portico.domains.attendance.service import absence_changes, feeds
from portico.kernel import clock
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import system_unit
from tests.domains.approvals.asking import depart
from tests.domains.attendance.leave import ask, decide
from tests.support import attendance
from tests.support.cast import Cast
from tests.support.http import Api


@pytest.fixture(autouse=True)
def october() -> Iterator[None]:
    with clock.held(datetime(2026, 10, 20, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def address(cast: Cast) -> str:
    with cast.writing():
        attendance.group(cast, "employee")
        url: str = feeds.create_feed(cast.actor("employee"), "My phone")["url"]
    return url.removeprefix("http://127.0.0.1:8000")


def fetch(api: Api, address: str, status: int = 200, **headers: str) -> Any:
    answer = api.app.test_client().get(address, headers=headers)
    assert answer.status_code == status
    return answer


def read(api: Api, address: str) -> Component:
    answer = fetch(api, address)
    assert answer.content_type == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.data)


def events(calendar: Component, summary: str) -> list[Component]:
    return [event for event in calendar.walk("VEVENT") if event["SUMMARY"] == summary]


def test_e_i_06_zones_are_described_on_both_sides_of_the_clock_change(api: Api, address: str) -> None:
    calendar = read(api, address)
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Berlin"
    shifts = {event["DTSTART"].dt.date(): event for event in events(calendar, "Day")}
    # The clocks go back on the 25th of October: nine in the morning is another instant before than after.
    for on, hour in ((date(2026, 10, 24), 7), (date(2026, 10, 26), 8)):
        start = shifts[on]["DTSTART"]
        assert start.params["TZID"] == "Europe/Berlin"
        assert start.dt.astimezone(UTC) == datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
    # By the file's own description alone, as a calendar that knows no zones reads it.
    described = zone.to_tz()
    offsets = [datetime(2026, 10, day, 9, tzinfo=described).utcoffset() for day in (24, 26)]
    assert offsets == [timedelta(hours=2), timedelta(hours=1)]
    assert datetime(2027, 4, 1, 9, tzinfo=described).utcoffset() == timedelta(hours=2)


def test_e_i_07_all_day_ends_on_the_first_day_that_is_not_of_it(cast: Cast, api: Api, address: str) -> None:
    decide(cast, ask(cast, "2026-10-28", "2026-10-30", note="Sea; sun, sand"))
    decide(cast, ask(cast, "2026-11-02 pm"))
    calendar = read(api, address)
    whole, half = events(calendar, "Vacation")
    assert (whole["DTSTART"].dt, whole["DTEND"].dt) == (date(2026, 10, 28), date(2026, 10, 31))
    assert (whole["STATUS"], whole["DESCRIPTION"]) == ("CONFIRMED", "Sea; sun, sand")
    assert half["DTSTART"].dt.astimezone(UTC) == datetime(2026, 11, 2, 12, 15, tzinfo=UTC)
    days = {event["DTSTART"].dt.date() for event in events(calendar, "Day")}
    assert date(2026, 10, 29) not in days  # who is away has no shift
    assert date(2026, 11, 2) in days
    uids = [event["UID"] for event in calendar.walk("VEVENT")]
    assert len(uids) == len(set(uids))


def test_e_i_08_cancelled_shows_cancelled_and_asked_for_tentative(cast: Cast, api: Api, address: str) -> None:
    absence = ask(cast, "2026-10-28")
    [asked] = events(read(api, address), "Vacation")
    decide(cast, absence)
    with cast.writing():
        absence_changes.cancel_absence(cast.actor("employee"), absence["id"])
    [gone] = events(read(api, address), "Vacation")
    assert (asked["STATUS"], gone["STATUS"]) == ("TENTATIVE", "CANCELLED")
    assert asked["UID"] == gone["UID"]
    assert (asked["SEQUENCE"], gone["SEQUENCE"]) == (0, 2)


def test_e_i_09_a_revoked_address_leads_nowhere(cast: Cast, api: Api, address: str) -> None:
    for wrong in ("/calendar/ptf_x.ics", f"/calendar/{'x' * 60}.ics", address.replace("ptf_", "ptp_")):
        fetch(api, wrong, 404)
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    with system_unit("tests: what is kept of a feed") as work:
        [row] = work.query(CalendarFeed).all()
        assert token not in repr(vars(row))
    with cast.writing(), pytest.raises(NotFound):
        feeds.revoke_feed(cast.actor("agent"), row.id)
    with cast.writing():
        feeds.revoke_feed(cast.actor("employee"), row.id)
    fetch(api, address, 404)


def test_nobody_reads_the_calendar_of_who_left(cast: Cast, api: Api, address: str) -> None:
    fetch(api, address)
    depart(cast, "employee")
    fetch(api, address, 404)


def test_what_has_not_changed_is_not_sent_again(cast: Cast, api: Api, address: str) -> None:
    first = fetch(api, address)
    assert fetch(api, address, 304, **{"If-None-Match": first.headers["ETag"]}).data == b""
    ask(cast, "2026-10-28")
    assert fetch(api, address, **{"If-None-Match": first.headers["ETag"]}).headers["ETag"] != first.headers["ETag"]
    assert "private" in first.headers["Cache-Control"]


def test_one_has_ten_feeds_and_no_more(cast: Cast) -> None:
    with cast.writing(), pytest.raises(TooManyFeeds):
        for number in range(11):
            feeds.create_feed(cast.actor("agent"), f"Phone {number}")
