from __future__ import annotations

from collections.abc import Iterable

from portico_sdk._encoding import query
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.aio.streams import AsyncEventStream
from portico_sdk.models import Event, EventType
from portico_sdk.models.events import parse_event


class Events(ResourceAPI):
    """What happened, in order, kept for 30 days."""

    def list(
        self, *, after: str | None = None, types: Iterable[str] | None = None, limit: int | None = None
    ) -> AsyncResults[Event]:
        """Behind the cursor `after`; without it from the oldest kept, `after="latest"` from now on.

        Walk `.pages()` and keep each page's `next_cursor`, which is never None here.
        """
        params = {"after": after, "types": types, "limit": limit}
        return self._list("/events", parse_event, params, cursor_name="after")

    async def types(self) -> tuple[EventType, ...]:
        """The kinds of events, by name."""
        reply = await self._transport.request("GET", "/event-types")
        return tuple(EventType.parse(row) for row in reply.body["data"])

    def stream(self, *, after: str | None = None, types: Iterable[str] | None = None) -> AsyncEventStream:
        """Events as they happen: an `async for` loop over it goes on for ever. Without `after` with what happens from
        now on; `after="oldest"` begins with the oldest kept, a cursor behind it. Keep the stream's `cursor` to go on
        later."""
        return AsyncEventStream(self._transport, query({"types": types}), after)
