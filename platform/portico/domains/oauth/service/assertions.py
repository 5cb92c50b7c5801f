"""Assertions that a client signs to show who it is: `private_key_jwt` (RFC 7523 section 3, RFC 7521 section 5.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from portico import settings
from portico.domains.oauth.service.clients import Client
from portico.kernel import clock

ALGORITHMS = ("ES256", "RS256")
LIFE_SECONDS = 300
LEEWAY_SECONDS = 10
LONGEST = 8192
LONGEST_JTI = 256
_END_OF_TIME = 253_402_300_800  # the year 10000
_TYPES = (None, "JWT", "client-authentication+jwt")
"""Absent, the general one, and the explicit one of draft-ietf-oauth-rfc7523bis. Nothing else is an assertion."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One whose signature and claims hold. Whether it was used before is the caller's question."""

    key_id: str
    jti: str
    forgotten_at: datetime
    """From then on it is refused for its age, so its `jti` need not be kept."""


def claimed_client(assertion: str) -> str:
    """Whose it says that it is, unchecked; empty when it cannot be read."""
    subject = _claims(assertion).get("sub")
    return subject if isinstance(subject, str) else ""


def _claims(assertion: str) -> Mapping[str, Any]:
    if len(assertion) > LONGEST:
        return {}
    try:
        claims = json.loads(jws.extract_compact(assertion.encode()).payload)
    except (JoseError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def check_assertion(client: Client, assertion: str) -> Assertion | None:
    """The assertion, if a key of this client signed it for this server and it lives now; else None."""
    claims = _claims(assertion)
    if not claims or not _holds(claims, client.client_id):
        return None
    for key_id, jwk in client.keys:
        if _signed_by(assertion, jwk):
            ends = datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=LEEWAY_SECONDS)
            return Assertion(key_id, claims["jti"], ends)
    return None


def _signed_by(assertion: str, jwk: Mapping[str, Any]) -> bool:
    """The algorithm is the key's, never the token's choice (RFC 8725 section 3.1)."""
    try:
        header = jws.extract_compact(assertion.encode()).headers()
        if header.get("alg") != jwk["alg"] or header.get("kid", jwk["kid"]) != jwk["kid"]:
            return False
        if header.get("typ") not in _TYPES:
            return False
        key = ECKey.import_key(dict(jwk)) if jwk["kty"] == "EC" else RSAKey.import_key(dict(jwk))
        jws.deserialize_compact(assertion, key, algorithms=[jwk["alg"]])
    except (JoseError, ValueError, TypeError):
        return False
    return True


def _holds(claims: Mapping[str, Any], client_id: str) -> bool:
    now = clock.now().timestamp()
    expires: Any = claims.get("exp")
    not_before: Any = claims.get("nbf")
    issued: Any = claims.get("iat")
    jti = claims.get("jti")
    return (
        claims.get("iss") == claims.get("sub") == client_id
        and _is_for_us(claims.get("aud"))
        and isinstance(jti, str)
        and 0 < len(jti) <= LONGEST_JTI
        and _is_instant(expires)
        and now - LEEWAY_SECONDS < expires <= now + LIFE_SECONDS + LEEWAY_SECONDS
        and (not_before is None or (_is_instant(not_before) and not_before <= now + LEEWAY_SECONDS))
        and (issued is None or (_is_instant(issued) and issued <= now + LEEWAY_SECONDS))
    )


def _is_instant(value: Any) -> bool:
    """A number that a clock could show: JSON may also bring NaN, infinity, and integers of any length."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _END_OF_TIME


def _is_for_us(audience: Any) -> bool:
    """The issuer or the token endpoint, and nobody beside it: who else may read it could send it here."""
    issuer = settings.current().public_url
    ours = (issuer, f"{issuer}/oauth/token")
    named = audience if isinstance(audience, list) else [audience]
    return bool(named) and all(each in ours for each in named)
