"""The bell, the inbox, breaks and quiet hours on pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from portico.domains.directory import service as directory
from portico.domains.notifications import queries, service
from portico.kernel import clock
from portico.portal.quiet import read_intervals
from tests.support.cast import Cast
from tests.support.faces import words


def tell(cast: Cast, name: str, key: str = "one", **more: Any) -> None:
    with cast.writing():
        asked = {"title": f"Parcel {key}", "as_text": True, **more}
        service.notify(cast.system(), "app.message", [cast.employee_id(name)], key=key, **asked)


def ring_count(page: Any) -> str:
    return str(re.findall(r"data-bell-count[^>]*>([^<]*)<", page.text)[0])


def form_of(page: Any, ending: str) -> str:
    return str(next(path for path in re.findall(r'action="/w/acme([^"]+)"', page.text) if path.endswith(ending)))


def test_the_bell_of_every_page_counts_and_the_inbox_opens_what_it_is_about(faces, cast):
    agent = faces("agent")
    assert ring_count(agent.get("/people")) == ""
    tell(cast, "agent", url="/tickets")
    tell(cast, "agent", "two")
    page = agent.get("/notifications")
    assert ring_count(page) == "2"
    assert 'aria-label="Notifications, 2 unread"' in page.text
    assert agent.get("/notifications/bell").json == {"label": "2", "text": "Notifications, 2 unread"}
    opened = agent.post(form_of(page, "/open").replace(form_of(page, "/open"), opens(page, "Parcel one")))
    assert (opened.status_code, opened.headers["Location"]) == (303, "/w/acme/tickets")
    assert ring_count(agent.get("/people")) == "1"
    assert "Parcel one" not in words(agent.get("/notifications?show=unread"))


def opens(page: Any, title: str) -> str:
    rows = re.findall(r'action="/w/acme([^"]+/open)".*?>([^<>]*)</button>', page.text, re.DOTALL)
    return str(next(path for path, text in rows if text.strip().endswith(title)))


def test_all_that_was_on_the_page_is_read_and_no_more(faces, cast):
    tell(cast, "agent")
    agent = faces("agent")
    until = re.findall(r'name="until" value="([^"]+)"', agent.get("/notifications").text)[0]
    tell(cast, "agent", "two")
    assert "1 notification is read" in words(agent.follow(agent.post("/notifications/read", {"until": until})))
    assert ring_count(agent.get("/people")) == "1"


def test_a_muted_kind_is_under_its_tab_and_is_heard_again(faces, cast):
    agent = faces("agent")
    agent.post("/notifications/mute", {"kind": "app.message", "muted": "true"})
    tell(cast, "agent")
    assert "Nobody told you anything yet" in words(agent.get("/notifications"))
    assert "Parcel one" in words(agent.get("/notifications?show=muted"))
    agent.post("/notifications/mute", {"kind": "app.message", "muted": "false"})
    tell(cast, "agent", "two")
    assert ring_count(agent.get("/notifications")) == "1"


def test_who_is_away_for_days_is_back_on_a_weekday(faces, cast):
    with cast.writing():
        until = clock.now() + timedelta(days=3)
        directory.set_presence(cast.actor("agent"), availability="on_leave", clears_at=until)
    page = words(faces("employee").get("/people"))
    assert re.search(r"On leave until (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d", page)


@pytest.mark.parametrize("minutes", ["15", "tomorrow", "999999", "-3", "x"])
def test_a_break_is_seen_on_every_page_until_it_is_ended(faces, cast, minutes):
    agent = faces("agent")
    begun = agent.post("/presence/break", {"minutes": minutes, "next": "/w/acme/people"})
    assert begun.headers["Location"] == "/w/acme/people"
    tell(cast, "agent")
    page = agent.get("/notifications")
    assert "On a break until" in words(page)
    assert "Held until" in words(page)
    assert ring_count(page) == ""
    assert "On a break" in words(faces("employee").get("/people"))
    agent.post("/presence/break/end")
    page = agent.get("/notifications")
    assert "On a break until" not in words(page)


def test_nobody_is_sent_elsewhere_after_a_break(faces):
    begun = faces("agent").post("/presence/break", {"minutes": "15", "next": "https://evil.example/"})
    assert begun.headers["Location"] == "/w/acme/"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("9-17", [{"from": "09:00", "to": "17:00"}]),
        ("9:00–12:30, 13.30 - 18", [{"from": "09:00", "to": "12:30"}, {"from": "13:30", "to": "18:00"}]),
        ("22:00-24:00，0-6", [{"from": "22:00", "to": "24:00"}, {"from": "00:00", "to": "06:00"}]),
        ("nine to five", None),
        ("9-", None),
        ("9:0-17", None),
    ],
)
def test_hours_are_read_as_people_write_them(text, expected):
    assert read_intervals(text) == expected


def test_quiet_hours_and_ways_are_saved_and_shown(faces, cast):
    employee = faces("employee")
    page = employee.get("/notifications/settings")
    assert "A ticket is given to me" in words(page)
    form = {
        "mon": "9-12:30, 13:30-18",
        "timezone": "Europe/Berlin",
        "hold_outside": "y",
        "digest_at": "08:30",
        "version": "0",
        "muted": "ticket.written",
        "ways": ["app.message email", "app.message push"],
    }
    assert employee.post("/notifications/settings", form).status_code == 303
    with cast.reading():
        policy = queries.policy_of(cast.actor("employee"))
        mutes = queries.mutes_of(cast.actor("employee"))
    assert policy["working_hours"]["mon"][1] == {"from": "13:30", "to": "18:00"}
    assert (policy["digest_at"], policy["hold_outside"], policy["urgent_allowed"]) == ("08:30", True, False)
    assert policy["channels"]["ticket.assigned"] == []
    assert "app.message" not in policy["channels"]
    assert mutes["kinds"] == ["ticket.written"]
    page = employee.get("/notifications/settings")
    assert 'value="09:00-12:30, 13:30-18:00"' in page.text
    late = employee.post("/notifications/settings", {**form, "version": "0"})
    assert late.status_code == 412


@pytest.mark.parametrize(
    ("line", "said"),
    [("noon", "Write it as"), ("9-12, 11-13", "do not overlap"), ("18-9", "do not overlap"), ("25-26", "Write it as")],
)
def test_what_are_no_hours_is_said_at_the_day(faces, line, said):
    refused = faces("employee").post("/notifications/settings", {"tue": line, "version": "0"})
    assert refused.status_code == 422
    assert said in words(refused)
    assert f'value="{line}"' in refused.text


def test_people_see_who_rang_through_their_quiet_time(faces, cast):
    with cast.writing():
        directory.take_break(cast.actor("employee"), minutes=30)
        service.notify(
            cast.actor("announcer"),
            "app.message",
            [cast.employee_id("employee")],
            title="The building is evacuated",
            as_text=True,
            urgent=True,
            key="fire",
        )
    page = words(faces("employee").get("/me/seen"))
    assert "The building is evacuated" in page
    assert "Announcer" in page
    assert "it rang through your quiet time" in words(faces("employee").get("/notifications"))


def test_who_gives_a_ticket_sees_who_is_away(faces, cast):
    with cast.writing():
        directory.take_break(cast.actor("agent"), minutes=30)
    assert "Agent (On a break until" in words(faces("support_admin").get("/tickets/new"))
    assert "On a break until" in words(faces("support_admin").get(f"/people/{cast.employee_id('agent')}"))
