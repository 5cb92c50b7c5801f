"""Clients that are no app of the catalogue: registered by themselves (rows G1 and G2), or named by a document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from portico import settings as instance
from portico.domains.identity import queries as identity_queries
from portico.domains.identity import service as identity
from portico.domains.oauth import client_metadata, documents
from portico.domains.oauth.models import OAuthClient
from portico.domains.oauth.service import unlisted
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support.authorizing import decide, sent_back
from tests.support.cast import Cast
from tests.support.faces import Faces, words
from tests.support.grants import CALLBACK, CHALLENGE, VERIFIER
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer, answer

ABOUT = {"client_name": "Assistant", "redirect_uris": [CALLBACK]}


@pytest.fixture(autouse=True)
def allowed(settings: Settings, app: Flask, cast: Cast) -> None:
    """Both kinds, by the operator and by the workspace."""
    instance.configure(replace(settings, unlisted_clients="documents+registration"))
    allow(cast, True)


def allow(cast: Cast, yes: bool) -> None:
    with cast.writing():
        identity.allow_unlisted_clients(cast.actor("admin"), yes)


def registering(app: Flask, **changed: Any) -> Any:
    about = {name: value for name, value in {**ABOUT, **changed}.items() if value is not None}
    return app.test_client().post("/oauth/register", json=about)


def address(client_id: str, scope: str = "openid directory:read") -> str:
    return "/oauth/authorize?" + urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": CALLBACK,
            "scope": scope,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
    )


def redeemed(app: Flask, client_id: str, code: str) -> Any:
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "client_id": client_id}
    return app.test_client().post("/oauth/token", data=form)


@pytest.mark.both_databases
def test_G2_a_registered_client_acts_for_a_person(app: Flask, faces: Faces, api: Api) -> None:
    made = registering(app, scope="openid directory:read", software_id="x")
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert made.json["token_endpoint_auth_method"] == "none"
    assert "client_secret" not in made.json
    client_id = made.json["client_id"]
    code = sent_back(decide(faces("agent"), address(client_id)))["code"]
    tokens = redeemed(app, client_id, code)
    assert tokens.status_code == 200
    assert tokens.json["expires_in"] == 900
    client = api.bearer(tokens.json["access_token"])
    assert client.get("/me").json["actor"]["kind"] == "app_for_employee"
    own = {"grant_type": "client_credentials", "installation_id": "ins_01jd0000000000000000000000"}
    assert app.test_client().post("/oauth/token", data={**own, "client_id": client_id}).status_code == 401


@pytest.mark.both_databases
def test_G2_the_workspace_says_no(app: Flask, faces: Faces, api: Api, cast: Cast) -> None:
    client_id = registering(app).json["client_id"]
    code = sent_back(decide(faces("agent"), address(client_id)))["code"]
    client = api.bearer(redeemed(app, client_id, code).json["access_token"])
    assert client.get("/me").status_code == 200
    allow(cast, False)
    assert client.get("/me").status_code == 401
    refused = faces("agent").get(address(client_id))
    assert refused.status_code == 403
    assert "no app of the catalogue" in words(refused)


def test_G2_nothing_sensitive_is_theirs_to_have(app: Flask, faces: Faces) -> None:
    made = registering(app).json
    assert "directory.sensitive:read" not in made["scope"].split()
    scope = "openid directory:read directory.sensitive:read"
    code = sent_back(decide(faces("hr_admin"), address(made["client_id"], scope)))["code"]
    assert redeemed(app, made["client_id"], code).json["scope"] == "directory:read openid"


def test_G2_off_unless_the_operator_wants_it(app: Flask, settings: Settings, faces: Faces, api: Api) -> None:
    client_id = registering(app).json["client_id"]
    code = sent_back(decide(faces("agent"), address(client_id)))["code"]
    token = redeemed(app, client_id, code).json["access_token"]
    assert Settings(home=settings.home).unlisted_clients == "off"
    instance.configure(settings)
    assert registering(app).status_code == 404
    document = app.test_client().get("/.well-known/oauth-authorization-server").json
    assert "registration_endpoint" not in document
    assert "client_id_metadata_document_supported" not in document
    assert api.bearer(token).get("/me").status_code == 401
    assert faces("agent").get(address(client_id)).status_code == 400


def test_G2_a_flood_is_slowed(app: Flask) -> None:
    app.extensions["portico_limits"]._factor = 1
    assert [registering(app).status_code for _ in range(21)] == [201] * 20 + [429]
    elsewhere = app.test_client().post("/oauth/register", json=ABOUT, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 201


@pytest.mark.both_databases
def test_G2_unused_for_a_week_it_is_forgotten(app: Flask, faces: Faces, held_clock: None) -> None:
    used, unused = registering(app).json["client_id"], registering(app).json["client_id"]
    decide(faces("agent"), address(used))
    clock.advance(timedelta(days=7, seconds=1))
    with system_unit("tests: sweep", write=True) as work:
        unlisted.sweep_clients()
        kept = set(work.scalars(select(OAuthClient.client_id)))
    assert used in kept
    assert unused not in kept


@pytest.mark.parametrize(
    "uri",
    [
        "http://helper.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "https://*.helper.example/cb",
        "https://helper.example/cb#x",
        "https://helper.example/cb#",
        "https://user@helper.example/cb",
        "https://user:x@helper.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://192.0.2.1/cb",
        "https://[2001:db8::1]/cb",
        "https://2130706433/cb",
        "https://xn--pple-43d.example/cb",
        "https://аpple.example/cb",
        "https://helper/cb",
        "https://helper.example\\@evil.example/cb",
        "https://helper.example/a b",
        "https://helper.example:port/cb",
        "myapp://cb",
        "https:///cb",
        "//helper.example/cb",
        "",
        "https://helper.example/" + "x" * 500,
    ],
)
def test_G1_redirect_uris(app: Flask, uri: str) -> None:
    refused = registering(app, redirect_uris=[CALLBACK, uri])
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize("uri", ["http://127.0.0.1/cb", "http://[::1]:5/cb", "http://localhost:53124/cb", CALLBACK])
def test_G1_what_may_be(app: Flask, uri: str) -> None:
    assert registering(app, redirect_uris=[uri]).status_code == 201


@pytest.mark.parametrize(
    "changed",
    [
        {"client_name": None},
        {"client_name": "x" * 61},
        {"client_name": 7},
        {"redirect_uris": None},
        {"redirect_uris": []},
        {"redirect_uris": "x"},
        {"redirect_uris": [7]},
        {"redirect_uris": [CALLBACK] * 11},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"jwks_uri": "http://127.0.0.1:6379/"},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["implicit"]},
        {"grant_types": "x"},
        {"response_types": ["token"]},
    ],
    ids=repr,
)
def test_G1_metadata(app: Flask, changed: dict[str, Any]) -> None:
    refused = registering(app, **changed)
    assert refused.status_code == 400
    assert refused.json["error"] in ("invalid_client_metadata", "invalid_redirect_uri")


def test_G1_what_is_no_object(app: Flask) -> None:
    client = app.test_client()
    for body in (b"", b"[]", b"{", b"null", json.dumps({**ABOUT, "x": "y" * 6000}).encode()):
        assert client.post("/oauth/register", data=body, content_type="application/json").status_code == 400


class Documents:
    """A server that tells about one client, as it is told to."""

    def __init__(self, server: LoopbackServer) -> None:
        self.server = server
        self.url = f"http://127.0.0.1:{server.port}/client.json"
        self.about: dict[str, Any] = {"client_id": self.url, **ABOUT}
        self.status, self.headers = "200 OK", {"Content_Type": "application/json", "Cache_Control": "max-age=600"}
        self.body: bytes | None = None

    def respond(self) -> list[bytes]:
        body = json.dumps(self.about).encode() if self.body is None else self.body
        return answer(self.status, body, **self.headers)

    @property
    def asked(self) -> int:
        return len(self.server.received)


@pytest.fixture
def told() -> Iterator[Documents]:
    found: list[Documents] = []
    with LoopbackServer(lambda received: found[0].respond()) as server:
        found.append(Documents(server))
        yield found[0]


@pytest.mark.both_databases
def test_a_client_by_the_address_of_its_document(app: Flask, faces: Faces, api: Api, told: Documents) -> None:
    page = faces("agent").get(address(told.url))
    assert "Assistant" in words(page)
    assert f"127.0.0.1:{told.server.port}" in words(page)
    code = sent_back(decide(faces("agent"), address(told.url)))["code"]
    tokens = redeemed(app, told.url, code)
    assert tokens.status_code == 200
    assert api.bearer(tokens.json["access_token"]).get("/me").status_code == 200
    # Once, and nothing at the token endpoint: it is kept as its headers say.
    assert told.asked == 1
    document = app.test_client().get("/.well-known/oauth-authorization-server").json
    assert document["client_id_metadata_document_supported"] is True


def test_it_is_kept_within_bounds(faces: Faces, told: Documents, held_clock: None) -> None:
    browser = faces("agent")
    for given, kept in (("no-store", 300), ("max-age=1", 300), ("max-age=999999999", 86_400), ("max-age=600", 600)):
        told.headers["Cache_Control"] = given
        clock.advance(timedelta(days=2))
        before = told.asked
        assert browser.get(address(told.url)).status_code in (200, 303)
        assert documents.find_unlisted(told.url) is not None
        assert told.asked == before + 1
        clock.advance(timedelta(seconds=kept - 1))
        assert documents.find_unlisted(told.url) is not None
        assert told.asked == before + 1
        clock.advance(timedelta(seconds=1))
        assert documents.find_unlisted(told.url) is not None
        assert told.asked == before + 2


def test_what_changed_is_another_client_to_people(told: Documents, held_clock: None) -> None:
    first = documents.find_unlisted(told.url)
    told.about["client_name"] = "Another"
    clock.advance(timedelta(minutes=11))
    second = documents.find_unlisted(told.url)
    assert first is not None
    assert second is not None
    assert first.seen != second.seen


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": {"client_id": "https://elsewhere.example/client.json"}},
        {"about": {"redirect_uris": ["https://evil.example/cb"]}},
        {"about": {"redirect_uris": ["javascript:alert(1)"]}},
        {"about": {"token_endpoint_auth_method": "client_secret_post"}},
        {"about": {"padding": "x" * 6000}},
        {"body": b"x" * 1_000_000},
        {"body": b"[]"},
        {"body": b"{"},
        {"status": "404 Not Found"},
        {"status": "302 Found", "headers": {"Location": "/other.json"}},
        {"headers": {"Content_Type": "text/html"}},
    ],
    ids=lambda wrong: repr(wrong)[:60],
)
def test_a_wrong_document_is_no_client(faces: Faces, told: Documents, wrong: dict[str, Any]) -> None:
    told.about |= wrong.get("about", {})
    told.body = wrong.get("body")
    told.status = wrong.get("status", told.status)
    told.headers |= wrong.get("headers", {})
    stays = faces("agent").get(address(told.url))
    assert (stays.status_code, stays.location) == (400, None)


@pytest.mark.parametrize(
    "client_id",
    [
        "https://helper.example",
        "https://helper.example/",
        "http://helper.example/client.json",
        "https://192.0.2.1/client.json",
        "https://user@helper.example/client.json",
        "https://helper.example/client.json#x",
        "https://helper.example/client.json?x=1",
        "https://helper.example/a/../client.json",
        "https://helper.example/%2e%2e/client.json",
        "https://localhost/client.json",
        "https://xn--pple-43d.example/client.json",
        "ftp://helper.example/client.json",
    ],
)
def test_what_is_no_address_of_a_document(client_id: str) -> None:
    assert not documents.is_document_id(client_id)


def test_in_production_it_is_https(settings: Settings) -> None:
    assert documents.is_document_id("http://127.0.0.1:9/client.json")
    instance.configure(replace(settings, mode="production", unlisted_clients="documents"))
    assert documents.is_document_id("https://helper.example/client.json")
    assert not documents.is_document_id("http://127.0.0.1:9/client.json")


def test_strangers_cannot_make_it_fetch_a_lot(app: Flask, faces: Faces, told: Documents) -> None:
    app.extensions["portico_limits"]._factor = 0.1
    told.status = "404 Not Found"
    browser = faces(None)
    assert [browser.get(address(told.url)).status_code for _ in range(3)] == [400, 400, 429]
    assert told.asked == 2


def test_an_admin_decides_under_settings(faces: Faces, cast: Cast) -> None:
    browser = faces("admin")
    assert "Programs outside the catalogue" in words(browser.get("/admin/settings"))
    browser.post("/admin/settings/unlisted-clients", {})
    with cast.reading():
        assert identity_queries.workspace(cast.acme).unlisted_clients is False
    browser.post("/admin/settings/unlisted-clients", {"allowed": "1"})
    with cast.reading():
        assert identity_queries.workspace(cast.acme).unlisted_clients is True
    assert faces("agent").post("/admin/settings/unlisted-clients", {"allowed": "1"}).status_code == 403


def test_a_plain_name_is_one() -> None:
    assert client_metadata.is_plain_name("helper.example")
    assert not client_metadata.is_plain_name("helper")
