"""The clock on pages: what comes next, sent twice, from a page that is out of date, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portico.kernel import clock
from tests.support import attendance
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces, words
from tests.support.http import Api

MORNING = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # nine in Berlin, a Thursday


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.held(MORNING):
        yield


@pytest.fixture
def office(cast: Cast) -> Cast:
    with cast.writing():
        attendance.group(cast, "employee")
    return cast


def press(browser: Browser, kind: str, **more: Any) -> TestResponse:
    return browser.follow(browser.post("/attendance/clock", {"kind": kind, **more}))


def punches(api: Api) -> list[dict[str, Any]]:
    return list(api("employee").get("/attendance/punches?sort=occurred_at").json["data"])


def test_a_day_by_the_button(office: Cast, faces: Faces, api: Api) -> None:
    employee = faces("employee")
    page = employee.get("/attendance")
    assert page.status_code == 200
    for text in ("Thursday, November 26, 2026", "Clock in", "Day: 9:00", "No place: your group does not ask for one"):
        assert text in words(page)
    assert "data-asks-place" not in page.text
    inside = press(employee, "in", timezone="Europe/Berlin")
    assert "You are clocked in." in words(inside)
    assert 'value="out"' in inside.text
    assert 'value="in"' not in inside.text
    clock.advance(timedelta(hours=3, minutes=24))
    assert "3 h 24 min" in words(employee.get("/attendance"))
    assert "Your break has begun." in words(press(employee, "break_start", note="Lunch"))
    clock.advance(timedelta(minutes=30))
    assert "Welcome back." in words(press(employee, "break_end"))
    clock.advance(timedelta(hours=4))
    assert "You are clocked out." in words(press(employee, "out"))
    assert [(one["kind"], one["note"]) for one in punches(api)] == [
        ("in", None),
        ("break_start", "Lunch"),
        ("break_end", None),
        ("out", None),
    ]
    assert punches(api)[0]["client_timezone"] == "Europe/Berlin"


def test_sent_twice_it_is_one_step(office: Cast, faces: Faces, api: Api) -> None:
    employee = faces("employee")
    press(employee, "in")
    assert "a moment ago already" in words(press(employee, "in"))
    clock.advance(timedelta(minutes=5))
    # From a page that is out of date.
    assert "You are clocked in already." in words(press(employee, "in"))
    assert len(punches(api)) == 1


def test_what_nobody_can_send_breaks_nothing(office: Cast, faces: Faces, api: Api) -> None:
    employee = faces("employee")
    nonsense = {"timezone": "Mars/Olympus", "lat": "north", "lng": "nan", "accuracy_m": "-1"}
    assert "Some fields are wrong" in words(press(employee, "in", **nonsense))
    assert "Some fields are wrong" in words(press(employee, "sideways"))
    assert "Some fields are wrong" in words(press(employee, "in", note="x" * 501))
    assert punches(api) == []


def test_the_first_page_has_the_clock_for_who_has_one(office: Cast, faces: Faces) -> None:
    employee = faces("employee")
    assert "Clock in" in words(employee.get("/"))
    back = employee.post("/attendance/clock", {"kind": "in", "back": "home"})
    assert back.headers["Location"].endswith("/w/acme/")
    assert "Clocked in since 9:00" in words(employee.follow(back))
    assert "Clock in" not in words(faces("agent").get("/"))


def test_who_clocks_nowhere_or_elsewhere_is_told_so(cast: Cast, faces: Faces) -> None:
    with cast.writing():
        attendance.group(cast, "agent", punch_methods=["kiosk"])
    assert "Nothing to clock for" in words(faces("employee").get("/attendance"))
    there = faces("agent").get("/attendance")
    assert "Your group does not clock here" in words(there)
    assert "data-clock" not in there.text


def test_a_place_is_asked_for_only_where_the_rule_wants_it(cast: Cast, faces: Faces, api: Api) -> None:
    with cast.writing():
        place = attendance.location(cast)
        attendance.group(cast, "employee", location_ids=[place], field_punch="approval")
    employee = faces("employee")
    page = employee.get("/attendance")
    assert "data-asks-place" in page.text
    assert "Where your device says it is" in words(page)
    # Without scripts there is none, and somebody looks at it.
    assert "waits for your manager or HR" in words(press(employee, "in"))
    clock.advance(timedelta(hours=1))
    press(employee, "out", lat="48.0", lng="11.0", accuracy_m="12.5")
    assert [(one["status"], one["evidence"]) for one in punches(api)] == [
        ("pending", "no_evidence"),
        ("accepted", "inside"),
    ]


def test_both_zones_when_travelling(cast: Cast, faces: Faces, api: Api) -> None:
    with cast.writing():
        attendance.group(cast, "employee", zone="Asia/Shanghai")
    path = f"/employees/{cast.employee_id('employee')}"
    assert api("hr_admin").patch(path, json={"timezone": "Europe/Berlin"}).status_code == 200
    page = words(faces("employee").get("/attendance"))
    assert "counts in Asia/Shanghai, where it is Nov 26, 2026, 4:00" in page
    assert "Where you are (Europe/Berlin) it is Nov 26, 2026, 9:00" in page


def test_managers_and_hr_decide_on_pages(cast: Cast, faces: Faces, api: Api) -> None:
    with cast.writing():
        attendance.group(cast, "employee", location_ids=[attendance.location(cast)], field_punch="approval")
    manager = {"manager_id": cast.employee_id("agent")}
    assert api("hr_admin").patch(f"/employees/{cast.employee_id('employee')}", json=manager).status_code == 200
    press(faces("employee"), "in", note="At a customer's", lat="50", lng="11", accuracy_m="20")
    agent, hr = faces("agent"), faces("hr_admin")
    assert "1 punch of your people waits for you" in words(agent.get("/attendance"))
    waiting = agent.get("/attendance/team")
    assert "At a customer's" in words(waiting)
    assert "50.00000" not in waiting.text  # where exactly is not for managers
    assert "At 50.00000, 11.00000, exact to 20 m" in words(hr.get("/admin/punches"))
    punch_id = punches(api)[0]["id"]
    assert "500 characters" in words(agent.follow(agent.post(f"/attendance/team/{punch_id}", {"note": "x" * 501})))
    done = agent.post(f"/attendance/team/{punch_id}", {"decision": "accept", "note": "I know of it"})
    assert "Accepted. It counts." in words(agent.follow(done))
    late = hr.post(f"/attendance/team/{punch_id}", {"decision": "reject", "back": "admin"})
    assert late.headers["Location"].endswith("/admin/punches")
    assert "waits for no decision" in words(hr.follow(late))
    assert "I know of it" in words(faces("employee").get("/attendance"))
    assert faces("employee").get("/admin/punches").status_code == 403
    assert "Nothing waits" in words(faces("developer").get("/attendance/team"))
