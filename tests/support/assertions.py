"""Assertions as a client would sign them."""

from __future__ import annotations

from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from portico.domains.oauth.client_authentication import ASSERTION_TYPE
from portico.kernel import clock
from portico.kernel.ids import new_id

ISSUER = "http://127.0.0.1:8000"


def key_pair(kind: str = "EC") -> ECKey | RSAKey:
    if kind == "EC":
        return ECKey.generate_key("P-256", private=True)
    return RSAKey.generate_key(2048, private=True)


def public(key: ECKey | RSAKey, **more: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), **more}


def claims(client_id: str, **changed: Any) -> dict[str, Any]:
    """The claims that RFC 7523 section 3 wants; None takes one away."""
    now = int(clock.now().timestamp())
    made = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "iat": now,
        "exp": now + 60,
        "jti": new_id("jti"),
        **changed,
    }
    return {name: value for name, value in made.items() if value is not None}


def sign(key: Any, content: dict[str, Any], **header: Any) -> str:
    alg = "ES256" if isinstance(key, ECKey) else "RS256"
    about = {"alg": alg, **header}
    return jwt.encode(about, content, key, algorithms=[about["alg"]])


def form(assertion: str, **more: str) -> dict[str, str]:
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, **more}
