"""Actions and cards in the portal: buttons, forms, runs, several at once, and what others see."""

from __future__ import annotations

import re

import pytest

from portico.domains.installations import service as installations
from portico.domains.interactions import calling, queries
from portico.domains.interactions.calling import Breakers
from portico.kernel import jobs
from portico.kernel.ids import new_id
from tests.portal.records import contact, ticket
from tests.support.acting_apps import SURFACES, acting_app
from tests.support.faces import words

HELLO = {"blocks": [{"type": "text", "text": "Hello <b>there</b>"}]}


@pytest.fixture
def helper(cast, monkeypatch):
    monkeypatch.setattr(calling, "BREAKERS", Breakers())
    with acting_app(cast) as app:
        yield app


@pytest.fixture
def case(cast):
    return ticket(cast, contact(cast)["id"])


def form_at(browser, path):
    """The page of an action, and the id that its form runs under."""
    page = browser.get(path)
    return page, re.search(r'name="run"[^>]* value="(\w+)"', page.text)[1]


def address(helper, key, *objects):
    return f"/actions/{helper.installation['id']}/{key}" + "".join(
        f"{'&' if place else '?'}object={one}" for place, one in enumerate(objects)
    )


def run_of(answer):
    return re.search(r"/action-runs/(int_\w+)", answer.location)[1]


def test_buttons_stand_at_the_record_for_who_may_see_it(faces, helper, case):
    page = faces("agent").get(f"/tickets/{case['id']}")
    assert 'id="app-actions"' in page.text
    assert "Take a note" in words(page)
    assert "Wipe everything" in words(page)
    assert address(helper, "note", case["id"]).replace("&", "&amp;") in page.text
    assert "Take a note" in words(faces("agent").get(f"/contacts/{case['requester']['contact_id']}"))
    assert "Wave" not in words(faces("agent").get(f"/contacts/{case['requester']['contact_id']}"))
    assert faces("employee").get(address(helper, "wave", case["id"])).status_code == 404
    assert faces("agent").get(address(helper, "wipe")).status_code == 404
    assert faces("agent").get(address(helper, "nothing")).status_code == 404


def test_from_the_form_to_the_answer(faces, helper, case):
    helper.says = {"toast": "Noted <i>well</i>", "card": HELLO, "open": "https://example.com/a"}
    agent = faces("agent")
    path = address(helper, "note", case["id"])
    page, run = form_at(agent, path)
    assert "Take a note" in words(page)
    answer = agent.post(path, {"run": run, "input.note": "Hello", "input.days": "3"})
    assert (answer.status_code, run_of(answer)) == (303, run)
    ((_, body),) = helper.calls
    assert (body["input"], body["object"]) == ({"note": "Hello", "days": 3}, {"type": "ticket", "id": case["id"]})
    shown = agent.follow(answer)
    assert "Noted <i>well</i>" in words(shown)
    assert "Hello <b>there</b>" in words(shown)
    assert 'href="https://example.com/a" target="_blank" rel="noopener noreferrer"' in shown.text
    assert "Open example.com" in words(shown)
    assert "What ran here" in words(agent.get(f"/tickets/{case['id']}"))


def test_a_form_that_is_sent_twice_runs_once(faces, helper, case):
    agent = faces("agent")
    path = address(helper, "note", case["id"])
    _, run = form_at(agent, path)
    first, again = (agent.post(path, {"run": run, "input.note": "Hello"}) for _ in range(2))
    assert first.location == again.location
    assert len(helper.server.received) == 1


def test_what_is_wrong_stands_at_its_field(faces, helper, case):
    agent = faces("agent")
    path = address(helper, "note", case["id"])
    wrong = agent.post(path, {"run": new_id("int"), "input.note": "", "input.days": "many"})
    assert wrong.status_code == 422
    assert "Fill this in." in words(wrong)
    assert "This is a whole number." in words(wrong)
    assert 'value="many"' in wrong.text
    assert helper.server.received == []


def test_what_the_app_refuses_comes_back_as_the_form(faces, helper, case):
    helper.says = {"errors": {"note": "Too short", "_": "Look again", "other": "Hm"}}
    agent = faces("agent")
    page = agent.follow(agent.post(address(helper, "note", case["id"]), {"input.note": "x"}))
    assert "Too short" in words(page)
    assert "Look again" in words(page)
    assert "other: Hm" in words(page)
    assert 'value="x"' in page.text
    assert 'aria-invalid="true"' in page.text


def test_what_destroys_asks_and_says_so(faces, helper, case):
    agent = faces("agent")
    path = address(helper, "wipe", case["id"])
    assert "This cannot be undone here" in words(agent.get(path))
    assert agent.post(path, {}).status_code == 422
    assert helper.server.received == []
    assert agent.post(path, {"confirmed": "1"}).status_code == 303


def test_an_answer_may_lead_on_within_the_workspace(faces, helper, case):
    agent = faces("agent")
    for leads, to in (
        (f"/tickets/{case['id']}", f"/w/acme/tickets/{case['id']}"),
        ("surface:home", f"/w/acme/apps/{helper.installation['id']}/home"),
    ):
        helper.says = {"open": leads, "toast": "Here"}
        ran = agent.post(address(helper, "wave", case["id"]))
        gone = agent.follow(ran)
        assert (gone.status_code, gone.location) == (303, to)
        region = agent._open("GET", ran.location, headers={"Portico-Fragment": "app-actions"})
        assert f'data-go="{to}"' in region.text
        assert "data-go" not in agent.get(f"/action-runs/{run_of(ran)}").text


def test_in_a_persons_name_with_the_sign_in_behind_it(faces, helper):
    agent = faces("agent")
    answer = agent.post(address(helper, "mine"))
    assert answer.status_code == 303
    assert helper.calls[0][1]["session_token"].count(".") == 2
    assert helper.calls[0][1]["session_token"] not in agent.follow(answer).text


def test_while_the_app_is_at_work_the_page_looks_again(faces, helper, case):
    helper.says = {"later": True}
    agent = faces("agent")
    page = agent.follow(agent.post(address(helper, "wave", case["id"])))
    assert "data-progress=" in page.text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.text
    assert "Helper answers later" in words(page)


def test_what_failed_can_be_asked_again_by_who_ran_it(faces, helper, case):
    helper.status = "500 Oh"
    agent = faces("agent")
    ran = agent.post(address(helper, "wave", case["id"]))
    assert "The app could not do it just now." in words(agent.follow(ran))
    helper.status, helper.says = "200 OK", {"toast": "Now"}
    again = agent.post(f"/action-runs/{run_of(ran)}/retry")
    assert "Now" in words(agent.follow(again))
    other = faces("app_manager")
    assert "Ask again" not in words(other.get(f"/action-runs/{run_of(ran)}"))
    assert other.post(f"/action-runs/{run_of(ran)}/retry").status_code == 404
    assert faces("support_admin").get(f"/action-runs/{run_of(ran)}").status_code == 404


def test_others_see_that_it_ran_and_not_what_was_said(faces, helper, case):
    helper.says = {"toast": "A secret"}
    agent = faces("agent")
    agent.post(address(helper, "note", case["id"]), {"input.note": "Between us"})
    page = faces("support_admin").get(f"/tickets/{case['id']}")
    assert "What ran here" in words(page)
    assert "A secret" not in page.text
    assert "Between us" not in page.text


def test_on_several_records_of_a_list(faces, cast, helper, case):
    other = ticket(cast, case["requester"]["contact_id"], "Another")
    agent = faces("agent")
    listed = agent.get("/tickets")
    assert f'form="bulk" name="object" value="{case["id"]}"' in listed.text
    chosen = agent.get(f"/actions?action={helper.installation['id']}/note&object={case['id']}&object={other['id']}")
    assert chosen.status_code == 302
    path = address(helper, "note", case["id"], other["id"])
    page, run = form_at(agent, path)
    assert "On 2 records" in words(page)
    sent = [agent.post(path, {"run": run, "input.note": "x"}) for _ in range(2)]
    assert sent[0].location == sent[1].location
    assert "0 of 2 are over" in words(agent.follow(sent[0]))
    jobs.drain()
    helper.says = {}
    done = agent.follow(sent[0])
    assert "2 of 2 are over" in words(done)
    assert "Another" in words(done)
    assert len(helper.server.received) == 2
    assert "Choose some rows first" in words(agent.get(f"/actions?action={helper.installation['id']}/note&back=ticket"))


def test_the_first_page_asks_no_app_and_a_card_comes_after(faces, helper):
    helper.says = HELLO
    agent = faces("agent")
    home = agent.get("/")
    assert 'id="card-helper-today"' in home.text
    assert "data-card-stale" in home.text
    assert "Nothing from Helper yet." in words(home)
    assert helper.server.received == []
    card = agent.post(f"/cards/{helper.installation['id']}/today/load")
    assert "Hello <b>there</b>" in words(card)
    assert "data-card-stale" not in card.text
    again = agent.get("/")
    assert "Hello <b>there</b>" in words(again)
    assert "data-card-stale" not in again.text


def test_an_app_that_does_not_answer_leaves_a_quiet_place(faces, helper):
    agent = faces("agent")
    helper.status = "500 Oh"
    card = agent.post(f"/cards/{helper.installation['id']}/today/load")
    assert (card.status_code, "Helper does not answer just now." in words(card)) == (200, True)
    assert agent.post(f"/cards/{helper.installation['id']}/home/load").status_code == 410
    assert faces("outsider", slug="acme").post(f"/cards/{helper.installation['id']}/today/load").status_code in (
        400,
        404,
    )


def test_buttons_and_forms_of_a_card_run_actions_and_lead_back(faces, helper):
    helper.says = {
        "blocks": [
            {
                "type": "buttons",
                "items": [{"label": "Wave now", "action": "wave"}, {"label": "More", "action": "note"}],
            },
            {"type": "form", "action": "note", "submit": "Keep"},
            {"type": "list", "items": [{"title": "Away", "open": "https://example.com/x"}]},
        ]
    }
    agent = faces("agent")
    card = agent.post(f"/cards/{helper.installation['id']}/today/load")
    wave = re.search(r'<form method="post" action="([^"]*wave[^"]*)"', card.text)[1].replace("&amp;", "&")
    assert wave.endswith("?back=home")
    assert f'href="/w/acme{address(helper, "note")}?back=home"' in card.text
    assert "Keep" in words(card)
    assert 'rel="noopener noreferrer"' in card.text
    helper.says = {"toast": "Waved"}
    gone = agent.follow(agent.post(wave.removeprefix("/w/acme")))
    assert (gone.status_code, gone.location) == (303, "/w/acme/")
    assert "Helper: Waved" in words(agent.follow(gone))


def test_pins_come_first(faces, cast, helper):
    with acting_app(cast, "aardvark", surfaces=SURFACES):
        agent = faces("agent")
        agent.get("/")
        page = agent.follow(agent.post(f"/apps/{helper.installation['id']}/pin"))
        assert page.text.index("card-helper-today") < page.text.index("card-aardvark-today")
        page = agent.follow(agent.post(f"/apps/{helper.installation['id']}/pin"))
        assert page.text.index("card-aardvark-today") < page.text.index("card-helper-today")
    with cast.reading():
        assert queries.pins_of(cast.actor("agent")) == {}


def test_what_runs_on_a_developers_machine_says_so_wherever_it_is_met(cast, faces, helper, case):
    with cast.writing():
        app_id = helper.installation["app_id"]
        installations.start_dev_session(cast.actor("developer"), app_id, local_url="http://localhost:5000")
    agent = faces("agent")
    for path in ("/", f"/tickets/{case['id']}", "/tickets", address(helper, "note", case["id"]), "/search?q=note"):
        assert "(local)" in words(agent.get(path)), path
    palette = agent.get("/search/palette?q=not").text
    assert "Take a <mark>not</mark>e (local)" in palette
    chinese = agent.get(f"/tickets/{case['id']}", headers={"Accept-Language": "zh-CN"})
    assert "记一笔（本地）" in words(chinese)
