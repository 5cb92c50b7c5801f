"""Links that work once: set-up, invitation, new password."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.domains.directory import queries as directory_queries
from portico.domains.directory import service as directory
from portico.domains.directory.service.inviting import link_token
from portico.domains.identity import queries, service
from portico.domains.identity.service.workspaces import setup_token
from portico.kernel import clock
from portico.kernel.listing import ListQuery
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import PASSWORD
from tests.support.faces import words

NEW = "a long enough sentence"


@pytest.fixture
def setup_link(cast):
    with system_unit("tests: a workspace that waits", write=True):
        return f"/account/setup/{setup_token(service.create_workspace('Fresh', 'fresh'))}"


@pytest.fixture
def invite(cast):
    def invite(email="nina@acme.example", role="agent"):
        with cast.writing():
            row = directory.invite(
                cast.actor("admin"), email=email, display_name="Nina <b>N</b>", role=role, department_ids=[]
            )
        return row.id, f"/account/invitation/{link_token(row.id, 1)}"

    return invite


@pytest.fixture
def reset_link(cast):
    with system_unit("tests: a forgotten password", write=True):
        return f"/account/reset/{service.open_reset(cast.users['agent'])}"


def set_up(browser, link, **other):
    given = {"workspace_name": "Fresh & Co", "display_name": "Ada", "email": "ada@fresh.example", "password": NEW}
    browser.get(link)
    return browser.post(link, {**given, **other})


def test_the_first_owner_comes_through_the_link_once(faces, setup_link):
    browser = faces(None, slug="fresh")
    answer = set_up(browser, setup_link)
    assert answer.headers["Location"] == "/w/fresh/"
    assert "Fresh & Co" in words(browser.follow(answer))
    assert set_up(faces(None), setup_link).status_code == 410


def test_a_wrong_field_keeps_what_was_entered_and_the_link(faces, setup_link):
    browser = faces(None, slug="fresh")
    answer = set_up(browser, setup_link, password="short", email="no address", display_name="Ada <i>")
    assert answer.status_code == 422
    assert 'value="Ada &lt;i&gt;"' in answer.text
    assert answer.text.count('class="field-errors"') == 2
    assert set_up(browser, setup_link).status_code == 303


def test_an_address_with_a_login_needs_its_password_for_set_up(faces, cast, setup_link):
    answer = set_up(faces(None), setup_link, email=cast.email("agent"))
    assert answer.status_code == 401
    assert "this is not its password" in words(answer)
    assert set_up(faces(None), setup_link, email=cast.email("agent"), password=PASSWORD).status_code == 303


def test_addresses_with_a_token_are_sent_to_nobody(faces, setup_link, invite, reset_link):
    for link in (setup_link, invite()[1], reset_link):
        answer = faces(None).get(link)
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert '<meta name="referrer" content="no-referrer">' in answer.text


def test_expired_unknown_and_malformed_links_are_over(faces, setup_link, invite, reset_link):
    links = [setup_link, invite()[1], reset_link]
    with clock.held(clock.now() + timedelta(days=8)):
        assert [faces(None).get(link).status_code for link in links] == [410, 410, 410]
    wrong = ["ptl_x", "%3Cscript%3E", link_token("inv_0", 1)]
    for kind in ("setup", "invitation", "reset"):
        assert [faces(None).get(f"/account/{kind}/{token}").status_code for token in wrong] == [410, 410, 410]


def test_an_invited_person_joins_once(faces, cast, invite):
    _, link = invite()
    browser = faces(None)
    page = browser.get(link)
    assert "Nina &lt;b&gt;N&lt;/b&gt;" in page.text
    answer = browser.post(link, {"password": NEW})
    assert answer.headers["Location"] == "/w/acme/"
    assert browser.get("/contacts").status_code == 200
    assert faces(None).get(link).status_code == 410


def test_a_short_password_leaves_the_invitation_open(faces, invite):
    _, link = invite()
    browser = faces(None)
    browser.get(link)
    assert browser.post(link, {"password": "short"}).status_code == 422
    assert browser.post(link, {"password": NEW}).status_code == 303


def test_a_withdrawn_and_a_resent_invitation_kill_the_old_link(faces, cast, invite):
    (first, link), (second, other) = invite(), invite("otto@acme.example")
    with cast.writing():
        directory.withdraw(cast.actor("admin"), first)
        directory.resend(cast.actor("admin"), second)
    assert faces(None).get(link).status_code == 410
    assert faces(None).get(other).status_code == 410
    assert faces(None).get(f"/account/invitation/{link_token(second, 2)}").status_code == 200


def test_a_login_of_another_workspace_joins_with_its_password(faces, cast, invite):
    _, link = invite(cast.email("outsider"), role="employee")
    browser = faces(None)
    browser.get(link)
    assert browser.post(link, {"password": NEW}).status_code == 401
    assert browser.post(link, {"password": PASSWORD}).status_code == 303
    assert faces("outsider", slug="acme").get("/people").status_code == 200


def test_who_is_signed_in_with_the_address_joins_by_one_click(faces, cast, invite):
    _, link = invite(cast.email("outsider"), role="employee")
    browser = faces("outsider")
    assert 'type="password"' not in browser.get(link).text
    assert browser.post(link).headers["Location"] == "/w/acme/"


def test_who_is_signed_in_as_somebody_else_cannot_take_the_invitation(faces, cast, invite):
    _, link = invite(role="admin")
    browser = faces("employee")
    assert "You are signed in as" in words(browser.get(link))
    assert browser.post(link).status_code == 422
    with cast.reading():
        rows = directory_queries.page_of_invitations(cast.actor("admin"), ListQuery()).rows
    assert [row.status for row in rows] == ["pending"]


def test_a_new_password_ends_every_session_and_the_link(faces, cast, reset_link):
    before = faces("agent")
    assert before.get("/people").status_code == 200
    browser = faces(None)
    browser.get(reset_link)
    assert browser.post(reset_link, {"password": "short"}).status_code == 422
    assert browser.post(reset_link, {"password": NEW}).headers["Location"] == "/sign-in"
    assert before.get("/people").status_code == 302
    assert faces(None).get(reset_link).status_code == 410
    assert browser.post("/sign-in", {"email": cast.email("agent"), "password": NEW}).status_code == 303


def test_asking_for_a_link_tells_nobody_whether_there_is_a_login(faces, cast, settings):
    told = []
    for email in (cast.email("agent"), "nobody@acme.example"):
        browser = faces(None)
        browser.get("/sign-in")
        told.append(words(browser.follow(browser.post("/account/forgot", {"email": email}))))
    assert told[0] == told[1]
    assert "a link is on its way" in told[0]


def test_a_link_is_kept_as_a_digest_only(cast, reset_link):
    token = reset_link.rpartition("/")[2]
    with system_unit("tests: what is stored of a link"):
        rows = [queries.open_reset(token), queries.open_reset(token[:-1])]
    assert rows == [None, None]
