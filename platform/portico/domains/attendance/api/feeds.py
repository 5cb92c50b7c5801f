"""Calendar feeds over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.api.blueprint import blp
from portico.domains.attendance.queries import feeds as queries
from portico.domains.attendance.schemas import feeds as schemas
from portico.domains.attendance.service import feeds as service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_SCOPES = ("absences:read", "attendance:read")


@blp.get(
    "/calendar-feeds",
    scope=_SCOPES,
    listing=queries.FEEDS,
    answer=schemas.CalendarFeed,
    people_only=True,
    summary="List my calendar feeds",
)
def list_calendar_feeds(actor: Actor, query: ListQuery) -> Page:
    return queries.page_of_feeds(actor, query)


@blp.post(
    "/calendar-feeds",
    scope=_SCOPES,
    body=schemas.CalendarFeedCreate,
    answer=schemas.CalendarFeed,
    status=201,
    people_only=True,
    summary="Make a calendar feed",
    refusals=("too_many_feeds",),
)
def create_calendar_feed(actor: Actor, body: dict[str, Any]) -> Created:
    """A secret address from which a calendar reads your absences and shifts (iCalendar). It is answered once."""
    made = service.create_feed(actor, body["name"])
    return Created(made, f"/api/v1/calendar-feeds/{made['id']}")


@blp.delete(
    '/calendar-feeds/<id("cfd"):feed_id>',
    scope=_SCOPES,
    status=204,
    people_only=True,
    summary="End a calendar feed",
)
def delete_calendar_feed(actor: Actor, feed_id: str) -> None:
    """From now on its address answers 404."""
    service.revoke_feed(actor, feed_id)
