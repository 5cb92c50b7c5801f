"""Minting by client credentials, what a token can do, and when it cannot do it any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue import service as publishing
from portico.domains.installations import service
from portico.domains.oauth import service as oauth
from portico.kernel import clock
from portico.kernel.db import Base
from portico.kernel.unit_of_work import system_unit
from tests.support.apps import asking, basic, deploy, install, mint, post_form, register
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.usefixtures("cast")
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def installed(cast: Cast) -> tuple[dict[str, Any], dict[str, Any]]:
    made = register(cast, asking("directory:read", optional=("catalogue:read",)))
    return made, install(cast, granted_scopes=["directory:read", "catalogue:read"])


Installed = tuple[dict[str, Any], dict[str, Any]]


def ask(app: Flask, installed: Installed, **form: str) -> Any:
    registered, installation = installed
    headers = basic(registered["client_id"], registered["client_secret"])
    return post_form(app, "/oauth/token", headers, **GRANT, installation_id=installation["id"], **form)


@pytest.mark.both_databases
def test_a_token_by_basic_and_by_post(app: Flask, api: Api, installed: Installed) -> None:
    registered, installation = installed
    by_basic = ask(app, installed)
    assert by_basic.status_code == 200
    assert by_basic.headers["Cache-Control"] == "no-store"
    assert by_basic.json["token_type"] == "Bearer"
    assert by_basic.json["expires_in"] == 3600
    assert by_basic.json["scope"] == "catalogue:read directory:read"
    by_post = post_form(
        app,
        "/oauth/token",
        **GRANT,
        installation_id=installation["id"],
        client_id=registered["client_id"],
        client_secret=registered["client_secret"],
    )
    assert by_post.status_code == 200
    for answer in (by_basic, by_post):
        assert api.bearer(answer.json["access_token"]).get("/catalogue").status_code == 200


def test_a_narrowed_token_can_do_less(app: Flask, api: Api, installed: Installed) -> None:
    answer = ask(app, installed, scope="directory:read")
    assert answer.json["scope"] == "directory:read"
    refused = api.bearer(answer.json["access_token"]).get("/catalogue")
    assert (refused.status_code, refused.json["code"]) == (403, "insufficient_scope")
    assert "catalogue:read" in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "scope", ["directory:read members:write", "openid", "nonsense", "directory:read,catalogue:read"]
)
def test_more_than_granted_is_invalid_scope(app: Flask, installed: Installed, scope: str) -> None:
    answer = ask(app, installed, scope=scope)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")


def test_foreign_unknown_suspended_and_gone_look_alike(app: Flask, cast: Cast, installed: Installed) -> None:
    other_app = register(cast, asking("directory:read", key="second"))
    foreign = install(cast, "second")
    registered, installation = installed
    headers = basic(registered["client_id"], registered["client_secret"])
    assert other_app["id"] != registered["id"]

    def answer(installation_id: str) -> bytes:
        response = post_form(app, "/oauth/token", headers, **GRANT, installation_id=installation_id)
        assert response.status_code == 400
        assert response.json["error"] == "invalid_grant"
        return response.data

    words = {answer(foreign["id"]), answer("ins_01jd0000000000000000000000"), answer("nonsense"), answer("\x00")}
    with cast.writing():
        service.suspend(cast.actor("admin"), installation["id"])
    words.add(answer(installation["id"]))
    with cast.writing():
        service.uninstall(cast.actor("admin"), installation["id"])
    words.add(answer(installation["id"]))
    assert len(words) == 1


def test_wrong_clients_get_one_answer(app: Flask, cast: Cast, installed: Installed) -> None:
    registered, installation = installed
    stranger = register(cast, asking(key="second"))
    right_id, secret = registered["client_id"], registered["client_secret"]
    wrong = [
        basic(right_id, "wrong"),
        basic(right_id, stranger["client_secret"]),
        basic(right_id, registered["signing_secret"]),
        basic("app_01jd0000000000000000000000", secret),
        basic("nonsense", secret),
        basic(right_id, "ü\x00"),
        basic(right_id, "x" * 100_000),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic"},
        {"Authorization": f"Bearer {secret}"},
        {},
    ]
    answers = {
        (response.status_code, response.data, response.headers["WWW-Authenticate"])
        for response in (
            post_form(app, "/oauth/token", headers, **GRANT, installation_id=installation["id"]) for headers in wrong
        )
    }
    assert len(answers) == 1
    status, body, challenge = answers.pop()
    assert (status, challenge) == (401, 'Basic realm="portico"')
    assert b"invalid_client" in body


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unauthorized_client"),
        (GRANT, "invalid_request"),
    ],
)
def test_malformed_requests(app: Flask, installed: Installed, form: dict[str, str], error: str) -> None:
    registered, _ = installed
    answer = post_form(app, "/oauth/token", basic(registered["client_id"], registered["client_secret"]), **form)
    assert (answer.status_code, answer.json["error"]) == (400, error)
    assert answer.headers["Cache-Control"] == "no-store"


def test_queries_json_repeats_and_two_methods_are_refused(app: Flask, installed: Installed) -> None:
    registered, installation = installed
    client = app.test_client()
    headers = basic(registered["client_id"], registered["client_secret"])
    form = {**GRANT, "installation_id": installation["id"]}
    assert client.get("/oauth/token").status_code == 405
    assert client.post("/oauth/token", json=form, headers=headers).json["error"] == "invalid_request"
    assert client.post("/oauth/token", query_string=form, headers=headers).json["error"] == "invalid_request"
    in_query = {"client_id": registered["client_id"], "client_secret": registered["client_secret"]}
    assert client.post("/oauth/token", query_string=in_query, data=form).status_code == 401
    repeated = [("grant_type", "client_credentials")] * 2 + [("installation_id", installation["id"])]
    body = "&".join(f"{name}={value}" for name, value in repeated)
    form_type = "application/x-www-form-urlencoded"
    answer = client.post("/oauth/token", data=body, content_type=form_type, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    both = client.post("/oauth/token", data={**form, "client_secret": registered["client_secret"]}, headers=headers)
    assert both.json["error"] == "invalid_request"
    differs = client.post("/oauth/token", data={**form, "client_id": "app_other"}, headers=headers)
    assert differs.json["error"] == "invalid_request"


def test_guessing_is_slowed_for_the_guesser_alone(app: Flask, installed: Installed) -> None:
    app.extensions["portico_limits"]._factor = 0.1
    registered, installation = installed
    for _ in range(2):
        post_form(app, "/oauth/token", basic(registered["client_id"], "wrong"), **GRANT)
    refused = ask(app, installed)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    elsewhere = app.test_client().post(
        "/oauth/token",
        data={**GRANT, "installation_id": installation["id"]},
        headers=basic(registered["client_id"], registered["client_secret"]),
        environ_overrides={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert elsewhere.status_code == 200


@pytest.mark.both_databases
def test_suspended_resumed_and_uninstalled(api: Api, cast: Cast, installed: Installed) -> None:
    registered, installation = installed
    client = api.bearer(mint(registered, installation))
    admin = cast.actor("admin")
    assert client.get("/me").status_code == 200
    with cast.writing():
        service.suspend(admin, installation["id"])
    refused = client.get("/me")
    assert (refused.status_code, refused.json["code"]) == (401, "installation_suspended")
    with cast.writing():
        service.resume(admin, installation["id"])
    assert client.get("/me").status_code == 200
    with cast.writing():
        service.uninstall(admin, installation["id"])
    refused = client.get("/me")
    assert (refused.status_code, refused.json["code"]) == (401, "token_revoked")
    install(cast)
    assert client.get("/me").json["code"] == "token_revoked"


@pytest.mark.both_databases
def test_power_is_computed_at_each_request(api: Api, cast: Cast, installed: Installed) -> None:
    registered, installation = installed
    client = api.bearer(mint(registered, installation))
    assert client.get("/catalogue").status_code == 200
    with cast.writing():
        service.update_installation(cast.actor("admin"), installation["id"], {"granted_scopes": ["directory:read"]})
    refused = client.get("/catalogue")
    assert (refused.status_code, refused.json["code"]) == (403, "scope_pending")
    with cast.writing():
        both = ["directory:read", "catalogue:read"]
        service.update_installation(cast.actor("admin"), installation["id"], {"granted_scopes": both})
    assert client.get("/catalogue").status_code == 200
    deploy(cast, registered["id"], asking("directory:read"))
    assert client.get("/catalogue").json["code"] == "insufficient_scope"


def test_a_token_of_one_workspace_sees_nothing_of_another(api: Api, cast: Cast, installed: Installed) -> None:
    registered, _ = installed
    with cast.writing():
        publishing.update_app(cast.actor("developer"), registered["id"], visibility="public")
    there = install(cast, by="outsider")
    client = api.bearer(mint(registered, there))
    assert client.get("/me").json["workspace"]["id"] == cast.other
    assert client.get(f"/employees/{cast.employee_id('agent')}").status_code == 404
    assert client.get("/installations/me").json["id"] == there["id"]


def test_an_hour_and_no_longer(api: Api, installed: Installed, held_clock: None) -> None:
    client = api.bearer(mint(*installed))
    clock.advance(timedelta(minutes=59))
    assert client.get("/me").status_code == 200
    clock.advance(timedelta(minutes=1))
    assert client.get("/me").json["code"] == "token_expired"


def test_an_ended_secret_mints_no_more(app: Flask, cast: Cast, installed: Installed) -> None:
    registered, _ = installed
    with cast.writing():
        developer = cast.actor("developer")
        rows = catalogue.secrets_of(developer, registered["id"])
        secret_id = next(row.id for row in rows if row.kind == "client_secret")
        publishing.end_client_secret(developer, registered["id"], secret_id)
    assert ask(app, installed).json["error"] == "invalid_client"


def test_revoking_ends_ones_own_token_and_tells_nothing_of_others(
    app: Flask, api: Api, cast: Cast, installed: Installed
) -> None:
    registered, installation = installed
    headers = basic(registered["client_id"], registered["client_secret"])
    stranger = register(cast, asking(key="second"))
    mine = mint(registered, installation)

    def revoke(headers: dict[str, str], **form: str) -> Any:
        return post_form(app, "/oauth/revoke", headers, **form)

    as_stranger = basic(stranger["client_id"], stranger["client_secret"])
    assert revoke(as_stranger, token=mine).status_code == 200
    assert api.bearer(mine).get("/me").status_code == 200
    assert revoke(basic(registered["client_id"], "wrong"), token=mine).status_code == 401
    assert revoke(headers).json["error"] == "invalid_request"
    for token in ("nonsense", cast.token("agent"), "\x00"):
        assert revoke(headers, token=token).status_code == 200
    assert api("agent").get("/me").status_code == 200
    assert revoke(headers, token=mine, token_type_hint="made_up").status_code == 200
    refused = api.bearer(mine).get("/me")
    assert (refused.status_code, refused.json["code"]) == (401, "token_revoked")
    assert revoke(headers, token=mine).status_code == 200


@pytest.mark.parametrize("token", ["pti_", "pti_nonsense", "pti_" + "x" * 20_000, "pti_ü"])
def test_made_up_tokens_are_invalid(app: Flask, api: Api, token: str) -> None:
    answer = api.bearer(token.encode("ascii", "replace").decode()).get("/me")
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.both_databases
def test_no_secret_that_was_issued_stands_in_any_table(app: Flask, cast: Cast, installed: Installed) -> None:
    registered, _ = installed
    token = ask(app, installed).json["access_token"]
    with cast.writing():
        second = publishing.create_client_secret(cast.actor("developer"), registered["id"]).client_secret
    issued = [token, registered["client_secret"], registered["signing_secret"], second]
    issued += [secret.split("_", 1)[1] for secret in issued]
    with system_unit("tests: every cell of every table") as work:
        tables = Base.metadata.sorted_tables
        assert len(tables) > 20
        for table in tables:
            text = "\n".join(str(tuple(row)) for row in work.execute(select(table)))
            assert not [secret for secret in issued if secret in text], table.name


@pytest.mark.both_databases
def test_tokens_that_ended_a_week_ago_are_forgotten(api: Api, installed: Installed, held_clock: None) -> None:
    old = mint(*installed)
    clock.advance(timedelta(days=7))
    fresh = mint(*installed)
    clock.advance(timedelta(minutes=61))
    with system_unit("tests: sweep", write=True):
        oauth.sweep()
    assert api.bearer(old).get("/me").json["code"] == "token_invalid"
    assert api.bearer(fresh).get("/me").json["code"] == "token_expired"
