"""The embedded session token: who is looking at which surface, for at most a minute.

A JWT (ES256) of its own `typ`, so that it can be taken for nothing else (RFC 8725 section 3.11). It carries no role
and no scopes: it says who, and what the app may do is said by its installation token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from portico import settings
from portico.domains.oauth import queries
from portico.domains.oauth.service import keys
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.ids import new_id

TYPE = "portico-session+jwt"
LIFE_SECONDS = 60
LEEWAY_SECONDS = 5
LONGEST = 8192


@dataclass(frozen=True, slots=True)
class SessionToken:
    value: str
    expires_at: datetime


class SessionTokenRefused(Exception):
    """The session token is not valid here and now; the message says why, for logs."""


def mint_session_token(
    actor: Actor,
    *,
    client_id: str,
    installation_id: str,
    surface: str,
    object_: tuple[str, str] | None,
    session_id: str | None,
) -> SessionToken:
    """Sign who is looking. Whether they may is decided before, by `interactions`."""
    issued = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": settings.current().public_url,
        "aud": client_id,
        "sub": actor.employee_id,
        "workspace_id": actor.workspace_id,
        "installation_id": installation_id,
        "surface": surface,
        "object": {"type": object_[0], "id": object_[1]} if object_ else None,
        "locale": actor.locale or "en",
        "timezone": actor.timezone or "UTC",
        "sid": session_id,
        "iat": issued,
        "nbf": issued,
        "exp": issued + LIFE_SECONDS,
        "jti": new_id("jti"),
    }
    return SessionToken(keys.sign(keys.SESSION_TOKENS, TYPE, claims), clock.now() + timedelta(seconds=LIFE_SECONDS))


def verify_session_token(token: str, client_id: str) -> Mapping[str, Any]:
    """The claims of a token that this server signed for this client and that lives. Raises SessionTokenRefused."""
    if len(token) > LONGEST:
        raise SessionTokenRefused("too long")
    try:
        decoded = jwt.decode(token, _key_set(), algorithms=["ES256"])
    except (JoseError, ValueError) as error:
        raise SessionTokenRefused("not signed by this server") from error
    claims = decoded.claims
    if decoded.header.get("typ") != TYPE:
        raise SessionTokenRefused("of another kind")
    if claims.get("iss") != settings.current().public_url or claims.get("aud") != client_id:
        raise SessionTokenRefused("for another server or client")
    now = clock.now().timestamp()
    if not claims["nbf"] - LEEWAY_SECONDS <= now < claims["exp"] + LEEWAY_SECONDS:
        raise SessionTokenRefused("not valid at this time")
    return claims


def _key_set() -> KeySet:
    document: KeySetSerialization = {"keys": list(queries.public_keys(keys.SESSION_TOKENS))}
    return KeySet.import_key_set(document)
