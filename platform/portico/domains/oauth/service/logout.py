"""Signing out: what an app may ask of the portal (RP-initiated), and what the portal tells the apps (back-channel)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portico import settings
from portico.domains.catalogue import queries as catalogue
from portico.domains.oauth import queries
from portico.domains.oauth.service import id_tokens, keys
from portico.domains.oauth.service.clients import find_client
from portico.kernel import clock, ids
from portico.kernel.actor import system
from portico.kernel.ids import new_id
from portico.kernel.jobs import enqueue

TYPE = "logout+jwt"
LIFE_SECONDS = 120
LONGEST_HINT = 8192
_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """What an app asked for, checked. `session_id` is the sign-in that its id_token came from; `location` is where
    the person goes afterwards, if the app registered that address."""

    client_id: str | None
    session_id: str | None
    location: str | None


def read_logout_request(params: Mapping[str, str]) -> LogoutRequest:
    """Whatever cannot be trusted is left out: without a good hint the person is asked, and a foreign address is not
    gone to (OpenID Connect RP-Initiated Logout sections 2 and 3)."""
    hint = _hint(params.get("id_token_hint", ""))
    named = params.get("client_id")
    if hint is not None and named not in (None, hint["aud"]):
        return LogoutRequest(None, None, None)
    client_id = str(hint["aud"]) if hint is not None else named
    return LogoutRequest(client_id, hint.get("sid") if hint else None, _location(client_id, params))


def _hint(token: str) -> Mapping[str, Any] | None:
    """The claims of an id_token of ours. An old one is good too: people stay signed in for longer than it lives."""
    if not token or len(token) > LONGEST_HINT:
        return None
    signing = [key for purpose in keys.ID_TOKENS.values() for key in queries.public_keys(purpose)]
    if not signing:
        return None
    try:
        decoded = jwt.decode(token, KeySet.import_key_set({"keys": signing}), algorithms=list(keys.ID_TOKENS))
    except (JoseError, ValueError):
        return None
    ours = decoded.claims.get("iss") == settings.current().public_url
    return decoded.claims if ours and decoded.header.get("typ") == id_tokens.TYPE else None


def _location(client_id: str | None, params: Mapping[str, str]) -> str | None:
    address = params.get("post_logout_redirect_uri")
    if address is None or not ids.is_id(client_id, "app"):
        return None
    running = catalogue.running(str(client_id))
    if not any(address in each.manifest.get("oauth", {}).get("post_logout_redirect_uris", ()) for each in running):
        return None
    state = params.get("state")
    if state is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'state': state})}"


def tell_apps(session_id: str, user_id: str) -> None:
    """Each app that signed the person in from this sign-in hears that it is over, by a job of its own, which leaves
    after the commit (OpenID Connect Back-Channel Logout section 2.5)."""
    for row in queries.signed_in_by(session_id):
        enqueue(
            system(row.workspace_id),
            "oauth.backchannel_logout",
            client_id=row.client_id,
            employee_id=row.employee_id,
            session_id=session_id,
        )


def logout_token(client_id: str, employee_id: str, session_id: str) -> str:
    """What tells an app that a sign-in is over (section 2.4). It has no nonce, so it is taken for no id_token."""
    alg = find_client(client_id).id_token_alg or id_tokens.DEFAULT_ALGORITHM
    issued = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": settings.current().public_url,
        "sub": employee_id,
        "aud": client_id,
        "iat": issued,
        "exp": issued + LIFE_SECONDS,
        "jti": new_id("jti"),
        "events": {_EVENT: {}},
        "sid": session_id,
    }
    return keys.sign(keys.ID_TOKENS[alg], TYPE, claims)
