"""The documents that clients read first: metadata of the server and of the resource, and the key set."""

from __future__ import annotations

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from flask import Flask

from portico.domains.oauth.service import IssuedTokens
from tests.support import grants
from tests.support.apps import install, register
from tests.support.authorizing import address, decide, sent_back
from tests.support.cast import Cast
from tests.support.faces import Faces
from tests.support.grants import redeem

ISSUER = "http://127.0.0.1:8000"


def test_M1_the_server_names_only_what_exists(app: Flask) -> None:
    answer = app.test_client().get("/.well-known/oauth-authorization-server")
    document = answer.json
    AuthorizationServerMetadata(document).validate()
    assert document["issuer"] == ISSUER
    assert document["response_types_supported"] == ["code"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert {"authorization_code", "client_credentials", "refresh_token"} <= set(document["grant_types_supported"])
    methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
    assert document["token_endpoint_auth_methods_supported"] == [*methods, "none"]
    assert document["introspection_endpoint_auth_methods_supported"] == methods
    assert "apps:write" not in document["scopes_supported"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer.headers["Cache-Control"]
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    for name, url in document.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            assert url.removeprefix(ISSUER) in rules


def test_M1_both_documents_agree(app: Flask) -> None:
    client = app.test_client()
    one = client.get("/.well-known/oauth-authorization-server")
    other = client.get("/.well-known/openid-configuration")
    assert {name: value for name, value in other.json.items() if name in one.json} == one.json
    assert other.headers["Access-Control-Allow-Origin"] == "*"
    assert other.headers["Cache-Control"] == one.headers["Cache-Control"]


def test_the_resource_is_the_issuers_origin(app: Flask) -> None:
    document = app.test_client().get("/.well-known/oauth-protected-resource").json
    assert document["resource"] == ISSUER
    assert document["authorization_servers"] == [ISSUER]
    assert document["bearer_methods_supported"] == ["header"]


def test_by_the_path_of_the_api_it_is_the_api(app: Flask, faces: Faces, cast: Cast) -> None:
    """What clients do that were given the address of the API and nothing else (RFC 9728 section 3.1)."""
    client = app.test_client()
    found = client.get("/.well-known/oauth-protected-resource/api/v1")
    document = client.get("/.well-known/oauth-protected-resource").json
    assert found.json == {**document, "resource": f"{ISSUER}/api/v1"}
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/.well-known/oauth-protected-resource/elsewhere").status_code == 404
    helper = grants.client(cast)
    asked = address(helper, resource=found.json["resource"])
    code = sent_back(decide(faces("agent"), asked))["code"]
    assert isinstance(redeem(code, helper.client_id, resources=[found.json["resource"]]), IssuedTokens)
    assert sent_back(faces("agent").get(address(helper, resource=f"{ISSUER}/api/v1/me")))["error"] == "invalid_target"


def test_without_a_token_the_api_names_the_resource(app: Flask) -> None:
    challenge = app.test_client().get("/api/v1/me").headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer resource_metadata=")
    assert "error=" not in challenge


@pytest.mark.both_databases
def test_the_key_set_holds_public_members_only(app: Flask, cast: Cast) -> None:
    register(cast)
    install(cast)
    keys = app.test_client().get("/oauth/jwks").json["keys"]
    assert [(key["kty"], key["crv"], key["alg"], key["use"]) for key in keys] == [("EC", "P-256", "ES256", "sig")]
    assert set(keys[0]) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/.well-known/oauth-authorization-server"])
def test_M1_clients_in_a_browser_may_ask(app: Flask, path: str) -> None:
    client = app.test_client()
    asked = {"Origin": "https://client.example", "Access-Control-Request-Method": "POST"}
    preflight = client.options(path, headers={**asked, "Access-Control-Request-Headers": "authorization"})
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in preflight.headers
    refused = client.open(path, method="GET" if path.startswith("/.well") else "POST", headers=asked)
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
