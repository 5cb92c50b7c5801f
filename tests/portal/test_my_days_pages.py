"""My days on pages: a month, a day with its steps, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from portico.domains.attendance import closing, service, sweeping
from portico.domains.attendance.schemas.punches import PunchCreate
from portico.kernel import clock
from portico.kernel.schemas import load
from tests.support import attendance
from tests.support.cast import Cast
from tests.support.faces import Faces, words
from tests.support.http import Api

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # nine in Berlin


@pytest.fixture
def week(cast: Cast) -> Iterator[Cast]:
    """Monday late, on Tuesday never out, on Wednesday nobody; it is Thursday morning."""
    with cast.writing():
        attendance.group(cast, "employee")
    with clock.held(MONDAY + timedelta(minutes=42)):
        for kind, hours in (("in", 3), ("break_start", 0.5), ("break_end", 5), ("out", 14.8), ("in", 48)):
            with cast.writing():
                service.clock_step(cast.actor("employee"), load(PunchCreate(), {"kind": kind}))
            clock.advance(timedelta(hours=hours))
        closing.sweep()
        sweeping.sweep()
        sweeping.recompute_stale()
        yield cast


def test_a_month_of_days_in_words(week: Cast, faces: Faces) -> None:
    page = words(faces("employee").get("/attendance/days"))
    for text in ("November 2026", "Times late 1", "Late: 42 min", "Clocked in and never out", "Days to look at 3"):
        assert text in page
    assert "Nobody clocked in although work was planned: 8 h 30 min" in page
    before = words(faces("employee").get("/attendance/days?month=2026-10"))
    assert ("October 2026" in before, "No days yet" in before) == (True, True)
    for nonsense in ("2026-13", "x", "2026-1", "9999-12"):
        assert "November 2026" in words(faces("employee").get(f"/attendance/days?month={nonsense}"))


def test_a_day_says_how_it_was_reckoned(week: Cast, faces: Faces) -> None:
    page = faces("employee").get("/attendance/days/2026-11-23")
    for text in (
        "Monday, November 23, 2026",
        "The shift Day goes from 09:00 to 17:30.",
        "Late by 42 min because the shift began at 09:00 and the first clock-in was at 09:42.",
        "Break began",
        "Times by the clocks of Europe/Berlin.",
        "Who can see this",
    ):
        assert text in words(page)
    assert '<rect class="day-bar-break"' in page.text


def test_what_nobody_ended_is_not_drawn_as_work(week: Cast, faces: Faces) -> None:
    page = faces("employee").get("/attendance/days/2026-11-24")
    assert "Clocked in at 09:00 and never out" in words(page)
    assert 'width="2"' in page.text


def test_everybody_sees_their_own_days_and_none_to_come(week: Cast, faces: Faces) -> None:
    employee = faces("employee")
    for on in ("2026-11-27", "2026-02-31", "yesterday", "20261123"):
        assert employee.get(f"/attendance/days/{on}").status_code == 404
    assert "Nothing was clocked" in words(employee.get("/attendance/days/2026-01-02"))
    assert "Nothing was clocked" in words(faces("agent").get("/attendance/days/2026-11-23"))
    assert "No days yet" in words(faces("agent").get("/attendance/days"))


def test_what_was_forgotten_is_asked_for_and_counts_once_somebody_agreed(week: Cast, faces: Faces, api: Api) -> None:
    employee, path = faces("employee"), "/attendance/days/2026-11-24"
    assert "Ask for a correction" in words(employee.get(path))
    blank = employee.post(f"{path}/corrections", {"kind": "out", "reason": "Forgot"})
    assert (blank.status_code, "A punch has a kind and a time." in words(blank)) == (422, True)
    future = employee.post("/attendance/days/2026-11-26/corrections", {"kind": "out", "at": "23:00", "reason": "x"})
    assert "That time is still to come." in words(future)
    asked = {"kind": "out", "at": "17:30", "reason": "My phone was empty"}
    page = employee.follow(employee.post(f"{path}/corrections", asked))
    assert "Who decides is told" in words(page)
    assert "Waits for a decision" in words(page)
    made = api("employee").get("/attendance/corrections").json["data"][0]
    assert (made["work_on"], made["occurred_at"], made["kind"]) == ("2026-11-24", "2026-11-24T16:30:00.000Z", "out")
    assert api("hr_admin").post(f"/attendance/corrections/{made['id']}/approve").status_code == 200
    sweeping.recompute_stale()
    after = words(employee.get(path))
    assert "Worked from 09:00 until 17:30." in after
    assert "by a correction" in after
    assert "Approved" in after


def test_a_wrong_punch_goes_and_one_can_take_it_back(week: Cast, faces: Faces, api: Api) -> None:
    employee, path = faces("employee"), "/attendance/days/2026-11-23"
    wrong = api("employee").get("/attendance/punches?filter[work_on]=2026-11-23&filter[kind]=break_end").json["data"][0]
    page = employee.follow(
        employee.post(f"{path}/corrections", {"kind": "none", "wrong": wrong["id"], "reason": "Slipped"})
    )
    assert "A punch should not be there" in words(page)
    made = api("employee").get("/attendance/corrections").json["data"][0]
    assert (made["punch_id"], made["kind"]) == (wrong["id"], None)
    back = employee.follow(employee.post(f"{path}/corrections/{made['id']}/withdraw"))
    assert "Taken back" in words(back)
    night = {"kind": "out", "at": "01:15", "next_day": "y", "wrong": "pun_nobodys", "reason": "Late"}
    assert employee.post(f"{path}/corrections", night).status_code == 422
    assert employee.post(f"{path}/corrections", {**night, "wrong": ""}).status_code == 303
    assert api("employee").get("/attendance/corrections").json["data"][0]["occurred_at"] == "2026-11-24T00:15:00.000Z"
