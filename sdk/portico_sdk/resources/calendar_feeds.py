from __future__ import annotations

from portico_sdk._encoding import path
from portico_sdk.models import CalendarFeed
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI


class CalendarFeeds(ResourceAPI):
    """Secret addresses from which calendars read; people only."""

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Results[CalendarFeed]:
        return self._list("/calendar-feeds", CalendarFeed.parse, {"limit": limit, "cursor": cursor})

    def create(self, *, name: str, idempotency_key: str | None = None) -> CalendarFeed:
        """Its `url` is answered this once."""
        return self._post("/calendar-feeds", CalendarFeed, {"name": name}, key=idempotency_key)

    def delete(self, feed_id: str) -> None:
        self._delete(path("calendar-feeds", feed_id))
