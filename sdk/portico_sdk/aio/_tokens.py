"""The one-hour token of an app in one workspace, for one event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from portico_sdk._tokens import exchange_call, mint_call, minted
from portico_sdk.aio._transport import AsyncTransport


class InstallationToken:
    """Safe to share between tasks: one mints while the others wait for it."""

    def __init__(
        self,
        transport: AsyncTransport,
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
        self._lock = asyncio.Lock()
        self._value = ""
        self._good_until = 0.0

    async def token(self) -> str:
        async with self._lock:
            if not self._value or self._now() >= self._good_until:
                started = self._now()
                self._value, life = minted((await self._transport.send(self._call)).body)
                self._good_until = started + life
            return self._value

    async def renew(self, stale: str) -> bool:
        async with self._lock:
            if self._value == stale:
                self._value = ""
            return True


async def exchange(
    transport: AsyncTransport,
    session_token: str,
    *,
    client_id: str,
    client_secret: str,
    scopes: Iterable[str] | None = None,
) -> str:
    """A user token for the session token of the portal, once (RFC 8693)."""
    # Not tried again: a session token is good for one exchange.
    over = replace(transport, credentials=None, cause=None, max_retries=0)
    return minted((await over.send(exchange_call(session_token, client_id, client_secret, scopes))).body)[0]
