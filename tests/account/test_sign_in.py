"""The door: signing in and out, and what it does not tell."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import quote

import pytest

from tests.support.cast import PASSWORD
from tests.support.faces import COOKIE, words


def enter(browser, email, password=PASSWORD, query=""):
    browser.get("/sign-in")
    return browser.post(f"/sign-in{query}", {"email": email, "password": password})


def test_signing_in_gives_a_cookie_that_scripts_cannot_read(faces, cast):
    browser = faces(None)
    answer = enter(browser, f" {cast.email('agent').upper()} ")
    assert answer.status_code == 303
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.get("/people").status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(faces, cast):
    answers = [enter(faces(None), email, "not the password") for email in (cast.email("agent"), "nobody@acme.example")]
    assert [answer.status_code for answer in answers] == [401, 401]
    told = [words(answer).replace(cast.email("agent"), "") for answer in answers]
    assert told[0] == told[1]
    assert "do not belong together" in told[0]


def test_the_address_stays_in_the_form_and_the_password_does_not(faces, cast):
    answer = enter(faces(None), cast.email("agent"), "not the password")
    assert f'value="{cast.email("agent")}"' in answer.text
    assert "not the password" not in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2f%2fevil.example",
        "/\tevil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "evil.example",
        "",
    ],
)
def test_next_never_leads_to_another_site(faces, cast, target):
    answer = enter(faces(None), cast.email("agent"), query=f"?next={quote(target)}")
    assert answer.headers["Location"] == "/"


def test_next_leads_on_within_the_site(faces, cast):
    answer = faces(None).get("/people?q=to")
    assert answer.headers["Location"] == "/sign-in?next=/w/acme/people%3Fq%3Dto"
    answer = enter(faces(None), cast.email("agent"), query="?next=/w/acme/people%3Fq%3Dto")
    assert answer.headers["Location"] == "/w/acme/people?q=to"


def test_too_many_tries_are_told_to_wait_even_with_the_right_password(faces, cast):
    browser = faces(None)
    for _ in range(10):
        enter(browser, cast.email("agent"), "not the password")
    answer = enter(browser, cast.email("agent"))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wait a few minutes" in words(answer)


def test_the_form_needs_its_token_and_our_own_origin(faces, cast):
    browser = faces(None)
    given = {"email": cast.email("agent"), "password": PASSWORD}
    assert browser.post("/sign-in", given, csrf=False).status_code == 400
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert browser.post("/sign-in", given, headers=headers).status_code == 403, headers
    same = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/sign-in", given, headers=same).status_code == 303


def test_signing_out_ends_the_session_and_not_only_the_cookie(faces, app, cast):
    browser = faces("agent")
    token = browser._client.get_cookie(COOKIE, domain="127.0.0.1").value
    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out").status_code == 302
    stolen = app.test_client()
    stolen.set_cookie(COOKIE, token, domain="127.0.0.1")
    assert stolen.get("/w/acme/", base_url="http://127.0.0.1:8000").status_code == 302


def test_home_is_the_workspace_the_choice_or_the_door(faces, app):
    def start(name):
        return faces(name)._client.get("/", base_url="http://127.0.0.1:8000")

    assert start(None).headers["Location"] == "/sign-in"
    assert start("agent").headers["Location"] == "/w/acme/"


def test_who_belongs_to_several_workspaces_chooses(faces, cast):
    from portico.domains.identity import service as identity
    from portico.kernel.actor import system
    from portico.kernel.ids import new_id
    from portico.kernel.unit_of_work import system_unit

    with system_unit("tests: a second membership", write=True):
        identity.join(system(cast.other), user_id=cast.users["agent"], employee_id=new_id("emp"), role="employee")
    answer = faces("agent")._client.get("/", base_url="http://127.0.0.1:8000")
    assert "Acme" in words(answer)
    assert "Other" in words(answer)


@pytest.fixture
def demo_file(settings, cast):
    users = {"agent": {"email": cast.email("agent"), "password": PASSWORD}}
    (settings.home / "demo.json").write_text(json.dumps({"users": users}))


def test_the_demo_offers_its_accounts_without_their_passwords(faces, demo_file):
    browser = faces(None)
    page = browser.get("/sign-in")
    assert 'name="account" value="agent"' in page.text
    assert PASSWORD not in page.text
    assert browser.post("/sign-in/demo", {"account": "agent"}).headers["Location"] == "/"
    assert browser.get("/people").status_code == 200


def test_there_is_no_demo_elsewhere(faces, app, settings, demo_file):
    app.extensions["portico_settings"] = replace(settings, mode="production")
    browser = faces(None)
    assert 'name="account"' not in browser.get("/sign-in").text
    assert browser.post("/sign-in/demo", {"account": "agent"}).status_code == 404
    assert browser.post("/sign-in/demo", {"account": "owner"}).status_code == 404
