"""The event stream for `async for`: `client.events.stream(…)`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Mapping

from portico_sdk._sse import Decoder
from portico_sdk.aio._transport import AsyncTransport
from portico_sdk.errors import APIError, ConnectionFailed
from portico_sdk.models import Me
from portico_sdk.models.events import Event
from portico_sdk.streams import SILENCE, Following

__all__ = ["AsyncEventStream"]


class AsyncEventStream(Following, AsyncIterable[Event]):
    """Events as they happen, one after the other; an `async for` over it does not end by itself.

    It reconnects, goes on without gap, and raises what needs you, as `EventStream` does. Cancel the task to end it.
    """

    def __init__(self, transport: AsyncTransport, params: Mapping[str, str], after: str | None) -> None:
        super().__init__(params, after)
        self._transport = transport

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Go on behind `cursor`."""
        url = f"{Me.parse((await self._transport.request('GET', '/me')).body).streams_url}/events"
        failures, renewed = 0, False
        while True:
            self._lived, token = False, ""
            try:
                token = await self._transport.bearer()
                async for event in self._until_it_breaks(url, token):
                    yield event
                failures, pause = 0, self._wait
            except (ConnectionFailed, APIError) as error:
                failures, renewed = (1, False) if self._lived else (failures + 1, renewed)
                if not renewed and await self._transport.renewed(error, token):
                    renewed = True
                    continue
                pause = self._pause(error, failures)
            await self._transport.sleep(pause)

    async def _until_it_breaks(self, url: str, token: str) -> AsyncIterator[Event]:
        params, headers = self._ask()
        decoder = Decoder()
        async with self._transport.listen(url, params, headers, token, silence=SILENCE) as chunks:
            async for chunk in chunks:
                for frame in decoder.feed(chunk):
                    event = self._hear(frame)
                    if event is not None:
                        yield event
