# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/calendar_feeds.py: change that instead.
from __future__ import annotations

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.models import CalendarFeed


class CalendarFeeds(ResourceAPI):
    """Secret addresses from which calendars read; people only."""

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[CalendarFeed]:
        return self._list("/calendar-feeds", CalendarFeed.parse, {"limit": limit, "cursor": cursor})

    async def create(self, *, name: str, idempotency_key: str | None = None) -> CalendarFeed:
        """Its `url` is answered this once."""
        return await self._post("/calendar-feeds", CalendarFeed, {"name": name}, key=idempotency_key)

    async def delete(self, feed_id: str) -> None:
        await self._delete(path("calendar-feeds", feed_id))
