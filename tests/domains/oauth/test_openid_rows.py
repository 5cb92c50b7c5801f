"""OpenID Connect: rows M1 to M4, and how its keys turn."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from authlib.oidc.core import CodeIDToken
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet

from portico.domains.identity import second_steps
from portico.domains.identity import service as identity
from portico.domains.oauth import consenting, queries, service
from portico.domains.oauth.service import id_tokens, keys
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.factors import HERE, login_of, second_step, with_phone
from tests.support.http import Api

ISSUER = "http://127.0.0.1:8000"
OPENID = ("openid", "profile", "email")


def key_set(app: Flask) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = app.test_client().get("/oauth/jwks").json["keys"]
    return found


def decoded(app: Flask, token: str) -> jwt.Token:
    keys = KeySet.import_key_set({"keys": key_set(app)})
    return jwt.decode(token, keys, algorithms=["ES256", "RS256"])


def tokens(client: grants.Client, *scopes: str, nonce: str | None = None, **more: Any) -> service.IssuedTokens:
    grant_id = client.begin(scopes=scopes or OPENID, **more)
    with system_unit("tests: issue tokens", write=True):
        return service.issue_user_tokens(queries.grant(grant_id), scopes or OPENID, None, nonce=nonce)


def test_M1_both_documents_agree_word_for_word(app: Flask) -> None:
    client = app.test_client()
    answers = [client.get(f"/.well-known/{name}") for name in ("oauth-authorization-server", "openid-configuration")]
    server, openid = (answer.json for answer in answers)
    assert {name: openid[name] for name in server} == server
    assert openid["issuer"] == ISSUER
    assert openid["subject_types_supported"] == ["public"]
    assert set(openid["id_token_signing_alg_values_supported"]) == {"RS256", "ES256"}
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    for name, url in openid.items():
        if name.endswith("_endpoint"):
            assert url.removeprefix(ISSUER) in rules, name
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.both_databases
def test_M2_the_key_set_is_public_and_its_ids_are_unique(app: Flask, cast: Cast) -> None:
    tokens(grants.client(cast, *OPENID))
    with system_unit("tests: turn", write=True):
        keys.publish_next()
    found = key_set(app)
    assert len({key["kid"] for key in found}) == len(found) == 4
    assert {key["kty"]: set(key) for key in found} == {
        "EC": {"kty", "crv", "x", "y", "kid", "use", "alg"},
        "RSA": {"kty", "n", "e", "kid", "use", "alg"},
    }


@pytest.mark.both_databases
@pytest.mark.parametrize("alg", [None, "RS256", "ES256"])
def test_M3_the_id_token(app: Flask, cast: Cast, held_clock: None, alg: str | None) -> None:
    content = grants.manifest(*OPENID)
    if alg is not None:
        content["oauth"]["id_token_signed_response_alg"] = alg
    registered = apps.register(cast, content)
    client = grants.Client(cast, registered, apps.install(cast))
    signed_in = clock.now() - timedelta(minutes=7)
    issued = tokens(client, nonce="n-0S6_WzA2Mj", auth_time=signed_in, session_id="ses_1")
    answer = issued.answer()
    token = decoded(app, answer["id_token"])
    assert token.header["alg"] == (alg or "RS256")
    assert token.header["kid"] in {key["kid"] for key in key_set(app)}
    now = int(clock.now().timestamp())
    assert token.claims == {
        "iss": ISSUER,
        "sub": cast.employee_id("agent"),
        "aud": client.client_id,
        "iat": now,
        "exp": now + 600,
        "auth_time": int(signed_in.timestamp()),
        "nonce": "n-0S6_WzA2Mj",
        "at_hash": id_tokens.half_hash(answer["access_token"]),
        "workspace_id": cast.acme,
        "sid": "ses_1",
    }
    strict = {"iss": {"essential": True, "value": ISSUER}, "nonce": {"value": "n-0S6_WzA2Mj"}}
    params = {"access_token": answer["access_token"], "client_id": client.client_id, "max_age": 3600}
    CodeIDToken(token.claims, token.header, strict, params).validate(now=now)


@pytest.mark.both_databases
def test_M3_it_says_when_and_by_what_the_person_proved_who_they_are(app: Flask, cast: Cast, held_clock: None) -> None:
    phone = with_phone(cast, "agent")
    clock.advance(timedelta(minutes=5))
    session_token = second_steps.finish_with_code(second_step(cast, "agent"), phone.code(), HERE)
    login = login_of(session_token)
    client = grants.client(cast, *OPENID)
    issued = tokens(client, auth_time=consenting.signed_in_at(login), session_id=login.session_id)
    claims = decoded(app, issued.answer()["id_token"]).claims
    assert claims["amr"] == ["mfa", "otp", "pwd"]
    assert claims["auth_time"] == int(clock.now().timestamp())


def test_M3_without_openid_there_is_none(cast: Cast) -> None:
    assert "id_token" not in tokens(grants.client(cast), "profile").answer()


def test_P6_an_id_token_opens_no_door(app: Flask, api: Api, cast: Cast) -> None:
    answer = tokens(grants.client(cast, *OPENID)).answer()
    assert api.bearer(answer["id_token"]).get("/me").status_code == 401
    headers = {"Authorization": f"Bearer {answer['id_token']}"}
    assert app.test_client().get("/oauth/userinfo", headers=headers).status_code == 401


def userinfo(app: Flask, token: str, **options: Any) -> Any:
    return app.test_client().open(
        "/oauth/userinfo", headers={"Authorization": f"Bearer {token}"}, **{"method": "GET", **options}
    )


@pytest.mark.both_databases
def test_M4_userinfo_needs_openid(app: Flask, cast: Cast) -> None:
    client = grants.client(cast, *OPENID, "directory:read")
    for scopes in (("directory:read",), ("profile", "email")):
        refused = userinfo(app, tokens(client, *scopes).access_token)
        assert refused.status_code == 403
        assert 'error="insufficient_scope", scope="openid"' in refused.headers["WWW-Authenticate"]
    installation = userinfo(app, apps.mint(client.app, client.installation))
    assert installation.status_code == 403
    assert userinfo(app, cast.token("admin")).status_code == 403
    assert userinfo(app, "nonsense").status_code == 401
    without = app.test_client().get("/oauth/userinfo")
    assert (without.status_code, "error=" in without.headers["WWW-Authenticate"]) == (401, False)


@pytest.mark.both_databases
def test_M4_userinfo_says_what_the_scopes_allow(app: Flask, cast: Cast) -> None:
    client = grants.client(cast, *OPENID)
    who = {"sub": cast.employee_id("agent"), "workspace_id": cast.acme}
    assert userinfo(app, tokens(client, "openid").access_token).json == who
    mail = {"email": cast.email("agent"), "email_verified": False}
    assert userinfo(app, tokens(client, "openid", "email").access_token).json == {**who, **mail}
    with system_unit("tests: vouch", write=True):
        identity.verify_email(cast.users["agent"])
    mail["email_verified"] = True
    assert userinfo(app, tokens(client, "openid", "email").access_token).json == {**who, **mail}
    whole = userinfo(app, tokens(client).access_token, method="POST")
    assert whole.json == {**who, **mail, "name": "Agent"}
    assert whole.headers["Cache-Control"] == "no-store"
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    preflight = app.test_client().options("/oauth/userinfo")
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Headers"]) == (204, "Authorization")


@pytest.mark.both_databases
def test_keys_are_published_before_they_sign_and_stay_after(app: Flask, cast: Cast, held_clock: None) -> None:
    client = grants.client(cast, *OPENID)
    old = tokens(client).answer()["id_token"]
    before = {key["kid"] for key in key_set(app)}

    def housekeeping() -> None:
        with system_unit("tests: housekeeping", write=True):
            keys.keep_turning()

    clock.advance(timedelta(days=90))
    housekeeping()
    published = {key["kid"] for key in key_set(app)}
    assert before < published
    assert decoded(app, tokens(client).answer()["id_token"]).header["kid"] in before
    clock.advance(timedelta(minutes=15))
    housekeeping()
    new = decoded(app, tokens(client).answer()["id_token"])
    assert new.header["kid"] in published - before
    assert decoded(app, old).claims["sub"] == cast.employee_id("agent")
    clock.advance(timedelta(days=7))
    housekeeping()
    assert {key["kid"] for key in key_set(app)} == published - before


@pytest.mark.both_databases
def test_of_many_that_turn_at_once_one_does(cast: Cast) -> None:
    tokens(grants.client(cast, *OPENID))
    start = threading.Barrier(4)
    turned: list[str] = []

    def go() -> None:
        start.wait()
        with system_unit("tests: turn", write=True):
            keys.publish_next()
        with system_unit("tests: turn", write=True):
            turned.extend(keys.turn(at_once=True))

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(turned) == {keys.SESSION_TOKENS, keys.ID_TOKENS["RS256"]}
    with cast.reading():
        assert {row.purpose for row in queries.key_stages("active")} == set(turned)
