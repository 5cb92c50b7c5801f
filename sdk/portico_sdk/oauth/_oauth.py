"""The authorization code flow (RFC 6749, 4.1; PKCE S256, RFC 7636; `iss`, RFC 9207), and tokens renewed in time."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx

from portico_sdk import _now
from portico_sdk._tokens import form_call
from portico_sdk.aio import AsyncPortico
from portico_sdk.client import Portico, without_token
from portico_sdk.errors import APIError, AuthorizationError, PorticoError
from portico_sdk.oauth._grants import Grant, GrantStore

MARGIN = 60.0
"""Seconds before its end from which an access token is not used any more: a request takes time to arrive."""
_TRY_FOR = 10.0
"""Seconds for one try at the token endpoint, so that who waits for a renewal does not wait for minutes."""


def install_link(base_url: str, workspace: str, app_key: str) -> str:
    """The page where an admin of the workspace (its short name in URLs) reads what the app may do, and installs it."""
    return f"{base_url.rstrip('/')}/w/{quote(workspace, safe='')}/admin/catalogue/{quote(app_key, safe='')}/install"


@dataclass(frozen=True)
class Begun:
    """An authorization that a person was sent to. Keep it in their session (`dataclasses.asdict`) until they come
    back; what another browser brings back is refused by it."""

    url: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


class OAuth:
    """An app that asks people. `client_secret` is None for a public client. `scopes` are asked for where `begin` is not
    told others. Safe to share between threads, and between processes as far as its store is."""

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        base_url: str,
        redirect_uri: str,
        store: GrantStore,
        scopes: Iterable[str] = ("openid",),
        http_client: httpx.Client | None = None,
        now: Callable[[], float] = _now.now,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._store = store
        self._scopes = tuple(scopes)
        self._portico = without_token(base_url, http_client)
        self._now = now

    # A person allows it

    def begin(
        self, *, scopes: Iterable[str] | None = None, workspace: str | None = None, prompt: str | None = None
    ) -> Begun:
        """`workspace` (its short name in URLs) spares a person with several the question which; `prompt` is `none`,
        `login`, `consent` or `select_account`."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": " ".join(self._scopes if scopes is None else scopes),
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "workspace": workspace,
            "prompt": prompt,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return Begun(f"{self._portico.base_url}/oauth/authorize?{urlencode(given)}", state, verifier)

    def exchange(self, callback_url: str, begun: Begun) -> Grant:
        """The grant for the code with which the person came back. AuthorizationError where they said no (`code` is
        `access_denied`), or where this is not the answer to what was begun."""
        code = self._code(callback_url, begun)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": begun.verifier,
        }
        try:
            # Not tried again: a code that is shown twice ends what came of it.
            return self._ask(form, max_retries=0)
        except APIError as error:
            if error.code != "invalid_grant":
                raise
            raise AuthorizationError("invalid_grant", "The code was used, or it came too late. Begin again.") from error

    def _code(self, callback_url: str, begun: Begun) -> str:
        pairs = parse_qsl(urlsplit(callback_url).query, keep_blank_values=True)
        answer = dict(pairs)
        if len(answer) != len(pairs):
            raise AuthorizationError("invalid_response", "A parameter came twice. Begin again.")
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise AuthorizationError("state_mismatch", "This answers what was begun in another browser. Begin again.")
        if answer.get("iss") != self._portico.base_url:
            raise AuthorizationError("issuer_mismatch", f"This answer does not come from {self._portico.base_url}.")
        if "error" in answer:
            raise AuthorizationError(answer["error"], answer.get("error_description") or "The person did not allow it.")
        if not answer.get("code"):
            raise AuthorizationError("invalid_response", "The answer holds no code. Begin again.")
        return answer["code"]

    # What they allowed

    def keep(self, key: str, grant: Grant) -> None:
        """Put it into the store; `key` is your name for the person. It replaces what was there."""
        with self._store.locked(key):
            self._store.put(key, grant)

    def grant(self, key: str) -> Grant:
        """A grant whose access token is good for a minute at least, renewed where needed. AuthorizationError when there
        is none (any more)."""
        found = self._store.get(key)
        return found if found is not None and self._fresh(found) else self._renewed(key, None)

    def client(self, key: str) -> Portico:
        """The API in the name of the person; renews its token as long as the grant lives."""
        return Portico._over(replace(self._portico._transport, credentials=_PersonToken(self, key)))

    def async_client(self, key: str, *, http_client: httpx.AsyncClient | None = None) -> AsyncPortico:
        """The same for `async` code; the store is asked beside the event loop."""
        client = AsyncPortico(base_url=self._portico.base_url, http_client=http_client)
        client._transport = replace(client._transport, credentials=_AsyncPersonToken(_PersonToken(self, key)))
        return client

    def revoke(self, key: str) -> None:
        """End the grant at the platform (RFC 7009), and forget it."""
        with self._store.locked(key):
            found = self._store.get(key)
            if found is not None:
                form = {"token": found.refresh_token or found.access_token}
                self._portico._transport.send(form_call("/oauth/revoke", form, self._client_id, self._client_secret))
            self._store.delete(key)

    def _fresh(self, grant: Grant) -> bool:
        return grant.expires_at - MARGIN > self._now()

    def _renewed(self, key: str, stale: str | None) -> Grant:
        """One renews while the others wait, and take what it left. `stale`: an access token that was refused."""
        with self._store.locked(key):
            found = self._store.get(key)
            if found is None:
                raise AuthorizationError("no_grant", f"Nothing is kept for {key!r}. Send the person to begin().url.")
            if self._fresh(found) and found.access_token != stale:
                return found
            return self._refresh(key, found)

    def _refresh(self, key: str, grant: Grant) -> Grant:
        if grant.refresh_token is None:
            raise AuthorizationError("no_refresh_token", "The grant has ended, and cannot be renewed. Begin again.")
        form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
        # A lost answer may be asked for again by who proves who they are; a public client would seem a thief.
        retries = 1 if self._client_secret is not None else 0
        try:
            made = self._ask(form, max_retries=retries)
        except APIError as error:
            if error.code != "invalid_grant":
                raise
            self._store.delete(key)
            raise AuthorizationError("invalid_grant", "The grant has ended. Send the person to begin().url.") from error
        if made.refresh_token is None:
            made = replace(made, refresh_token=grant.refresh_token)
        self._store.put(key, made)
        return made

    def _ask(self, form: Mapping[str, str], *, max_retries: int) -> Grant:
        over = replace(self._portico._transport, timeout=_TRY_FOR, max_retries=max_retries)
        asked_at = self._now()
        body: Any = over.send(form_call("/oauth/token", form, self._client_id, self._client_secret)).body
        if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
            raise PorticoError("The token endpoint answered without an access_token; check base_url.")
        refresh = body.get("refresh_token")
        return Grant(
            access_token=body["access_token"],
            refresh_token=refresh if isinstance(refresh, str) else None,
            expires_at=asked_at + float(body.get("expires_in", 3600)),
            scopes=tuple(str(body.get("scope", "")).split()),
        )


class _PersonToken:
    """Credentials that live in the store."""

    def __init__(self, oauth: OAuth, key: str) -> None:
        self._oauth = oauth
        self._key = key

    def token(self) -> str:
        return self._oauth.grant(self._key).access_token

    def renew(self, stale: str) -> bool:
        try:
            self._oauth._renewed(self._key, stale)
        except AuthorizationError:
            return False
        return True


class _AsyncPersonToken:
    def __init__(self, inner: _PersonToken) -> None:
        self._inner = inner

    async def token(self) -> str:
        return await asyncio.to_thread(self._inner.token)

    async def renew(self, stale: str) -> bool:
        return await asyncio.to_thread(self._inner.renew, stale)
