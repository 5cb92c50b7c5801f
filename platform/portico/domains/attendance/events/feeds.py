"""Events of calendar feeds: they stand in the record, and are nobody's to receive."""

from __future__ import annotations

from portico.domains.attendance.schemas import feeds as schemas
from portico.kernel.events import EventType

_FEED = {"id": "cfd_01jd0000000000000000000000", "name": "My phone", "created_at": "2026-11-27T09:30:00.000Z"}


def _feed(verb: str, title: str) -> EventType:
    return EventType(f"calendar_feed.{verb}", "absences:read", title, schemas.CalendarFeed, _FEED, record_only=True)


FEED_CREATED = _feed("created", "A person made a calendar feed")
FEED_REVOKED = _feed("revoked", "A calendar feed was ended")
