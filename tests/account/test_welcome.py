"""The three doors of the demo, and the guided minutes behind them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from portico.domains.audit import service
from tests.support.cast import PASSWORD
from tests.support.faces import Faces, words

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def demo(app, cast, settings, monkeypatch):
    """The cast as the demo offers it."""
    names = ("admin", "agent", "employee", "developer")
    users = {name: {"email": cast.email(name), "password": PASSWORD} for name in names}
    settings.home.mkdir(exist_ok=True, parents=True)
    (settings.home / "demo.json").write_text(json.dumps({"users": users}))
    monkeypatch.setitem(
        app.extensions, "portico_settings", replace(app.extensions["portico_settings"], mode="demo", home=settings.home)
    )
    return Faces(app, cast)


def test_each_door_leads_to_its_guide_which_ticks_and_can_be_hidden(demo):
    page = words(demo.app.test_client().get("/", base_url=HERE))
    assert all(door in page for door in ("I run a company", "I write apps", "I work here"))
    for door, place, title in (
        ("company", "/w/acme/admin/", "Five minutes for who runs a company"),
        ("apps", "/w/acme/console/", "Five minutes for who writes apps"),
        ("work", "/w/acme/", "Five minutes for who works here"),
    ):
        browser = demo(None)
        answer = browser.post("/sign-in/welcome", {"door": door})
        assert answer.headers["Location"] == place
        assert title in words(browser.follow(answer))

    assert "0 of 4 done" in words(browser.get("/"))
    asked = {"subject": "A chair", "body": "Mine is broken", "comment": "Mine is broken"}
    assert browser.post("/tickets/new", asked).status_code == 302
    service.derive()
    assert "1 of 4 done" in words(browser.get("/"))
    assert browser.post("/guide/end", {"next": "/w/acme/"}).status_code == 303
    assert "Five minutes" not in words(browser.get("/"))
    assert browser.post("/sign-in/welcome", {"door": "cellar"}).status_code == 404


def test_outside_of_the_demo_the_front_page_asks_who_comes(app, cast):
    assert app.test_client().get("/", base_url=HERE).headers["Location"].endswith("/sign-in")
    assert Faces(app, cast)(None).post("/sign-in/welcome", {"door": "work"}).status_code == 404
