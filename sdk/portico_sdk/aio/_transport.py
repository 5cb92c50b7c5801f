"""The network, for one event loop: the same calls, retries and errors as `portico_sdk._transport`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from os import PathLike
from typing import Protocol

import httpx

from portico_sdk._transport import (
    USER_AGENT,
    WITHOUT_CREDENTIALS,
    Call,
    Reply,
    api_call,
    broken_stream,
    delay_before_retry,
    no_answer,
    read,
    refused_stream,
    renewable,
    told,
    upload_call,
)
from portico_sdk.errors import PorticoError


class AsyncCredentials(Protocol):
    """Where the bearer token comes from."""

    async def token(self) -> str: ...

    async def renew(self, stale: str) -> bool:
        """Forget `stale`; False when no other token can be had."""
        ...


@dataclass(frozen=True)
class StaticToken:
    """A token somebody gave us; when it dies, so do we."""

    value: str

    async def token(self) -> str:
        return self.value

    async def renew(self, stale: str) -> bool:
        return False


@dataclass(frozen=True)
class AsyncTransport:
    base_url: str
    http: httpx.AsyncClient
    credentials: AsyncCredentials | None = None
    timeout: float = 30.0
    max_retries: int = 2
    cause: str | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Reply:
        return await self.send(api_call(method, path, params, json, if_match, idempotency_key, self.cause))

    async def upload(self, path: str, source: str | PathLike[str] | bytes, name: str | None = None) -> Reply:
        """Send one file, which is read beside the event loop."""
        return await self.send(await asyncio.to_thread(upload_call, path, source, name))

    async def download(self, path: str) -> bytes:
        """The file that stands there."""
        content: bytes = (await self.send(Call("GET", f"/api/v1{path}", as_file=True))).body
        return content

    async def send(self, call: Call) -> Reply:
        """Try until it works, is refused, or the retries are used up. A dead token is renewed once."""
        tries, renewed = 0, False
        while True:
            token = await self.bearer() if call.bearer else None
            outcome = await self._attempt(call, token)
            if isinstance(outcome, Reply):
                return outcome
            if not renewed and await self.renewed(outcome, token):
                renewed = True
                continue
            wait = delay_before_retry(outcome, tries)
            if wait is None or tries >= self.max_retries:
                raise outcome
            tries += 1
            await self.sleep(wait)

    @asynccontextmanager
    async def listen(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], token: str, *, silence: float
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """As `Transport.listen`: a body without end, one try."""
        sent = {"user-agent": USER_AGENT, "authorization": f"Bearer {token}", **headers}
        limits = httpx.Timeout(self.timeout, read=silence)
        try:
            async with self.http.stream("GET", url, params=params, headers=sent, timeout=limits) as response:
                if not response.is_success:
                    await response.aread()
                    raise refused_stream(response)
                yield response.aiter_bytes()
        except httpx.RequestError as error:
            raise broken_stream(error, url, silence) from error

    async def bearer(self) -> str:
        """The token to send now; minted where that is needed."""
        if self.credentials is None:
            raise PorticoError(WITHOUT_CREDENTIALS)
        return await self.credentials.token()

    async def renewed(self, error: PorticoError, token: str | None) -> bool:
        """Whether the token that was refused so has another one in its place now."""
        if not renewable(error) or self.credentials is None or not token:
            return False
        return await self.credentials.renew(token)

    async def _attempt(self, call: Call, token: str | None) -> Reply | PorticoError:
        try:
            response = await self.http.request(
                call.method,
                self.base_url + call.path,
                params=call.params or None,
                content=call.content,
                headers=told(call, token),
                timeout=self.timeout,
                follow_redirects=False,
            )
        except httpx.RequestError as error:
            return no_answer(error, self.base_url, self.timeout)
        return read(response, as_file=call.as_file)
