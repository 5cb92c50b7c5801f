"""Clients that others wrote complete their flows over real HTTP, with a person who signs in and decides: the npm
`openid-client` and both official MCP SDKs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from portico.domains.catalogue import service as catalogue
from portico.domains.identity import service as identity
from tests.support import apps, foreign, grants
from tests.support.cast import Cast, make_cast
from tests.support.certificates import self_signed, served_with
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.person import Person
from tests.support.running import Portico

pytestmark = [pytest.mark.slow]
node = pytest.mark.node
CALLBACK = "http://127.0.0.1:53124/callback"
AFTER_LOGOUT = "https://helper.example/goodbye"
SCOPES = "openid profile email directory:read offline_access"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a client's document, served over https by a name; and the certificate to trust."""
    certificate = self_signed(tmp_path_factory.mktemp("certificates"), "assistant.test")
    about = {"client_name": "An assistant", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}

    def respond(received: Received) -> list[bytes]:
        body = json.dumps({**about, "client_id": address}).encode()
        return answer(body=body, Content_Type="application/json", Cache_Control="max-age=600")

    with LoopbackServer(respond, tls=served_with(certificate)) as server:
        address = server.url("/client.json", host="assistant.test")
        yield address, certificate


@pytest.fixture(scope="module")
def portico(document: tuple[str, Path]) -> Iterator[Portico]:
    """One that lets clients in that no developer registered, and in whose world `assistant.test` is this machine."""
    trusted = {"SSL_CERT_FILE": str(document[1]), "PORTICO_EGRESS_ALLOW": "assistant.test"}
    with Portico("sqlite", PORTICO_UNLISTED_CLIENTS="documents+registration", **trusted) as running:
        running.start_web(argv=(sys.executable, "-m", "tests.support.named_web"))
        yield running


@pytest.fixture(scope="module")
def cast(portico: Portico) -> Cast:
    made = make_cast()
    with made.writing():
        identity.allow_unlisted_clients(made.actor("admin"), True)
    return made


@pytest.fixture
def person(portico: Portico, cast: Cast) -> Iterator[Person]:
    with Person(portico.base_url, cast.email("agent")) as agent:
        yield agent


def registered(cast: Cast, key: str, *, public: bool) -> grants.Client:
    content = grants.manifest("openid", "profile", "email", "directory:read", key=key, public=public)
    content["oauth"]["post_logout_redirect_uris"] = [AFTER_LOGOUT]
    app = apps.register(cast, content)
    return grants.Client(cast, app, apps.install(cast, key), public)


def answers(person: Person) -> foreign.Answers:
    return {
        "authorize": person.authorize,
        "visit": lambda url: person.open(url).url,
        "device": lambda shown: person.connect_device(shown["verification_uri"], shown["user_code"]),
    }


METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")


@node
@pytest.mark.parametrize("method", METHODS)
def test_openid_client(portico: Portico, cast: Cast, person: Person, method: str) -> None:
    client = registered(cast, method.replace("_", ""), public=method == "none")
    given: dict[str, Any] = {
        "issuer": portico.base_url,
        "client_id": client.client_id,
        "method": method,
        "metadata": {},
        "redirect_uri": grants.CALLBACK,
        "scope": SCOPES,
        "installation_id": client.installation["id"],
        "secret": client.app.get("client_secret"),
        "after_logout": AFTER_LOGOUT,
        "device": method in ("none", "client_secret_basic"),
    }
    if method == "private_key_jwt":
        key = ECKey.generate_key("P-256", private=True)
        with cast.writing():
            kept = catalogue.add_public_key(cast.actor("developer"), client.app["id"], key.as_dict(private=False))
        given["jwk"] = {**key.as_dict(private=True), "kid": kept.kid}
    result = foreign.run_node("openid.mjs", given, answers(person))

    agent = cast.employee_id("agent")
    assert result["issuers"] == [portico.base_url] * 2
    assert result["pkce"] is True
    assert result["iss"] == portico.base_url
    assert (result["claims"]["sub"], result["claims"]["aud"]) == (agent, client.client_id)
    assert result["scope"].split() == sorted(SCOPES.split())
    assert (result["userinfo"]["sub"], result["userinfo"]["email"]) == (agent, cast.email("agent"))
    assert result["me"] == "app_for_employee"
    assert result["rotated"] is True
    if method != "none":
        assert result["active"]["active"] is True
        assert result["active"]["aud"] == portico.base_url
        assert result["inactive"] == {"active": False}
        assert result["own"] == "app"
    assert result["dead"] == "invalid_token"
    assert result["replayed"] == result["ended"] == result["wrongVerifier"] == "invalid_grant"
    assert result["bare"] == result["plain"] == "invalid_request"
    assert result["elsewhere"] == "invalid_target"
    if given["device"]:
        assert result["device"] == agent
    assert result["goodbye"] == f"{AFTER_LOGOUT}?state=done"
    assert person.signed_in == 1, "one sign-in did for all of it"
    person.open(f"{portico.base_url}/w/acme/")
    assert person.signed_in == 2, "and it ended with the goodbye"


@pytest.fixture(params=["registration", "document"])
def client_id(request: pytest.FixtureRequest, document: tuple[str, Path]) -> str | None:
    """How a client that nobody knows comes in: by registering itself, or by the address of a document."""
    return document[0] if request.param == "document" else None


def mcp_given(portico: Portico, client_id: str | None) -> dict[str, Any]:
    return {
        "server": f"{portico.base_url}/api/v1",
        "redirect_uri": CALLBACK,
        "scope": "openid directory:read offline_access",
        "document": client_id,
    }


def is_its_id(found: str, client_id: str | None) -> bool:
    return found == client_id if client_id else found.startswith("cli_")


@node
def test_the_mcp_sdk(portico: Portico, cast: Cast, person: Person, client_id: str | None) -> None:
    result = foreign.run_node("mcp.mjs", mcp_given(portico, client_id), answers(person))
    below = "/.well-known/oauth-protected-resource"
    assert is_its_id(result["client_id"], client_id)
    assert result["challenge"] == f"{portico.base_url}{below}"
    assert (result["first"], result["me"]) == ("AUTHORIZED", "app_for_employee")
    assert result["scope"] == "directory:read offline_access openid"
    assert (result["second"], result["rotated"], result["after"]) == ("AUTHORIZED", True, 200)
    assert result["short"] == ["insufficient_scope", "contacts:read"]
    assert result["reused"] == "invalid_grant"
    assert (result["found"], result["below"]) == (f"{portico.base_url}/api/v1", f"{below}/api/v1")
    assert (result["third"], result["last"]) == ("AUTHORIZED", 200)


def test_the_mcp_sdk_of_python(portico: Portico, cast: Cast, person: Person, client_id: str | None) -> None:
    result = foreign.run_python("mcp_client.py", mcp_given(portico, client_id), answers(person))
    assert is_its_id(result["client_id"], client_id)
    assert (result["issuer"], result["resource"]) == (portico.base_url, portico.base_url)
    assert (result["me"], result["again"], result["rotated"]) == ("app_for_employee", 200, True)
    # It came back for what the call needs, and the person allowed that beside the rest.
    assert result["more"] == 200
    assert "contacts:read" in result["stepped_up"].split()
