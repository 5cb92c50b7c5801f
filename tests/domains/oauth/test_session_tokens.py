"""The embedded session token: what it says, for how long, and what is not taken for one."""

from __future__ import annotations

import base64
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from portico.domains.oauth import queries, service
from portico.domains.oauth.service import keys
from portico.kernel import clock
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
CLIENT = "app_01jd0000000000000000000000"
INSTALLATION = "ins_01jd0000000000000000000000"


def mint(cast: Cast, **changes: Any) -> str:
    about: dict[str, Any] = {
        "client_id": CLIENT,
        "installation_id": INSTALLATION,
        "surface": "triage",
        "object_": ("ticket", "tkt_1"),
        "session_id": "ses_1",
        **changes,
    }
    with cast.writing():
        return service.mint_session_token(cast.actor("agent"), **about).value


def verify(cast: Cast, token: str, client_id: str = CLIENT) -> Any:
    with cast.reading():
        return service.verify_session_token(token, client_id)


def header(token: str) -> dict[str, Any]:
    part = token.split(".")[0]
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return content


def test_E7_its_claims(cast: Cast) -> None:
    token = mint(cast)
    claims = dict(verify(cast, token))
    assert {"alg": "ES256", "typ": "portico-session+jwt"}.items() <= header(token).items()
    assert 0 < claims["exp"] - claims["iat"] <= 60
    assert claims["nbf"] == claims["iat"]
    assert claims.pop("jti")
    for name in ("iat", "nbf", "exp"):
        del claims[name]
    assert claims == {
        "iss": "http://127.0.0.1:8000",
        "aud": CLIENT,
        "sub": cast.employee_id("agent"),
        "workspace_id": cast.acme,
        "installation_id": INSTALLATION,
        "surface": "triage",
        "object": {"type": "ticket", "id": "tkt_1"},
        "locale": "en",
        "timezone": "UTC",
        "sid": "ses_1",
    }


def test_E7_no_two_are_alike_and_a_page_has_no_object(cast: Cast) -> None:
    first, second = verify(cast, mint(cast, object_=None)), verify(cast, mint(cast, object_=None))
    assert first["object"] is None
    assert first["jti"] != second["jti"]


def test_E7_it_is_for_one_client(cast: Cast) -> None:
    with pytest.raises(service.SessionTokenRefused):
        verify(cast, mint(cast), "app_01jd0000000000000000000001")


def test_E7_a_minute_and_the_leeway(cast: Cast, held_clock: None) -> None:
    token = mint(cast)
    clock.advance(timedelta(seconds=64))
    assert verify(cast, token)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(service.SessionTokenRefused):
        verify(cast, token)


def test_E7_what_is_not_taken_for_one(cast: Cast) -> None:
    token = mint(cast)
    claims = dict(verify(cast, token))
    with cast.writing():
        key = keys.signing_key(keys.SESSION_TOKENS)
    stranger = ECKey.generate_key("P-256", parameters={"kid": str(key.kid)})
    about = {"alg": "ES256", "kid": key.kid}
    forged = [
        jwt.encode({**about, "typ": "portico-session+jwt"}, claims, stranger),
        jwt.encode({**about, "typ": "JWT"}, claims, key),
        jwt.encode({**about, "typ": "portico-session+jwt"}, {**claims, "iss": "https://evil.example"}, key),
        token[:-4] + "AAAA",
        "a.b.c",
        "",
        "x" * 10_000,
        ".".join([base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("="), token.split(".")[1], ""]),
    ]
    for wrong in forged:
        with pytest.raises(service.SessionTokenRefused):
            verify(cast, wrong)


def test_two_that_need_the_first_key_make_one(cast: Cast) -> None:
    start = threading.Barrier(4)
    minted: list[str] = []

    def go() -> None:
        start.wait()
        minted.append(mint(cast))

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with cast.reading():
        assert len(queries.public_keys()) == 1
    assert len({header(token)["kid"] for token in minted}) == 1
    assert all(verify(cast, token) for token in minted)


def test_the_private_half_is_sealed(cast: Cast) -> None:
    mint(cast)
    with cast.reading():
        row = queries.active_key(keys.SESSION_TOKENS)
        assert row is not None
        private = keys.signing_key(keys.SESSION_TOKENS).as_dict(private=True)["d"]
        assert str(private) not in row.sealed
        assert "d" not in queries.public_keys()[0]
