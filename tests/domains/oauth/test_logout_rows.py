"""Signing out: what apps ask for (row M5), and what they are told (OpenID Connect Back-Channel Logout)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select

from portico.domains.identity import service as identity
from portico.domains.identity.models import Session as SignIn
from portico.domains.oauth import jobs, queries
from portico.kernel import clock
from portico.kernel.jobs.models import Job
from portico.kernel.jobs.running import drain
from portico.kernel.unit_of_work import system_unit
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces, words
from tests.support.loopback_servers import LoopbackServer, answer

AFTER = "https://helper.example/signed-out"


@pytest.fixture
def client(cast: Cast) -> grants.Client:
    return client_that_hears(cast)


def client_that_hears(cast: Cast, base_url: str = "http://localhost:9001", key: str = "helper") -> grants.Client:
    content = grants.manifest("openid", key=key)
    content["runtime"]["base_url"] = base_url
    content["oauth"] |= {"post_logout_redirect_uris": [AFTER], "backchannel_logout_url": "/signed-out"}
    registered = apps.register(cast, content)
    return grants.Client(cast, registered, apps.install(cast, key))


def sign_in_of(cast: Cast, person: str = "agent") -> str:
    """The newest sign-in of a person."""
    with system_unit("tests: look") as work:
        mine = select(SignIn.id).where(SignIn.user_id == cast.users[person]).order_by(SignIn.id.desc())
        return str(work.scalars(mine.limit(1)).one())


def id_token(client: grants.Client, session_id: str, person: str = "agent") -> str:
    return str(client.tokens(person, ("openid",), session_id=session_id).answer()["id_token"])


def signed_in(browser: Browser) -> bool:
    return browser.get("/people").status_code == 200


@pytest.mark.both_databases
def test_M5_a_good_hint_signs_out_at_once_and_leads_back(faces: Faces, cast: Cast, client: grants.Client) -> None:
    browser = faces("agent")
    hint = id_token(client, sign_in_of(cast))
    params = {"id_token_hint": hint, "post_logout_redirect_uri": AFTER, "state": "a b&c"}
    answered = browser.get("/oauth/logout", query_string=params)
    assert (answered.status_code, answered.location) == (303, f"{AFTER}?state=a+b%26c")
    assert not signed_in(browser)


def test_M5_an_old_hint_is_good(faces: Faces, cast: Cast, client: grants.Client, held_clock: None) -> None:
    browser = faces("agent")
    hint = id_token(client, sign_in_of(cast))
    clock.advance(timedelta(hours=2))
    assert browser.get("/oauth/logout", query_string={"id_token_hint": hint}).status_code == 200
    assert not signed_in(browser)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        AFTER + "/",
        AFTER + "?x=1",
        AFTER.upper(),
        "//helper.example/signed-out",
        "javascript:alert(1)",
    ],
)
def test_M5_a_foreign_address_is_not_gone_to(faces: Faces, cast: Cast, client: grants.Client, address: str) -> None:
    browser = faces("agent")
    hint = id_token(client, sign_in_of(cast))
    answered = browser.get("/oauth/logout", query_string={"id_token_hint": hint, "post_logout_redirect_uri": address})
    assert (answered.status_code, answered.location) == (200, None)
    assert "You are signed out" in words(answered)


def test_M5_without_a_good_hint_the_person_is_asked(faces: Faces, cast: Cast, client: grants.Client) -> None:
    browser = faces("agent")
    good = id_token(client, sign_in_of(cast))
    elsewhere = id_token(client, "ses_01jd0000000000000000000000")
    for params in (
        {},
        {"id_token_hint": "nonsense"},
        {"id_token_hint": good[:-6] + "AAAAAA"},
        {"id_token_hint": "x" * 9000},
        {"id_token_hint": elsewhere},
        {"id_token_hint": good, "client_id": "app_01jd0000000000000000000000"},
        {"client_id": client.client_id, "post_logout_redirect_uri": AFTER},
    ):
        answered = browser.get("/oauth/logout", query_string=params)
        assert answered.status_code == 200, params
        assert "Sign out?" in words(answered)
        assert signed_in(browser)


def test_M5_the_persons_yes_is_a_form_of_ours(faces: Faces, client: grants.Client) -> None:
    browser = faces("agent")
    params = {"client_id": client.client_id, "post_logout_redirect_uri": AFTER}
    browser.get("/oauth/logout", query_string=params)
    forged = browser.post("/oauth/logout", {**params, "decision": "sign_out"}, csrf=False)
    assert forged.status_code == 400
    foreign = browser.post(
        "/oauth/logout", {**params, "decision": "sign_out"}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert signed_in(browser)
    answered = browser.post("/oauth/logout", {**params, "decision": "sign_out"})
    assert (answered.status_code, answered.location) == (303, AFTER)
    assert not signed_in(browser)


def test_M5_nobody_is_signed_in(app: Flask, faces: Faces, client: grants.Client) -> None:
    browser = faces(None)
    assert "You are signed out" in words(browser.get("/oauth/logout"))
    params = {"client_id": client.client_id, "post_logout_redirect_uri": AFTER}
    assert browser.get("/oauth/logout", query_string=params).location == AFTER
    headers = app.test_client().get("/oauth/logout", base_url="http://127.0.0.1:8000").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def told(cast: Cast) -> list[dict[str, Any]]:
    with cast.reading() as work:
        rows = work.scalars(select(Job).where(Job.workspace_id == cast.acme, Job.kind == "oauth.backchannel_logout"))
        return [dict(row.args) for row in rows]


@pytest.mark.both_databases
def test_the_end_of_a_sign_in_is_told_to_the_apps_that_it_let_in(cast: Cast, faces: Faces) -> None:
    seen: list[Any] = []
    with LoopbackServer(lambda received: seen.append(received) or answer()) as server:
        client = client_that_hears(cast, f"http://localhost:{server.port}")
        client_that_hears(cast, key="second")
        browser = faces("agent")
        session_id = sign_in_of(cast)
        id_token(client, session_id)
        id_token(client, session_id)
        browser.post("/sign-out")
        assert told(cast) == [
            {"client_id": client.client_id, "employee_id": cast.employee_id("agent"), "session_id": session_id}
        ]
        assert drain() >= 1
    [received] = seen
    assert received.line.startswith("POST /signed-out ")
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"
    [token] = parse_qs(received.body.decode())["logout_token"]
    with cast.reading():
        decoded = jwt.decode(token, KeySet.import_key_set({"keys": queries.public_keys()}), algorithms=["RS256"])
    assert decoded.header["typ"] == "logout+jwt"
    assert decoded.claims.pop("jti")
    assert decoded.claims["exp"] - decoded.claims.pop("iat") == 120
    assert decoded.claims.pop("exp")
    assert decoded.claims == {
        "iss": "http://127.0.0.1:8000",
        "aud": client.client_id,
        "sub": cast.employee_id("agent"),
        "sid": session_id,
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }


@pytest.mark.both_databases
@pytest.mark.parametrize("ends", ["another browser", "all others", "another password"])
def test_however_it_ends(cast: Cast, client: grants.Client, faces: Faces, ends: str) -> None:
    faces("agent")
    session_id = sign_in_of(cast)
    id_token(client, session_id)
    user_id = cast.users["agent"]
    with system_unit("tests: end it", write=True):
        if ends == "another browser":
            identity.end_session(session_id, user_id)
        elif ends == "all others":
            identity.end_other_sessions(user_id, "ses_01jd0000000000000000000000")
        else:
            identity.change_password(user_id, "hash")
    assert [row["session_id"] for row in told(cast)] == [session_id]


def test_only_the_end_that_happened_is_told(cast: Cast, client: grants.Client, faces: Faces) -> None:
    faces("agent")
    session_id = sign_in_of(cast)
    id_token(client, session_id)
    with system_unit("tests: end it", write=True):
        identity.end_session(session_id, cast.users["admin"])
    assert told(cast) == []


def test_an_app_that_does_not_take_it_is_asked_again(cast: Cast) -> None:
    replies = iter(["503 Later", "400 Cannot", "200 OK"])
    with LoopbackServer(lambda received: answer(next(replies))) as server:
        client = client_that_hears(cast, f"http://localhost:{server.port}")
        args = (client.client_id, cast.employee_id("agent"), "ses_1")
        with pytest.raises(jobs.LogoutNotTaken):
            jobs.backchannel_logout(cast.system(), *args)
        jobs.backchannel_logout(cast.system(), *args)
        jobs.backchannel_logout(cast.system(), *args)
