"""Which apps stand still everywhere, and who stopped them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from portico.domains.catalogue.models import App, AppSuspension, Publisher
from portico.kernel.unit_of_work import session

_suspension = AppSuspension.__table__.c


class Stop(NamedTuple):
    """A side's suspension of the whole app: `operator`, also by suspending its publisher, or `publisher`."""

    side: str
    reason: str | None
    since: datetime


def stop_of(app_id: str, *, locked: bool = False) -> Stop | None:
    """Who stopped the app, the operator first. `locked`: nobody stops it before the commit."""
    if locked:
        session().execute(select(App.id).where(App.id == app_id).with_for_update(read=True))
    stops = stops_of([app_id])
    return stops[app_id][0] if app_id in stops else None


def stops_of(app_ids: Iterable[str]) -> dict[str, list[Stop]]:
    """By app, who stopped it, the operator first; those that run are left out."""
    wanted = list(app_ids)
    found: dict[str, list[Stop]] = {}
    own = select(AppSuspension.__table__).where(_suspension.app_id.in_(wanted)).order_by(_suspension.side)
    for row in session().execute(own):
        found.setdefault(row.app_id, []).append(Stop(row.side, row.reason, row.since))
    by_publisher = (
        select(App.id, Publisher.suspended_reason, Publisher.suspended_at)
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(App.id.in_(wanted), Publisher.suspended_at.is_not(None))
    )
    for row in session().execute(by_publisher):
        if all(stop.side != "operator" for stop in found.get(row.id, ())):
            found.setdefault(row.id, []).insert(0, Stop("operator", row.suspended_reason, row.suspended_at))
    return found
