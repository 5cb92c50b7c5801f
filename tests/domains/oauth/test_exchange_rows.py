"""Token exchange, from the bridge's session token to a user token: rows X1 to X3."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portico.domains.directory import service as directory
from portico.domains.identity.models import Session as SignIn
from portico.domains.identity.service import sessions
from portico.domains.installations import service as installations
from portico.domains.oauth import service
from portico.domains.oauth.models import OAuthGrant
from portico.domains.oauth.token_exchange import ACCESS_TOKEN_TYPE, JWT_TYPE, ExchangeGrant
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.support import grants
from tests.support.apps import basic, post_form
from tests.support.cast import Cast
from tests.support.http import Api

ALLOWED = ("openid", "profile", "directory:read")


@dataclass
class Page:
    """A page of an app that a person has open in the portal."""

    app: Flask
    cast: Cast
    client: grants.Client
    session_id: str
    person: str = "agent"

    def session_token(self, **changed: Any) -> str:
        about: dict[str, Any] = {
            "client_id": self.client.client_id,
            "installation_id": self.client.installation["id"],
            "surface": "home",
            "object_": None,
            "session_id": self.session_id,
            **changed,
        }
        with self.cast.writing():
            return service.mint_session_token(self.cast.actor(self.person), **about).value

    def exchange(self, token: str | None = None, client: grants.Client | None = None, **form: str) -> Any:
        who = (client or self.client).app
        asked = {
            "grant_type": ExchangeGrant.GRANT_TYPE,
            "subject_token": token or self.session_token(),
            "subject_token_type": JWT_TYPE,
            **form,
        }
        return post_form(self.app, "/oauth/token", basic(who["client_id"], who["client_secret"]), **asked)


def sign_in(cast: Cast, person: str = "agent") -> str:
    with system_unit("tests: sign in", write=True) as work:
        sessions.start_session(cast.users[person], "a browser")
        work.flush()
        newest = select(SignIn.id).where(SignIn.user_id == cast.users[person]).order_by(SignIn.id.desc())
        return str(work.scalars(newest.limit(1)).one())


def allow(cast: Cast, client: grants.Client, *scopes: str, person: str = "agent") -> None:
    with cast.writing():
        service.remember_consent(cast.actor(person), client.client_id, "", scopes)


@pytest.fixture
def page(app: Flask, cast: Cast) -> Page:
    client = grants.client(cast)
    allow(cast, client, *ALLOWED)
    return Page(app, cast, client, sign_in(cast))


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json["error"]) == (400, "invalid_grant")


@pytest.mark.both_databases
def test_X1_a_session_token_becomes_a_user_token(page: Page, api: Api) -> None:
    answer = page.exchange()
    assert answer.status_code == 200
    assert answer.json["issued_token_type"] == ACCESS_TOKEN_TYPE
    assert answer.json["token_type"] == "Bearer"
    assert 0 < answer.json["expires_in"] <= 3600
    assert answer.json["scope"] == " ".join(sorted(ALLOWED))
    assert "refresh_token" not in answer.json
    assert answer.headers["Cache-Control"] == "no-store"
    me = api.bearer(answer.json["access_token"]).get("/me").json
    assert me["actor"]["kind"] == "app_for_employee"


@pytest.mark.both_databases
def test_X1_pages_of_one_sign_in_share_a_grant(page: Page) -> None:
    for _ in range(3):
        assert page.exchange().status_code == 200
    with system_unit("tests: look") as work:
        assert len(work.scalars(select(OAuthGrant)).all()) == 1


def test_X1_needs_the_credentials_of_a_confidential_client(page: Page) -> None:
    form = {
        "grant_type": ExchangeGrant.GRANT_TYPE,
        "subject_token": page.session_token(),
        "subject_token_type": JWT_TYPE,
    }
    assert post_form(page.app, "/oauth/token", **form).status_code == 401
    assert post_form(page.app, "/oauth/token", client_id=page.client.client_id, **form).status_code == 401
    assert post_form(page.app, "/oauth/token", basic(page.client.client_id, "wrong"), **form).status_code == 401


@pytest.mark.both_databases
def test_X2_expired(page: Page, held_clock: None) -> None:
    token = page.session_token()
    clock.advance(timedelta(seconds=66))
    assert refused(page.exchange(token))


@pytest.mark.both_databases
def test_X2_replayed(page: Page) -> None:
    token = page.session_token()
    assert page.exchange(token).status_code == 200
    assert refused(page.exchange(token))


@pytest.mark.both_databases
def test_X2_of_many_at_once_one_is_first(page: Page) -> None:
    token = page.session_token()
    start = threading.Barrier(5)
    seen: list[int] = []

    def go() -> None:
        start.wait()
        seen.append(page.exchange(token).status_code)

    threads = [threading.Thread(target=go) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200, 400, 400, 400, 400]


@pytest.mark.both_databases
def test_X2_for_another_app(page: Page, cast: Cast) -> None:
    other = grants.client(cast, key="second")
    assert refused(page.exchange(client=other))
    foreign = page.session_token(client_id=other.client_id)
    assert refused(page.exchange(foreign))
    # Signed for this client, about the installation of another one.
    assert refused(page.exchange(page.session_token(installation_id=other.installation["id"])))


def test_X2_what_is_no_session_token(page: Page) -> None:
    tokens = page.client.tokens()
    for posed in (tokens.access_token, tokens.answer()["id_token"], "nonsense", "a.b.c"):
        assert refused(page.exchange(posed)), posed
    wrong_type = page.exchange(subject_token_type=ACCESS_TOKEN_TYPE)
    assert (wrong_type.status_code, wrong_type.json["error"]) == (400, "invalid_request")
    assert page.exchange(requested_token_type="urn:x").json["error"] == "invalid_request"
    assert page.exchange(actor_token="x").json["error"] == "invalid_request"
    assert page.exchange(audience="https://elsewhere.example").json["error"] == "invalid_target"
    assert page.exchange(resource="https://elsewhere.example").json["error"] == "invalid_target"


@pytest.mark.both_databases
def test_X2_the_sign_in_is_over(page: Page) -> None:
    token = page.session_token()
    with system_unit("tests: sign out", write=True):
        sessions.end_session(page.session_id, page.cast.users["agent"])
    assert refused(page.exchange(token))
    assert refused(page.exchange(page.session_token(session_id=None)))
    assert refused(page.exchange(page.session_token(session_id=sign_in(page.cast, "admin"))))


@pytest.mark.both_databases
def test_X2_what_was_exchanged_ends_with_the_sign_in(page: Page, api: Api) -> None:
    client = api.bearer(page.exchange().json["access_token"])
    assert client.get("/me").status_code == 200
    with system_unit("tests: sign out", write=True):
        sessions.end_session(page.session_id, page.cast.users["agent"])
    assert client.get("/me").status_code == 401


@pytest.mark.both_databases
def test_X2_the_app_or_the_person_is_gone(page: Page) -> None:
    admin = page.cast.actor("admin")
    token = page.session_token()
    with page.cast.writing():
        installations.suspend(admin, page.client.installation["id"])
    assert refused(page.exchange(token))
    with page.cast.writing():
        installations.resume(admin, page.client.installation["id"])
    assert page.exchange(token).status_code == 200
    with page.cast.writing():
        directory.depart(admin, page.cast.employee_id("agent"))
    assert refused(page.exchange())


@pytest.mark.both_databases
def test_X3_never_more_than_was_allowed(page: Page) -> None:
    assert page.exchange(scope="openid").json["scope"] == "openid"
    for scope in ("contacts:read", "openid contacts:read", "tickets:write", "nonsense"):
        answer = page.exchange(scope=scope)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope"), scope
    allow(page.cast, page.client, "contacts:read")
    assert page.exchange(scope="openid contacts:read").json["scope"] == "contacts:read openid"


@pytest.mark.both_databases
def test_X3_without_consent_it_says_who_and_no_more(page: Page, app: Flask, cast: Cast) -> None:
    stranger = Page(app, cast, page.client, sign_in(cast, "employee"), "employee")
    assert stranger.exchange().json["scope"] == "openid"
    assert stranger.exchange(scope="profile").json["error"] == "invalid_scope"


@pytest.mark.both_databases
def test_P6_a_session_token_opens_no_door_of_the_api(page: Page, api: Api) -> None:
    for token in (page.session_token(), f"ptu_{page.session_token()}"):
        assert api.bearer(token).get("/me").json["code"] == "token_invalid"
        headers = {"Authorization": f"Bearer {token}"}
        assert page.app.test_client().get("/oauth/userinfo", headers=headers).status_code == 401
