"""What a person sets for themselves."""

from __future__ import annotations

import re

import pytest

from portico.domains.identity import queries
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import PASSWORD
from tests.support.faces import words

NEW = "a long enough sentence"
PAGES = ["/account/settings", "/account/security", "/account/tokens"]


@pytest.mark.parametrize("path", PAGES)
def test_settings_are_for_who_is_signed_in(faces, path):
    assert faces(None).get(path).status_code == 302
    assert faces("employee").get(path).status_code == 200
    assert "Other" in words(faces("outsider").get(f"{path}?slug=other"))


@pytest.mark.parametrize("path", PAGES)
def test_a_workspace_that_is_not_ones_own_is_not_drawn(faces, path):
    assert faces("outsider").get(f"{path}?slug=acme").status_code == 302


def test_language_and_zone_are_kept_with_the_person(faces, cast):
    browser = faces("agent")
    given = {"locale": "zh_Hans_CN", "timezone": "Asia/Shanghai"}
    page = browser.follow(browser.post("/account/settings", given))
    assert 'lang="zh-Hans-CN"' in page.text
    assert "时区" in words(page)
    other = faces("agent").get("/people")
    assert 'lang="zh-Hans-CN"' in other.text
    assert 'data-timezone="Asia/Shanghai"' in other.text


def test_an_unknown_zone_is_refused(faces):
    answer = faces("agent").post("/account/settings", {"locale": "en", "timezone": "Moon/Sea"})
    assert answer.status_code == 422


def test_theme_and_language_are_remembered_also_at_the_door(faces):
    browser = faces(None)
    answer = browser.post("/account/preferences", {"theme": "dark", "next": "/account/forgot"})
    assert answer.headers["Location"] == "/account/forgot"
    assert 'data-bs-theme="dark"' in browser.get("/sign-in").text
    browser.post("/account/preferences", {"locale": "zh_Hans_CN"})
    assert "登录" in words(browser.get("/sign-in"))


def test_preferences_lead_nowhere_else_and_take_nothing_else(faces):
    browser = faces("agent")
    answer = browser.post("/account/preferences", {"theme": "dark", "next": "//evil.example"})
    assert answer.headers["Location"] == "/"
    assert browser.post("/account/preferences", {"theme": "pink"}).status_code == 422
    assert browser.post("/account/preferences", {"locale": "xx"}).status_code == 422
    assert browser.post("/account/preferences", {"theme": "dark"}, csrf=False).status_code == 400


def test_a_script_that_remembers_the_theme_gets_no_page(faces):
    answer = faces("agent").post("/account/preferences", {"theme": "light"}, headers={"Accept": "application/json"})
    assert answer.status_code == 204
    assert "portico_theme=light" in answer.headers["Set-Cookie"]


def test_a_new_password_needs_the_present_one_and_ends_the_other_sessions(faces, cast):
    mine, other = faces("agent"), faces("agent")
    wrong = mine.post("/account/security", {"current_password": "not it", "new_password": NEW})
    assert wrong.status_code == 422
    assert "This is not your present password." in words(wrong)
    short = mine.post("/account/security", {"current_password": PASSWORD, "new_password": "short"})
    assert short.status_code == 422
    done = mine.post("/account/security", {"current_password": PASSWORD, "new_password": NEW})
    assert done.status_code == 302
    assert mine.get("/people").status_code == 200
    assert other.get("/people").status_code == 302


def session_ids(cast, name):
    with system_unit("tests: sessions"):
        return [row.id for row in queries.sessions_of(cast.users[name])]


def test_a_session_can_be_ended_by_its_owner_alone(faces, cast):
    victim, mine, other = faces("employee"), faces("agent"), faces("agent")
    mine.post(f"/account/sessions/{session_ids(cast, 'employee')[0]}/end")
    assert victim.get("/people").status_code == 200
    mine.post("/account/sessions/end-others")
    assert other.get("/people").status_code == 302
    assert mine.get("/people").status_code == 200
    mine.post(f"/account/sessions/{session_ids(cast, 'agent')[0]}/end")
    assert mine.get("/people").status_code == 302


def make_token(browser, *scopes, name="export"):
    answer = browser.post("/account/tokens", {"name": name, "days": "7", "scopes": list(scopes)})
    found = re.search(r"ptp_\w{49}", answer.text)
    return answer, found[0] if found else None


def test_a_token_is_shown_once_and_does_what_was_chosen(faces, api):
    browser = faces("agent")
    _, token = make_token(browser, "directory:read")
    assert api.bearer(token).get("/employees").status_code == 200
    assert api.bearer(token).get("/contacts").status_code == 403
    page = browser.get("/account/tokens")
    assert token not in page.text
    assert "export" in words(page)


@pytest.mark.parametrize("scopes", [[], ["members:write"], ["directory:read", "nonsense"]])
def test_a_token_cannot_do_more_than_its_owner(faces, scopes):
    answer, token = make_token(faces("agent"), *scopes, name="mine & yours")
    assert answer.status_code == 422
    assert token is None
    assert 'value="mine &amp; yours"' in answer.text


def test_a_revoked_token_is_dead_and_nobody_else_can_revoke_it(faces, api, cast):
    browser = faces("agent")
    _, token = make_token(browser, "directory:read")
    revoke = re.search(r'action="(/account/tokens/ptk_\w+/revoke)', browser.get("/account/tokens").text)[1]
    assert faces("employee").post(revoke).status_code == 404
    assert api.bearer(token).get("/me").status_code == 200
    assert browser.post(revoke).status_code == 302
    assert api.bearer(token).get("/me").status_code == 401
