"""Making calendar feeds, and ending them."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, delete, insert

from portico.domains.attendance.errors import TooManyFeeds
from portico.domains.attendance.events import FEED_CREATED, FEED_REVOKED
from portico.domains.attendance.models import CalendarFeed
from portico.domains.attendance.queries import feeds as queries
from portico.kernel import clock, public, secrets
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

MOST = 10
_table = cast(Table, CalendarFeed.__table__)


def create_feed(actor: Actor, name: str) -> dict[str, Any]:
    """With its address, which is known this once. Raises Forbidden and TooManyFeeds."""
    if actor.employee_id is None:
        raise Forbidden("Only a person has a calendar.")
    if queries.count_of_feeds(actor) >= MOST:
        raise TooManyFeeds()
    token = secrets.new_token("ptf_")
    row = {
        "workspace_id": actor.workspace_id,
        "id": new_id("cfd"),
        "employee_id": actor.employee_id,
        "name": name,
        "digest": secrets.digest(token),
        "created_at": clock.now(),
    }
    session().execute(insert(_table), [row])
    emit(actor, FEED_CREATED, row)
    return {**row, "url": public.url(f"/calendar/{token}.ics")}


def revoke_feed(actor: Actor, feed_id: str) -> None:
    """One's own: from now on its address leads nowhere. Raises NotFound."""
    known = queries.feed(actor, feed_id)
    session().execute(delete(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.id == feed_id))
    emit(actor, FEED_REVOKED, known)
