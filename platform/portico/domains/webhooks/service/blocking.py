"""Stretches in which an endpoint cannot be called: their sum keeps deliveries from growing old meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, literal, or_, select, update

from portico.domains.webhooks.models import EndpointState
from portico.kernel import clock
from portico.kernel.db import Instant
from portico.kernel.unit_of_work import session

SHORTEST_OPEN, LONGEST_OPEN = timedelta(seconds=15), timedelta(minutes=15)


def block(workspace_id: str, endpoint_ids: Sequence[str]) -> None:
    """From now on, unless a stretch runs already, the endpoints cannot be called."""
    session().execute(
        update(EndpointState)
        .where(EndpointState.workspace_id == workspace_id, EndpointState.id.in_(endpoint_ids))
        .values(blocked_since=func.coalesce(EndpointState.blocked_since, literal(clock.now(), Instant())))
    )


def pause(workspace_id: str, endpoint_id: str, until: datetime, why: str) -> None:
    """Nothing is sent before that. An earlier, longer pause stands. `why`: asked_to_wait, unwell or proxy."""
    block(workspace_id, [endpoint_id])
    session().execute(
        update(EndpointState)
        .where(EndpointState.workspace_id == workspace_id, EndpointState.id == endpoint_id)
        .where(or_(EndpointState.paused_until.is_(None), EndpointState.paused_until <= until))
        .values(paused_until=until, paused_why=why)
    )


def open_breaker(workspace_id: str, endpoint_id: str, since: datetime) -> None:
    """It fails: nothing is sent for 15 s, twice as long each time in a row, at most 15 min."""
    trips = session().scalar(
        update(EndpointState)
        .where(EndpointState.workspace_id == workspace_id, EndpointState.id == endpoint_id)
        .values(breaker_trips=EndpointState.breaker_trips + 1)
        .returning(EndpointState.breaker_trips)
    )
    if trips is not None:
        pause(workspace_id, endpoint_id, since + open_for(trips), "unwell")


def open_for(trips: int) -> timedelta:
    """How long the breaker stays open when it opens for the `trips`-th time in a row, from 1."""
    return min(LONGEST_OPEN, SHORTEST_OPEN * (1 << min(trips - 1, 16)))


def forget_failures(workspace_id: str, endpoint_id: str) -> None:
    """Somebody says that it is mended: it begins anew, breaker, notices and the five days."""
    session().execute(
        update(EndpointState)
        .where(EndpointState.workspace_id == workspace_id, EndpointState.id == endpoint_id)
        .values(consecutive_failures=0, failing_since=None, breaker_trips=0, warned=0)
    )


def unblock(workspace_id: str, endpoint_ids: Sequence[str], *, end_pauses: bool = False) -> None:
    """The endpoints can be called again: add the stretch to their sums. A pause that runs goes on, unless ended."""
    now = clock.now()
    work = session()
    rows = work.execute(
        select(EndpointState.id, EndpointState.blocked_since, EndpointState.paused_until).where(
            EndpointState.workspace_id == workspace_id,
            EndpointState.id.in_(endpoint_ids),
            EndpointState.blocked_since.is_not(None),
        )
    ).all()
    for row in rows:
        if row.paused_until is not None and row.paused_until > now and not end_pauses:
            continue
        seconds = max(0, int((now - row.blocked_since).total_seconds()))
        work.execute(
            update(EndpointState)
            .where(EndpointState.workspace_id == workspace_id, EndpointState.id == row.id)
            .where(EndpointState.blocked_since == row.blocked_since)
            .values(
                blocked_since=None,
                paused_until=None,
                paused_why=None,
                blocked_seconds=EndpointState.blocked_seconds + seconds,
            )
        )
