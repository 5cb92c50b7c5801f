from __future__ import annotations

from collections.abc import Iterable

from portico_sdk._encoding import query
from portico_sdk.models import Event, EventType, Me
from portico_sdk.models.events import parse_event
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI
from portico_sdk.streams import EventStream


class Events(ResourceAPI):
    """What happened, in order, kept for 30 days."""

    def list(
        self, *, after: str | None = None, types: Iterable[str] | None = None, limit: int | None = None
    ) -> Results[Event]:
        """Behind the cursor `after`; without it from the oldest kept, `after="latest"` from now on.

        Walk `.pages()` and keep each page's `next_cursor`, which is never None here.
        """
        params = {"after": after, "types": types, "limit": limit}
        return self._list("/events", parse_event, params, cursor_name="after")

    def types(self) -> tuple[EventType, ...]:
        """The kinds of events, by name."""
        reply = self._transport.request("GET", "/event-types")
        return tuple(EventType.parse(row) for row in reply.body["data"])

    def stream(self, *, after: str | None = None, types: Iterable[str] | None = None) -> EventStream:
        """Events as they happen: a `for` loop over it goes on for ever. Without `after` with what happens from now on;
        `after="oldest"` begins with the oldest kept, a cursor behind it. Keep the stream's `cursor` to go on later."""
        url = Me.parse(self._transport.request("GET", "/me").body).streams_url
        return EventStream(self._transport, f"{url}/events", query({"types": types}), after)
