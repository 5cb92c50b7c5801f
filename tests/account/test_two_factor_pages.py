"""The pages of the second step and of the second factors, without scripts."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pyotp

from portico.domains.directory import service as directory
from portico.kernel import clock
from tests.support.cast import PASSWORD
from tests.support.faces import words
from tests.support.factors import age_sessions, with_phone

SECRET = re.compile(r'id="totp-secret".*?<code>([A-Z2-7 ]+)</code>', re.DOTALL)
OFFERED = re.compile(r'name="offered" type="hidden" value="([^"]+)"')
CODE = re.compile(r"<li><code>([a-z0-9-]{19})</code></li>")


def typed(cast, browser, name="agent", **query):
    """The password, at the door."""
    browser.get("/sign-in")
    return browser.post("/sign-in", {"email": cast.email(name), "password": PASSWORD}, query_string=query)


def test_turning_it_on_shows_the_secret_and_then_ten_codes_once(faces, cast):
    agent = faces("agent")
    page = agent.get("/account/two-factor/app")
    assert "<svg" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    secret = SECRET.search(page.text)[1].replace(" ", "")
    offered = html.unescape(OFFERED.search(page.text)[1])
    wrong = agent.post("/account/two-factor/app", {"offered": offered, "code": "000000"})
    assert wrong.status_code == 422
    assert SECRET.search(wrong.text)[1].replace(" ", "") == secret
    done = agent.post("/account/two-factor/app", {"offered": offered, "code": pyotp.TOTP(secret).at(clock.now())})
    assert len(set(CODE.findall(done.text))) == 10
    again = agent.get("/account/two-factor")
    assert "10 codes are left." in words(again)
    assert CODE.findall(again.text) == []


def test_between_password_and_code_no_page_opens(faces, cast, held_clock):
    phone = with_phone(cast, "agent")
    clock.advance(timedelta(seconds=30))
    browser = faces(None)
    answer = typed(cast, browser, next="/w/acme/tickets")
    assert answer.status_code == 303
    assert answer.location.endswith("/sign-in/second?next=/w/acme/tickets")
    for path in ("/w/acme/", "/account/security", "/account/two-factor", "/"):
        assert browser.get(path).location.startswith("/sign-in"), path
    step = browser.get("/sign-in/second?next=/w/acme/tickets")
    assert 'autocomplete="one-time-code"' in step.text
    assert browser.post("/sign-in/second?next=/w/acme/tickets", {"code": "000000"}).status_code == 422
    assert browser.post("/sign-in/second", {"code": ""}).status_code == 422
    entered = browser.post("/sign-in/second?next=/w/acme/tickets", {"code": phone.code()})
    assert (entered.status_code, entered.location) == (303, "/w/acme/tickets")
    assert browser.get("/w/acme/").status_code == 200
    late = browser.get("/sign-in/second")
    assert "/sign-in" in late.location


def test_the_one_click_of_the_demo_asks_for_the_second_step_too(faces, cast, settings):
    users = {"agent": {"email": cast.email("agent"), "password": PASSWORD}}
    (settings.home / "demo.json").write_text(json.dumps({"users": users}))
    with_phone(cast, "agent")
    answer = faces(None).post("/sign-in/demo", {"account": "agent"})
    assert "/sign-in/second" in answer.location


def test_what_is_grave_asks_once_more_and_comes_back(faces, cast):
    agent = faces("agent")
    age_sessions()
    asked = agent.get("/account/two-factor/app")
    assert asked.location.startswith("/account/again?next=/account/two-factor/app")
    assert agent.post(asked.location, {"password": "wrong"}).status_code == 422
    proved = agent.post(asked.location, {"password": PASSWORD})
    assert proved.status_code == 303
    assert agent.follow(proved).status_code == 200


def test_a_change_that_comes_too_late_asks_first(faces, cast):
    with_phone(cast, "agent")
    agent = faces("agent")
    age_sessions()
    for change in ("off", "codes", "app/remove"):
        assert "/account/again" in agent.post(f"/account/two-factor/{change}").location
    agent.post("/account/again", {"password": PASSWORD})
    assert "Two-factor sign-in is off." in words(agent.follow(agent.post("/account/two-factor/off")))


def test_the_sessions_say_where_how_and_which_is_this_one(faces, cast):
    browser = faces(None)
    typed(cast, browser)
    page = words(browser.get("/account/security"))
    assert "127.0.0.1" in page
    assert "by password" in page
    assert page.count("This device") == 1


def test_another_password_leaves_this_browser_signed_in(faces, cast):
    agent, elsewhere = faces("agent"), faces("agent")
    new = "another long password"
    answer = agent.post("/account/security", {"current_password": PASSWORD, "new_password": new})
    assert "Your password is changed." in words(agent.follow(answer))
    assert elsewhere.get("/account/security").location.startswith("/sign-in")


def test_a_workspace_that_requires_it_leads_there_and_lets_nothing_else_through(faces, cast):
    with_phone(cast, "owner")
    owner = faces("owner")
    assert "Employee" in words(owner.get("/admin/settings/two-factor"))
    saved = owner.post("/admin/settings/two-factor", {"two_factor": "everyone"})
    assert "Saved." in words(owner.follow(saved))
    agent = faces("agent")
    for path in ("/", "/tickets", "/account/tokens?slug=acme", "/account/apps?slug=acme"):
        led = agent.get(path)
        assert led.location.startswith("/account/two-factor?slug=acme"), path
    assert "Acme asks for it" in words(agent.get("/account/two-factor?slug=acme&next=/w/acme/tickets"))
    assert agent.post("/tickets/new", {"subject": "x"}).location.startswith("/account/two-factor")
    assert agent.get("/account/security").status_code == 200


def test_an_admin_without_one_is_told_to_begin_with_their_own(faces, cast):
    admin = faces("admin")
    assert "First your own" in words(admin.get("/admin/settings/two-factor"))
    refused = admin.post("/admin/settings/two-factor", {"two_factor": "everyone"})
    assert refused.status_code == 409
    assert "Turn on a second factor for yourself first." in words(refused)
    assert faces("employee").get("/admin/settings/two-factor").status_code == 403


def test_an_admin_resets_on_the_page_of_the_person(faces, cast):
    with_phone(cast, "agent")
    admin, page = faces("admin"), f"/admin/people/{cast.employee_id('agent')}"
    assert "Reset the second factor of" in words(admin.get(page))
    assert "The password alone opens this login now" in words(admin.follow(admin.post(f"{page}/reset-two-factor")))
    assert "Reset the second factor of" not in words(admin.get(page))


def test_who_is_in_no_workspace_is_led_to_the_start(faces, cast):
    employee = faces("employee")
    with cast.writing():
        directory.depart(cast.actor("owner"), cast.employee_id("employee"))
    for path in ("/account/two-factor", "/account/two-factor/app"):
        assert employee.get(path).location == "/"
    assert employee.post("/account/two-factor/off").location == "/"


def test_passkeys_are_explained_where_they_cannot_work(faces, cast):
    assert "Passkeys need a host name and https." in words(faces("agent").get("/account/two-factor"))
    assert "Sign in with a passkey" not in words(faces(None).get("/sign-in"))
    refused = faces("agent").post("/account/two-factor/passkeys/challenge", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["code"]) == (409, "passkeys_impossible")
