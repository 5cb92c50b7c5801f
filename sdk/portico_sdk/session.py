"""Who is looking: the session token with which the portal opens a panel (JWT, ES256, 60 seconds).

    context = verify_session_token(token, client_id="…", issuer="https://work.example", keys=jwks)

Anything wrong is one exception, `SessionTokenError`. The token says who, where and at what; what the app may
do is said by its own installation token.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portico_sdk import _now
from portico_sdk._transport import Call, Transport
from portico_sdk.errors import PorticoError, SessionTokenError

__all__ = ["JwksCache", "KeySource", "ObjectRef", "PanelContext", "verify_session_token"]

TOKEN_TYPE = "portico-session+jwt"  # noqa: S105  a media type
LONGEST_LIFE = 60
LEEWAY = 5
"""Seconds. The life is the platform's promise; the leeway forgives clocks that differ."""

_LONGEST_TOKEN = 8_192
_TEXTS = ("sub", "workspace_id", "installation_id", "surface", "jti")


@dataclass(frozen=True)
class ObjectRef:
    """The record beside which a panel stands."""

    type: str
    id: str


@dataclass(frozen=True)
class PanelContext:
    """Who is looking, where, and at what: proved by the platform's signature."""

    employee_id: str
    workspace_id: str
    installation_id: str
    surface: str
    object: ObjectRef | None
    locale: str
    timezone: str
    session_id: str | None
    token_id: str
    expires_at: int


class KeySource(Protocol):
    """Where the platform's public keys come from; `fresh` asks for keys newer than the ones at hand."""

    def keys(self, *, fresh: bool = False) -> Mapping[str, Any]: ...


class JwksCache:
    """The key set of `/oauth/jwks`, kept for an hour, and fetched again when a key id is unknown,
    at most twice a minute, so that made-up tokens do not become a flood of requests."""

    def __init__(
        self,
        base_url: str,
        *,
        http_client: httpx.Client | None = None,
        max_age: float = 3600,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = Transport(base_url.rstrip("/"), http_client or httpx.Client(), timeout=5.0, max_retries=1)
        self._max_age = max_age
        self._now = now
        self._lock = threading.Lock()
        self._keys: Mapping[str, Any] | None = None
        self._fetched_at = 0.0

    def keys(self, *, fresh: bool = False) -> Mapping[str, Any]:
        with self._lock:
            age = self._now() - self._fetched_at
            if self._keys is None or age > self._max_age or (fresh and age > 30):
                self._keys = self._fetch()
                self._fetched_at = self._now()
            return self._keys

    def _fetch(self) -> Mapping[str, Any]:
        try:
            body = self._transport.send(Call("GET", "/oauth/jwks", bearer=False)).body
        except PorticoError as error:
            raise SessionTokenError("The keys of the platform cannot be read at present.") from error
        if not isinstance(body, dict):
            raise SessionTokenError("The keys of the platform are not a key set.")
        return body


def verify_session_token(
    token: str,
    *,
    client_id: str,
    issuer: str,
    keys: Mapping[str, Any] | KeySource,
    now: float | None = None,
) -> PanelContext:
    """`keys` is a JWKS document or a `JwksCache`; `now` is in seconds, for tests."""
    claims = _verified_claims(token, keys)
    _check_parties(claims, client_id, issuer)
    _check_times(claims, _now.now() if now is None else now)
    return _context(claims)


def _verified_claims(token: str, source: Mapping[str, Any] | KeySource) -> Mapping[str, Any]:
    if len(token) > _LONGEST_TOKEN:
        raise SessionTokenError("The session token is too long to be one.")
    if isinstance(source, Mapping):
        return _decode(token, source)
    document = source.keys()
    try:
        return _decode(token, document)
    except SessionTokenError:
        newer = source.keys(fresh=True)
        if newer is document:
            raise
        return _decode(token, newer)


def _decode(token: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        key_set = KeySet.import_key_set({"keys": list(document["keys"])})
        # ES256 alone: an algorithm that the token chooses is how forged tokens get in (RFC 8725, 3.1).
        decoded = jwt.decode(token, key_set, algorithms=["ES256"])
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SessionTokenError("The session token is not signed by this platform.") from error
    if decoded.header.get("typ") != TOKEN_TYPE:
        raise SessionTokenError(f"The token is not a session token: its typ is not {TOKEN_TYPE}.")
    return decoded.claims


def _check_parties(claims: Mapping[str, Any], client_id: str, issuer: str) -> None:
    if claims.get("iss") != issuer.rstrip("/"):
        raise SessionTokenError(f"The session token was issued by {claims.get('iss')!r}, not by {issuer!r}.")
    if claims.get("aud") not in (client_id, [client_id]):
        raise SessionTokenError("The session token is for another app.")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    issued, starts, ends = (_instant(claims, name) for name in ("iat", "nbf", "exp"))
    if not 0 < ends - issued <= LONGEST_LIFE:
        raise SessionTokenError(f"The session token lives longer than {LONGEST_LIFE} s.")
    if now >= ends + LEEWAY:
        raise SessionTokenError("The session token has expired; the bridge gets a new one.")
    if now < max(starts, issued) - LEEWAY:
        raise SessionTokenError("The session token is from the future: this clock is behind.")


def _instant(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise SessionTokenError(f"The session token has no {name}.")
    return value


def _context(claims: Mapping[str, Any]) -> PanelContext:
    for name in _TEXTS:
        if not isinstance(claims.get(name), str) or not claims[name]:
            raise SessionTokenError(f"The session token has no {name}.")
    if not claims["sub"].startswith("emp_"):
        raise SessionTokenError("The session token does not name an employee.")
    return PanelContext(
        employee_id=claims["sub"],
        workspace_id=claims["workspace_id"],
        installation_id=claims["installation_id"],
        surface=claims["surface"],
        object=_object(claims.get("object")),
        locale=str(claims.get("locale") or "en"),
        timezone=str(claims.get("timezone") or "UTC"),
        session_id=claims["sid"] if isinstance(claims.get("sid"), str) else None,
        token_id=claims["jti"],
        expires_at=claims["exp"],
    )


def _object(value: object) -> ObjectRef | None:
    if value is None:
        return None
    if isinstance(value, dict) and isinstance(value.get("type"), str) and isinstance(value.get("id"), str):
        return ObjectRef(value["type"], value["id"])
    raise SessionTokenError("The session token names its object in an unknown way.")
