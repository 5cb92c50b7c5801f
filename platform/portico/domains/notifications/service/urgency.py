"""What may ring people although they want to be left alone: few a day, and each in the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.notifications import permissions
from portico.domains.notifications.errors import TooManySent, TooManyUrgent
from portico.domains.notifications.events import URGENT_SENT
from portico.domains.notifications.models import NotificationQuota
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

URGENT_A_DAY = 5
SENT_A_MINUTE = 1_000
_quotas = cast(Table, NotificationQuota.__table__)


def ring(actor: Actor, told: Mapping[str, Any]) -> None:
    """Raises InsufficientScope and TooManyUrgent; the platform itself is not counted."""
    permissions.require_may_ring(actor)
    if actor.kind != "system" and not _count(actor, "urgent", clock.now(), timedelta(days=1), 1, URGENT_A_DAY):
        raise TooManyUrgent()
    title = told["title"] if told["params"] is None else told["title"] % told["params"]
    data = {"id": new_id("urg"), "kind": told["kind"], "title": title, "employee_id": actor.employee_id}
    emit(actor, URGENT_SENT, data)


def spend(actor: Actor, people: int) -> None:
    """So many people are told something by an app. Raises TooManySent."""
    now = clock.now()
    if not _count(actor, "sent", now, timedelta(minutes=1), people, SENT_A_MINUTE):
        raise TooManySent(headers={"Retry-After": str(60 - now.second)})


def _count(actor: Actor, what: str, now: datetime, stretch: timedelta, by: int, most: int) -> bool:
    """Count in the stretch of time that holds now, unless that makes too many. One statement: two at once are two."""
    build: Any = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    # Days and minutes begin in UTC, wherever the sender is.
    since = now.replace(second=0, microsecond=0)
    if stretch >= timedelta(days=1):
        since = since.replace(hour=0, minute=0)
    statement = (
        build(_quotas)
        .values(workspace_id=actor.workspace_id, sender=actor.id, what=what, since=since, count=by)
        .on_conflict_do_update(
            index_elements=["workspace_id", "sender", "what", "since"],
            set_={"count": _quotas.c.count + by},
            where=_quotas.c.count + by <= most,
        )
        .returning(_quotas.c.count)
    )
    return by <= most and session().execute(statement).one_or_none() is not None
