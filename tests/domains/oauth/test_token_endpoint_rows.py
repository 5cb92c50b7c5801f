"""Rows T, R, V, I and P over HTTP: the token endpoint, revocation, introspection, and tokens at the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portico.domains.identity import service as identity
from portico.domains.oauth import queries, service
from portico.kernel.unit_of_work import system_unit
from tests.support import apps, grants
from tests.support.apps import basic, post_form
from tests.support.cast import Cast
from tests.support.grants import CALLBACK, VERIFIER, Client
from tests.support.http import Api

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client(cast: Cast) -> Client:
    return grants.client(cast)


def headers(client: Client) -> dict[str, str]:
    return basic(client.client_id, client.app["client_secret"])


def form(client: Client, **changes: str) -> dict[str, str]:
    """A sound redemption of a new code."""
    sound = {"grant_type": "authorization_code", "code": client.code(), "redirect_uri": CALLBACK}
    return {**sound, "code_verifier": VERIFIER, **changes}


def refresh_form(tokens: service.IssuedTokens, **more: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token or "", **more}


@pytest.mark.both_databases
def test_T1_over_http(app: Flask, api: Api, client: Client) -> None:
    answer = post_form(app, "/oauth/token", headers(client), **form(client))
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json) >= {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert api.bearer(answer.json["access_token"]).get("/contacts").status_code == 200
    refreshed = post_form(
        app, "/oauth/token", headers(client), grant_type="refresh_token", refresh_token=answer.json["refresh_token"]
    )
    assert refreshed.status_code == 200
    assert refreshed.headers["Cache-Control"] == "no-store"
    assert refreshed.json["scope"] == answer.json["scope"]


@pytest.mark.both_databases
def test_T2_a_refusal_that_ends_a_grant_is_kept(app: Flask, api: Api, client: Client) -> None:
    given = form(client)
    token = post_form(app, "/oauth/token", headers(client), **given).json["access_token"]
    replay = post_form(app, "/oauth/token", headers(client), **given)
    assert (replay.status_code, replay.json["error"]) == (400, "invalid_grant")
    assert api.bearer(token).get("/me").json["code"] == "token_revoked"


def test_T1_a_public_client_by_its_id(app: Flask, cast: Cast) -> None:
    native = grants.client(cast, public=True)
    answer = post_form(app, "/oauth/token", **form(native, client_id=native.client_id))
    assert answer.json["expires_in"] == 900
    again = post_form(app, "/oauth/token", client_id=native.client_id, **refresh_form_of(answer.json))
    assert again.status_code == 200
    assert post_form(app, "/oauth/token", headers(native), **form(native)).status_code == 401


def refresh_form_of(body: dict[str, Any]) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": body["refresh_token"]}


def test_T9_the_query_is_never_read(app: Flask, client: Client) -> None:
    browser = app.test_client()
    given = form(client)
    assert browser.get("/oauth/token", query_string=given).status_code == 405
    assert browser.post("/oauth/token", json=given, headers=headers(client)).status_code == 400
    in_query = {"client_id": client.client_id, "client_secret": client.app["client_secret"]}
    assert browser.post("/oauth/token", query_string=in_query, data=given).status_code == 401
    without = {name: value for name, value in given.items() if name != "code"}
    answer = browser.post("/oauth/token", query_string={"code": given["code"]}, data=without, headers=headers(client))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert browser.post("/oauth/token", data=given, headers=headers(client)).status_code == 200


@pytest.mark.parametrize("name", ["grant_type", "code", "code_verifier", "redirect_uri", "strange"])
def test_T10_a_repeated_parameter(app: Flask, client: Client, name: str) -> None:
    pairs = [*form(client, strange="x").items()]
    pairs.append((name, dict(pairs)[name]))
    body = "&".join(f"{key}={value}" for key, value in pairs)
    answer = app.test_client().post("/oauth/token", data=body, content_type=FORM, headers=headers(client))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_T10_resource_may_stand_twice(app: Flask, client: Client) -> None:
    issuer = "http://127.0.0.1:8000"
    body = "&".join(f"{key}={value}" for key, value in [*form(client).items(), *[("resource", issuer)] * 2])
    answer = app.test_client().post("/oauth/token", data=body, content_type=FORM, headers=headers(client))
    assert answer.status_code == 200
    refused = post_form(app, "/oauth/token", headers(client), **form(client), resource="https://other.example")
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_target")
    tokens = client.tokens()
    refused = post_form(app, "/oauth/token", headers(client), **refresh_form(tokens), resource="https://x.example")
    assert refused.json["error"] == "invalid_target"


@pytest.mark.parametrize("grant", ["password", "implicit", "urn:example:made-up"])
def test_T11_an_unknown_grant_type(app: Flask, client: Client, grant: str) -> None:
    answer = post_form(app, "/oauth/token", headers(client), grant_type=grant)
    assert (answer.status_code, answer.json["error"]) == (400, "unsupported_grant_type")


def test_T12_a_grant_type_that_is_not_the_clients(app: Flask, cast: Cast, client: Client) -> None:
    without = grants.client(cast, key="second", callbacks=())
    answer = post_form(app, "/oauth/token", headers(without), **form(client))
    assert (answer.status_code, answer.json["error"]) == (400, "unauthorized_client")


@pytest.mark.both_databases
def test_V1_a_refresh_token_takes_its_grant_along(app: Flask, api: Api, client: Client) -> None:
    tokens = client.tokens()
    answer = post_form(app, "/oauth/revoke", headers(client), token=tokens.refresh_token or "")
    assert (answer.status_code, answer.data) == (200, b"{}")
    assert api.bearer(tokens.access_token).get("/me").json["code"] == "token_revoked"
    assert post_form(app, "/oauth/token", headers(client), **refresh_form(tokens)).json["error"] == "invalid_grant"


@pytest.mark.both_databases
def test_V1_an_access_token_goes_alone(app: Flask, api: Api, client: Client) -> None:
    tokens = client.tokens()
    assert post_form(app, "/oauth/revoke", headers(client), token=tokens.access_token).status_code == 200
    assert api.bearer(tokens.access_token).get("/me").json["code"] == "token_revoked"
    assert post_form(app, "/oauth/token", headers(client), **refresh_form(tokens)).status_code == 200


def test_V2_V4_unknown_ones_and_bad_hints(app: Flask, client: Client) -> None:
    for token in ("nonsense", "ptr_x", "ptu_x", "\x00"):
        answer = post_form(app, "/oauth/revoke", headers(client), token=token, token_type_hint="made_up")
        assert (answer.status_code, answer.data) == (200, b"{}")


def test_V3_somebody_elses(app: Flask, api: Api, cast: Cast, client: Client) -> None:
    stranger = apps.register(cast, grants.manifest(key="second"))
    as_stranger = basic(stranger["client_id"], stranger["client_secret"])
    tokens = client.tokens()
    for token in (tokens.access_token, tokens.refresh_token or ""):
        answer = post_form(app, "/oauth/revoke", as_stranger, token=token)
        assert (answer.status_code, answer.data) == (200, b"{}")
    assert api.bearer(tokens.access_token).get("/me").status_code == 200
    assert post_form(app, "/oauth/token", headers(client), **refresh_form(tokens)).status_code == 200


def introspect(app: Flask, shown: dict[str, str], token: str | None) -> Any:
    answer = post_form(app, "/oauth/introspect", shown, token=token or "")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json


@pytest.mark.both_databases
def test_I1_ones_own_tokens_and_no_others(app: Flask, cast: Cast, client: Client) -> None:
    stranger = apps.register(cast, grants.manifest(key="second"))
    as_stranger = basic(stranger["client_id"], stranger["client_secret"])
    tokens, own = client.tokens(), apps.mint(client.app, client.installation)
    access = introspect(app, headers(client), tokens.access_token)
    assert access["active"] is True
    assert access["scope"] == "contacts:read directory:read openid profile"
    assert access["sub"] == cast.employee_id("agent")
    assert access["iss"] == access["aud"] == "http://127.0.0.1:8000"
    assert access["exp"] - access["iat"] == 3600
    assert introspect(app, headers(client), tokens.refresh_token)["active"] is True
    assert introspect(app, headers(client), own)["sub"] == client.installation["id"]
    for token in (tokens.access_token, tokens.refresh_token, own, cast.token("agent"), "nonsense"):
        assert introspect(app, as_stranger, token) == {"active": False}
    assert introspect(app, headers(client), cast.token("agent")) == {"active": False}


@pytest.mark.both_databases
def test_I1_what_died_is_not_active(app: Flask, client: Client) -> None:
    tokens = client.tokens()
    post_form(app, "/oauth/revoke", headers(client), token=tokens.refresh_token or "")
    for token in (tokens.access_token, tokens.refresh_token):
        assert introspect(app, headers(client), token) == {"active": False}
    spent = client.tokens()
    grants.refresh(spent.refresh_token, client.client_id)
    assert introspect(app, headers(client), spent.refresh_token) == {"active": False}


def test_I2_nobody_and_public_clients_ask_in_vain(app: Flask, cast: Cast, client: Client) -> None:
    native = grants.client(cast, public=True, key="native")
    token = client.tokens().access_token
    assert post_form(app, "/oauth/introspect", token=token).status_code == 401
    assert post_form(app, "/oauth/introspect", client_id=client.client_id, token=token).status_code == 401
    assert post_form(app, "/oauth/introspect", client_id=native.client_id, token=token).status_code == 401
    assert post_form(app, "/oauth/introspect", headers(client)).json["error"] == "invalid_request"


@pytest.mark.both_databases
def test_P4_a_token_for_another_resource(api: Api, client: Client) -> None:
    grant_id = client.begin()
    with system_unit("tests: a token for another resource", write=True):
        row = queries.grant(grant_id)
        elsewhere = service.issue_user_tokens(row, ["directory:read"], "https://other.example")
        here = service.issue_user_tokens(row, ["directory:read"], "http://127.0.0.1:8000")
    answer = api.bearer(elsewhere.access_token).get("/employees")
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert api.bearer(here.access_token).get("/employees").status_code == 200


def test_P2_a_refresh_token_and_a_code_are_no_bearer_tokens(api: Api, client: Client) -> None:
    tokens = client.tokens()
    other = tokens.access_token[:-1] + ("y" if tokens.access_token.endswith("x") else "x")
    for token in (tokens.refresh_token or "", client.code(), other, "ptu_" + "x" * 20_000):
        answer = api.bearer(token).get("/me")
        assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")


def test_P3_the_challenge_names_every_scope_that_the_call_needs(api: Api, client: Client) -> None:
    tokens = client.tokens(scopes=("openid",))
    answer = api.bearer(tokens.access_token).get("/contacts")
    assert (answer.status_code, answer.json["code"]) == (403, "insufficient_scope")
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="contacts:read"' in challenge
    assert "resource_metadata=" in challenge


def test_P1_without_a_token_the_scope_is_named(api: Api) -> None:
    challenge = api(None).get("/contacts").headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer resource_metadata=")
    assert 'scope="contacts:read"' in challenge
    assert "error=" not in challenge
    assert "scope=" not in api(None).get("/me").headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/contacts", "/me"])
def test_P5_P7_tokens_elsewhere_and_cookies_are_not_read(app: Flask, client: Client, path: str) -> None:
    token = client.tokens().access_token
    browser = app.test_client()
    browser.set_cookie("portico_session", token)
    answer = browser.get(f"/api/v1{path}", query_string={"access_token": token})
    assert (answer.status_code, answer.json["code"]) == (401, "token_missing")


@pytest.mark.both_databases
def test_P8_nothing_of_another_workspace(api: Api, cast: Cast, client: Client) -> None:
    token = client.tokens().access_token
    assert api.bearer(token).get(f"/employees/{cast.employee_id('outsider')}").status_code == 404


def test_an_app_in_a_persons_name_is_neither_the_person_nor_the_app(api: Api, cast: Cast, client: Client) -> None:
    token = client.tokens("owner").access_token
    assert api.bearer(token).get("/installations/me").status_code == 403
    assert api.bearer(token).get("/members").status_code == 403
    assert api.bearer(token).get("/apps").status_code == 403


@pytest.mark.both_databases
def test_a_cut_of_the_role_bites_at_the_next_request(api: Api, cast: Cast, client: Client) -> None:
    token = client.tokens().access_token
    assert api.bearer(token).get("/contacts").status_code == 200
    with cast.writing():
        identity.change_role(cast.actor("owner"), cast.actor("agent").membership_id or "", "employee")
    assert api.bearer(token).get("/contacts").status_code == 403
    assert api.bearer(token).get("/me").json["scopes"] == ["directory:read", "openid", "profile"]


@pytest.mark.both_databases
def test_what_an_app_writes_in_a_persons_name_is_signed_with_both(api: Api, cast: Cast) -> None:
    client = grants.client(cast, "tickets:read", "tickets:write")
    token = client.tokens(scopes=("tickets:read", "tickets:write")).access_token
    ticket = api("agent").post(
        "/tickets", json={"subject": "x", "requester": {"employee_id": cast.employee_id("owner")}}
    )
    comment = api.bearer(token).post(
        f"/tickets/{ticket.json['id']}/comments", json={"body": "Hello", "visibility": "public"}
    )
    assert comment.status_code == 201, comment.json
    assert comment.json["author"]["kind"] == "app_for_employee"
    assert comment.json["author"]["display_name"] == "Agent (Helper)"
