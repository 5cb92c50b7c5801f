"""The one-hour token of an app in one workspace: minted when needed, kept until shortly before its end."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode

from portico_sdk._transport import Call, Transport
from portico_sdk.errors import PorticoError

_MARGIN = 60.0
"""Seconds before its end from which a token is not used any more: a request takes time to arrive."""


class InstallationToken:
    """Safe to share between threads: one mints while the others wait for it."""

    def __init__(
        self,
        transport: Transport,
        installation_id: str,
        *,
        client_id: str,
        client_secret: str,
        scopes: Iterable[str] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = replace(transport, credentials=None, cause=None)
        self._call = mint_call(installation_id, client_id, client_secret, scopes)
        self._now = now
        self._lock = threading.Lock()
        self._value = ""
        self._good_until = 0.0

    def token(self) -> str:
        with self._lock:
            if not self._value or self._now() >= self._good_until:
                self._mint()
            return self._value

    def renew(self, stale: str) -> bool:
        with self._lock:
            if self._value == stale:
                self._value = ""
            return True

    def _mint(self) -> None:
        started = self._now()
        self._value, life = minted(self._transport.send(self._call).body)
        self._good_until = started + life


def exchange(
    transport: Transport, session_token: str, *, client_id: str, client_secret: str, scopes: Iterable[str] | None = None
) -> str:
    """A user token for the session token of the portal, once (RFC 8693)."""
    # Not tried again: a session token is good for one exchange.
    over = replace(transport, credentials=None, cause=None, max_retries=0)
    return minted(over.send(exchange_call(session_token, client_id, client_secret, scopes)).body)[0]


def minted(body: object) -> tuple[str, float]:
    """The token in an answer of the token endpoint, and for how many seconds it is good to send."""
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(token, str):
        raise PorticoError("The token endpoint answered without an access_token; check base_url.")
    life = float(body.get("expires_in", 3600))
    return token, max(life - _MARGIN, life / 2)


def exchange_call(session_token: str, client_id: str, client_secret: str, scopes: Iterable[str] | None) -> Call:
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": session_token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    }
    if scopes is not None:
        form["scope"] = " ".join(scopes)
    return token_call(form, client_id, client_secret)


def mint_call(installation_id: str, client_id: str, client_secret: str, scopes: Iterable[str] | None) -> Call:
    form = {"grant_type": "client_credentials", "installation_id": installation_id}
    if scopes is not None:
        form["scope"] = " ".join(scopes)
    return token_call(form, client_id, client_secret)


def token_call(form: Mapping[str, str], client_id: str, client_secret: str) -> Call:
    return form_call("/oauth/token", form, client_id, client_secret)


def form_call(path: str, form: Mapping[str, str], client_id: str, client_secret: str | None) -> Call:
    """A call of the authorization server; a public client, which has no secret, gives its name in the form."""
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    if client_secret is None:
        form = {**form, "client_id": client_id}
    else:
        pair = f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}"  # RFC 6749, 2.3.1
        headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return Call("POST", path, content=urlencode(form).encode(), headers=headers, bearer=False)
