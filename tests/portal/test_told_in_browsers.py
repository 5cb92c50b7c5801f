"""Web push as people meet it: switched on in a browser, told there, over with the session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portico.domains.directory import service as directory
from portico.domains.notifications import queries, service, sweeping
from portico.kernel import clock, jobs
from tests.support.browsers import PushBrowser
from tests.support.cast import Cast
from tests.support.faces import words
from tests.support.loopback_servers import LoopbackServer, Received, answer


class PushService:
    """Answers as it is told to, and keeps what came."""

    def __init__(self) -> None:
        self.status = "201 Created"
        self.server = LoopbackServer(respond=lambda received: answer(self.status))

    def browser(self, name: str = "one") -> PushBrowser:
        return PushBrowser(self.server.url(f"/push/{name}"))

    @property
    def received(self) -> list[Received]:
        return self.server.received


@pytest.fixture
def pushes() -> Iterator[PushService]:
    made = PushService()
    with made.server:
        yield made


def tell(cast: Cast, name: str, key: str = "one", **more: Any) -> None:
    with cast.writing():
        asked = {"title": f"Parcel {key}", "body": "At the door", "as_text": True, "url": "/tickets", **more}
        service.notify(cast.system(), "app.message", [cast.employee_id(name)], key=key, **asked)


def work() -> None:
    sweeping.sweep()
    while jobs.drain():
        pass


def switch_on(face: Any, browser: PushBrowser) -> Any:
    face.post("/notifications/browsers/key")
    return face.post("/notifications/browsers", browser.fields)


def names(cast: Cast, name: str) -> int:
    with cast.reading():
        return len(queries.browsers_of_actor(cast.actor(name)))


def test_what_is_told_is_sealed_for_the_browser_in_which_it_was_switched_on(faces, cast, pushes):
    agent, browser = faces("agent"), pushes.browser()
    first = agent.post("/notifications/browsers/key").json
    assert agent.post("/notifications/browsers/key").json == first, "it is one for good"
    assert switch_on(agent, browser).status_code == 201
    tell(cast, "agent")
    tell(cast, "admin", "other")
    work()
    (came,) = pushes.received
    told = {"title": "Parcel one", "body": "At the door", "url": "http://127.0.0.1:8000/w/acme/tickets"}
    assert browser.read(came.body) == told
    assert came.headers["authorization"].endswith(f"k={first['key']}")
    assert b"Parcel" not in came.body
    work()
    assert len(pushes.received) == 1


def test_each_browser_of_a_person_is_told_and_one_that_is_no_more_is_forgotten(faces, cast, pushes):
    agent = faces("agent")
    for name in ("one", "two"):
        switch_on(agent, pushes.browser(name))
    tell(cast, "agent")
    work()
    assert sorted(one.line.split()[1] for one in pushes.received) == ["/push/one", "/push/two"]
    pushes.status = "410 Gone"
    tell(cast, "agent", "two")
    work()
    assert names(cast, "agent") == 0
    tell(cast, "agent", "three")
    work()
    assert len(pushes.received) == 4


def test_it_is_tried_again_when_no_push_service_takes_it(faces, cast, pushes):
    browser = pushes.browser()
    switch_on(faces("agent"), browser)
    pushes.status = "503 Service Unavailable"
    tell(cast, "agent")
    work()
    pushes.status = "201 Created"
    work()
    assert len(pushes.received) == 1, "not before its time"
    with clock.held(clock.now() + timedelta(seconds=31)):
        work()
    assert [browser.read(one.body)["title"] for one in pushes.received] == ["Parcel one"] * 2


def test_it_waits_for_the_end_of_a_break(faces, cast, pushes):
    browser = pushes.browser()
    switch_on(faces("agent"), browser)
    with cast.writing():
        directory.take_break(cast.actor("agent"), minutes=30)
    tell(cast, "agent")
    work()
    assert pushes.received == []
    with clock.held(clock.now() + timedelta(minutes=31)):
        work()
    assert [browser.read(one.body)["title"] for one in pushes.received] == ["Parcel one"]


def test_a_kind_that_does_not_leave_by_browsers_does_not(faces, cast, pushes):
    agent = faces("agent")
    switch_on(agent, pushes.browser())
    with cast.writing():
        service.put_policy(cast.actor("agent"), {"channels": {"app.message": ["email"]}})
    tell(cast, "agent")
    work()
    assert pushes.received == []


def test_signing_out_ends_it(faces, cast, pushes):
    agent = faces("agent")
    switch_on(agent, pushes.browser())
    assert names(cast, "agent") == 1
    agent.post("/sign-out")
    assert names(cast, "agent") == 0
    tell(cast, "agent")
    work()
    assert pushes.received == []


def test_a_browser_is_one_persons_at_a_time(faces, cast, pushes):
    browser = pushes.browser()
    switch_on(faces("agent"), browser)
    switch_on(faces("admin"), browser)
    assert (names(cast, "agent"), names(cast, "admin")) == (0, 1)
    tell(cast, "agent")
    work()
    assert pushes.received == []


def test_who_has_many_browsers_is_told_in_the_newest_ten(faces, cast, pushes):
    agent = faces("agent")
    for number in range(11):
        switch_on(agent, pushes.browser(str(number)))
    tell(cast, "agent")
    work()
    assert {one.line.split()[1] for one in pushes.received} == {f"/push/{number}" for number in range(1, 11)}


def test_the_settings_list_it_and_switch_it_off_and_nobody_elses(faces, cast, pushes):
    agent, admin = faces("agent"), faces("admin")
    switch_on(agent, pushes.browser())
    page = agent.get("/notifications/settings")
    assert "This browser" in words(page)
    (path,) = re.findall(r'action="/w/acme(/notifications/browsers/[^"]+/forget)"', page.text)
    admin.post(path)
    assert names(cast, "agent") == 1
    assert "tells you nothing any more" in words(agent.follow(agent.post(path)))
    assert names(cast, "agent") == 0


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"endpoint": "http://10.0.0.1/push"}, "/endpoint"),
        ({"endpoint": "nowhere"}, "/endpoint"),
        ({"endpoint": ""}, "/endpoint"),
        ({"p256dh": "AAAA"}, "/p256dh"),
        ({"auth": "AAAA"}, "/auth"),
    ],
)
def test_what_is_no_browser_is_refused_with_the_reason(faces, cast, pushes, wrong, pointer):
    agent = faces("agent")
    refused = agent.post(
        "/notifications/browsers", {**pushes.browser().fields, **wrong}, headers={"Accept": "application/json"}
    )
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert names(cast, "agent") == 0
