"""Reads of calendar feeds."""

from __future__ import annotations

from sqlalchemy import func, select

from portico.domains.attendance.models import CalendarFeed
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_feed = CalendarFeed.__table__.c
FEEDS = Listing(id_column=_feed.id, filters={}, sorts={"created_at": Sort(_feed.id)})


def own_feeds(actor: Actor) -> AnySelect:
    return select(CalendarFeed.__table__).where(
        _feed.workspace_id == actor.workspace_id, _feed.employee_id == actor.employee_id
    )


def page_of_feeds(actor: Actor, query: ListQuery) -> Page:
    return page(own_feeds(actor), FEEDS, actor.workspace_id, query)


def feed(actor: Actor, feed_id: str) -> AnyRow:
    """One's own. Raises NotFound."""
    row = session().execute(own_feeds(actor).where(_feed.id == feed_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def count_of_feeds(actor: Actor) -> int:
    return session().scalar(select(func.count()).select_from(own_feeds(actor).subquery())) or 0


def feed_by_digest(digest: str) -> AnyRow | None:
    """In a system unit: the workspace is not known before."""
    return session().execute(select(CalendarFeed.__table__).where(_feed.digest == digest)).one_or_none()
