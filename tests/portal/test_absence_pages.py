"""Absences, overtime and corrections on pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.queries import requests
from portico.domains.directory import service as directory
from portico.kernel import clock
from portico.kernel.listing import ListQuery
from tests.domains.approvals.asking import manager
from tests.domains.attendance.leave import ask, decide, read
from tests.support import attendance
from tests.support.cast import Cast
from tests.support.faces import Faces, words

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.held(FRIDAY):
        yield


def own(cast: Cast) -> list[dict[str, Any]]:
    with cast.reading():
        return list(queries.page_of_absences(cast.actor("employee"), ListQuery()).rows)


def test_counted_asked_for_and_taken_back(faces: Faces, cast: Cast) -> None:
    page = faces("employee")
    assert "No absence so far" in words(page.get("/absences"))
    form = {
        "type_key": "vacation",
        "from_on": "2026-12-30",
        "from_slot": "pm",
        "to_on": "2027-01-04",
        "to_slot": "full",
    }
    counted = words(page.post("/absences/new", {**form, "step": "preview"}))
    assert "3.5 working days Wednesday, December 30, 2026 (half)" in counted
    assert "2026: 1.5 · 2027: 2.0" in counted
    assert own(cast) == []
    told = words(page.follow(page.post("/absences/new", {**form, "note": "Skiing"})))
    assert "You asked for it." in told
    assert "Vacation December 30, 2026 (afternoon) – January 4, 2027 “Skiing”" in told
    assert "There is an absence at that time already" in words(page.post("/absences/new", {**form, "step": "preview"}))
    assert page.post("/absences/new", form).status_code == 409
    [absence] = own(cast)
    shorter = {"from_on": "2026-12-31", "from_slot": "full", "to_on": "2027-01-01", "to_slot": "full"}
    assert "It is shorter." in words(page.follow(page.post(f"/absences/{absence['id']}/shorten", shorter)))
    assert "Cancelled." in words(page.follow(page.post(f"/absences/{absence['id']}/cancel")))
    assert own(cast)[0]["status"] == "cancelled"


def test_by_the_hour_on_the_first_day(faces: Faces, cast: Cast) -> None:
    with cast.writing():
        attendance.group(cast, "employee")
    page = faces("employee")
    form = {"type_key": "other", "from_on": "2026-12-01", "from_slot": "full", "to_slot": "full", "from_time": "10:00"}
    assert "Give both ends." in words(page.post("/absences/new", form))
    page.post("/absences/new", {**form, "until_time": "11:30"})
    [absence] = own(cast)
    assert absence["from_at"] == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert "December 1, 2026, 10:00 AM – 11:30 AM" in words(page.get("/absences"))


def test_what_has_begun_is_asked_for(faces: Faces, cast: Cast) -> None:
    absence = ask(cast, "2026-11-26", "2026-11-30")
    decide(cast, absence)
    page = faces("employee")
    text = words(page.follow(page.post(f"/absences/{absence['id']}/cancel")))
    assert "because it has begun" in text
    assert "You asked to cancel it" in text
    assert read(cast, absence)["pending_change"] is not None


def test_the_team_calendar_shows_reasons_to_the_manager_alone(faces: Faces, cast: Cast) -> None:
    manager(cast, "employee", "agent")
    with cast.writing():
        support = directory.create_department(cast.system(), name="Support")
        for name in ("employee", "agent", "developer"):
            places = {"departments": [{"id": support["id"], "primary": True}]}
            directory.update_employee(cast.system(), cast.employee_id(name), places)
    decide(cast, ask(cast, "2026-12-01", "2026-12-03", type_key="sick"), by="agent")
    ask(cast, "2026-12-10")
    sees = words(faces("agent").get("/absences/team?month=2026-12"))
    assert "December 2026" in sees
    assert "Sick leave: December 1, 2026 – December 3, 2026" in sees
    assert "Vacation, asked for" in sees
    beside = words(faces("developer").get("/absences/team?month=2026-12"))
    assert "Away: December 1, 2026 – December 3, 2026" in beside
    assert "Sick" not in beside
    assert "asked for: " not in beside
    assert "Vacation" not in beside
    assert "Nobody beside you" in words(faces("announcer").get("/absences/team?month=x"))


def test_an_address_for_the_calendar_is_shown_once(faces: Faces, cast: Cast) -> None:
    page = faces("employee")
    made = page.post("/absences/feeds", {"name": "My phone"})
    [address] = set(re.findall(r"http://127.0.0.1:8000/calendar/ptf_\w+\.ics", made.text))
    assert "My phone" in words(page.get("/absences"))
    assert address not in page.get("/absences").text
    feed = re.search(r"/absences/feeds/(cfd_\w+)/end", page.get("/absences").text)
    assert feed is not None
    assert "Its address leads nowhere now." in words(page.follow(page.post(f"/absences/feeds/{feed[1]}/end")))
    assert "This field is required" in words(page.post("/absences/feeds", {"name": " "}))


def test_overtime_is_asked_for_and_cancelled(faces: Faces, cast: Cast) -> None:
    page = faces("employee")
    assert "No overtime asked for" in words(page.get("/overtime"))
    form = {"work_on": "2026-11-27", "minutes": "90", "reason": "Stocktaking"}
    assert "asked for 1 h 30 min" in words(page.follow(page.post("/overtime", form)))
    assert page.post("/overtime", form).status_code == 409
    with cast.reading():
        [row] = requests.own_overtime(cast.actor("employee"))
    assert "Cancelled" in words(page.follow(page.post(f"/overtime/{row['id']}/cancel")))


def test_a_day_is_corrected(faces: Faces, cast: Cast) -> None:
    with cast.writing():
        attendance.group(cast, "employee")
    page = faces("employee")
    assert "Thursday, November 26, 2026" in words(page.get("/attendance/corrections/new?on=2026-11-26"))
    form = {"kind": "out", "time": "17:30", "reason": "Forgotten", "punch_id": "", "after_midnight": ""}
    text = words(page.follow(page.post("/attendance/corrections/new?on=2026-11-26", form)))
    assert "Thursday, November 26, 2026 Clocked out 5:30 PM “Forgotten”" in text
    with cast.reading():
        [row] = requests.own_corrections(cast.actor("employee"))
    assert row["occurred_at"] == datetime(2026, 11, 26, 16, 30, tzinfo=UTC)
    nothing = page.post("/attendance/corrections/new?on=2026-11-26", {**form, "kind": "", "time": ""})
    assert "Say which punch is missing" in words(nothing)
    assert "Withdrawn" in words(page.follow(page.post(f"/attendance/corrections/{row['id']}/withdraw")))
