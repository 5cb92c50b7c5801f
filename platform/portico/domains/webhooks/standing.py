"""How delivery stands, over all workspaces: what waits and since when, who pumps, which endpoints are unwell.

Asked in an open system unit, by operators and by what measures. Each question reads a partial index or a few rows and
stops counting at `MOST`: a backlog of a million costs what one of ten thousand does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select

from portico.domains.identity.models import Workspace
from portico.domains.webhooks.models import (
    LIVE,
    REPLAYED,
    Delivery,
    EndpointState,
    LivingPump,
    PumpLease,
    WebhookEndpoint,
)
from portico.domains.webhooks.pump.fan_out import NOT_FANNED_OUT
from portico.domains.webhooks.pump.lease import LIFE
from portico.domains.webhooks.pump.shards import LAYING_OUT, SHARDS
from portico.kernel import clock
from portico.kernel.db import AnyRow
from portico.kernel.events import Event
from portico.kernel.jobs import Job
from portico.kernel.unit_of_work import session

MOST = 10_000
LANES = {LIVE: "live", REPLAYED: "replayed"}
_delivery = Delivery.__table__.c
_endpoint = WebhookEndpoint.__table__.c
_state = EndpointState.__table__.c
_event = Event.__table__.c
_job = Job.__table__.c
# Literals, as the partial indexes have them.
_UNFINISHED = _job.state.in_([literal_column("'queued'"), literal_column("'running'")])


def _waits(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return column == literal_column("'waiting'")


@dataclass(frozen=True, slots=True)
class Living:
    """A pump, as its row and its leases say."""

    holder: str
    lives: bool
    renewed_at: datetime
    shards: int
    lays_out: bool
    fencing: int
    """The highest of its leases; 0 while it has none."""

    @property
    def machine(self) -> str:
        return self.holder.partition("|")[0]

    @property
    def process(self) -> str:
        """The number of its process there."""
        return self.holder.rsplit("|", 3)[1]


@dataclass(frozen=True, slots=True)
class Standing:
    waiting: dict[tuple[str, str], int]
    """By lane and why: due, later, paused, held."""
    oldest_due: datetime | None
    events: int
    oldest_event: datetime | None
    endpoints: dict[str, int]
    jobs: dict[str, int]
    oldest_job: datetime | None
    pumps: list[Living]
    shards_free: int
    """Shards of the endpoints that no living pump holds: nothing is sent there."""

    def waits(self, why: str) -> int:
        return sum(count for (_, each), count in self.waiting.items() if each == why)

    @property
    def capped(self) -> bool:
        """Whether there are more deliveries than were counted."""
        return sum(self.waiting.values()) >= MOST

    @staticmethod
    def age(since: datetime | None, now: datetime) -> float:
        return max(0.0, (now - since).total_seconds()) if since is not None else 0.0


def standing() -> Standing:
    now = clock.now()
    events, oldest_event = _events()
    jobs, oldest_job = _jobs(now)
    pumps = _pumps(now)
    return Standing(
        waiting=_waiting(now),
        oldest_due=_oldest_due(now),
        events=events,
        oldest_event=oldest_event,
        endpoints=_endpoints(now),
        jobs=jobs,
        oldest_job=oldest_job,
        pumps=pumps,
        shards_free=len(SHARDS) - sum(pump.shards for pump in pumps if pump.lives),
    )


def _of_endpoint(workspace_id: ColumnElement[Any], endpoint_id: ColumnElement[Any]) -> Any:
    """Joins what has these two columns to its endpoint and the endpoint's state."""
    return and_(_endpoint.workspace_id == workspace_id, _endpoint.id == endpoint_id)


_STATE_OF_ENDPOINT = and_(_state.workspace_id == _endpoint.workspace_id, _state.id == _endpoint.id)


def _waiting(now: datetime) -> dict[tuple[str, str], int]:
    some = (
        select(_delivery.workspace_id, _delivery.endpoint_id, _delivery.lane, _delivery.next_at)
        .where(_waits(_delivery.state))
        .limit(MOST)
        .subquery()
    )
    why = case(
        (_endpoint.status != "active", "held"),
        (_state.paused_until > now, "paused"),
        (some.c.next_at <= now, "due"),
        else_="later",
    )
    rows = session().execute(
        select(some.c.lane, why, func.count())
        .join(WebhookEndpoint, _of_endpoint(some.c.workspace_id, some.c.endpoint_id))
        .join(EndpointState, _STATE_OF_ENDPOINT)
        .where(_endpoint.deleted_at.is_(None))
        .group_by(some.c.lane, why)
    )
    return {(LANES[lane], reason): count for lane, reason, count in rows}


def _oldest_due(now: datetime) -> datetime | None:
    """Walks the index of what waits from endpoint to endpoint, and looks at the first of each lane only."""
    ahead = Delivery.__table__.alias("ahead").c
    first = select(func.min(_delivery.endpoint_id).label("endpoint_id")).where(_waits(_delivery.state))
    walk = first.cte("walk", recursive=True)
    following = select(func.min(ahead.endpoint_id)).where(_waits(ahead.state), ahead.endpoint_id > walk.c.endpoint_id)
    walk = walk.union_all(select(following.scalar_subquery()).where(walk.c.endpoint_id.is_not(None)))
    oldest: list[datetime] = []
    for lane in LANES:
        due = Delivery.__table__.alias("due").c
        next_at = (
            select(func.min(due.next_at))
            .where(_waits(due.state), due.endpoint_id == _endpoint.id, due.lane == literal_column(str(lane)))
            .correlate(WebhookEndpoint.__table__)
            .scalar_subquery()
        )
        found = session().scalar(
            select(func.min(next_at))
            .select_from(walk)
            .join(WebhookEndpoint, _endpoint.id == walk.c.endpoint_id)
            .join(EndpointState, _STATE_OF_ENDPOINT)
            .where(_endpoint.status == "active", _endpoint.deleted_at.is_(None))
            .where(or_(_state.paused_until.is_(None), _state.paused_until <= now))
        )
        oldest += [found] if found is not None and found <= now else []
    return min(oldest, default=None)


def _events() -> tuple[int, datetime | None]:
    some = select(literal_column("1")).select_from(Event.__table__).where(NOT_FANNED_OUT).limit(MOST).subquery()
    count = session().scalar(select(func.count()).select_from(some)) or 0
    oldest = session().scalar(select(_event.occurred_at).where(NOT_FANNED_OUT).order_by(_event.id).limit(1))
    return count, oldest


def _shown(now: datetime) -> Any:
    return case(
        (_endpoint.status != "active", _endpoint.status),
        (and_(_state.paused_until > now, _state.breaker_trips > 0), "unwell"),
        (_state.paused_until > now, "paused"),
        else_="active",
    )


def _endpoints(now: datetime) -> dict[str, int]:
    some = (
        select(_shown(now).label("state"))
        .join(EndpointState, _STATE_OF_ENDPOINT)
        .where(_endpoint.deleted_at.is_(None))
        .limit(MOST)
        .subquery()
    )
    rows = session().execute(select(some.c.state, func.count()).group_by(some.c.state))
    return {row[0]: row[1] for row in rows}


def _jobs(now: datetime) -> tuple[dict[str, int], datetime | None]:
    some = select(_job.state).where(_UNFINISHED).limit(MOST).subquery()
    rows = session().execute(select(some.c.state, func.count()).group_by(some.c.state))
    counts = {row[0]: row[1] for row in rows}
    oldest = session().scalar(select(func.min(_job.due_at)).where(_UNFINISHED, _job.due_at <= now))
    return counts, oldest


def _pumps(now: datetime) -> list[Living]:
    leases = session().execute(select(PumpLease.__table__).where(PumpLease.holder.is_not(None))).all()
    return [_living(row, [lease for lease in leases if lease.holder == row.holder], now) for row in _rows_of_pumps()]


def _rows_of_pumps() -> Sequence[AnyRow]:
    return session().execute(select(LivingPump.__table__).order_by(LivingPump.holder)).all()


def _living(row: AnyRow, leases: Sequence[AnyRow], now: datetime) -> Living:
    return Living(
        holder=row.holder,
        lives=row.expires_at > now,
        renewed_at=row.expires_at - LIFE,
        shards=sum(lease.name != LAYING_OUT for lease in leases),
        lays_out=any(lease.name == LAYING_OUT for lease in leases),
        fencing=max((lease.fencing for lease in leases), default=0),
    )


def unwell(limit: int = 20) -> Sequence[AnyRow]:
    """The endpoints whose breaker is open or that have failed for longest, of all workspaces."""
    return (
        session()
        .execute(
            select(
                _endpoint.id,
                _endpoint.url,
                Workspace.name.label("workspace"),
                _shown(clock.now()).label("status"),
                _state.failing_since,
                _state.last_success_at,
                _state.paused_until,
                _state.breaker_trips,
                _state.consecutive_failures,
            )
            .join(EndpointState, _STATE_OF_ENDPOINT)
            .join(Workspace, Workspace.id == _endpoint.workspace_id)
            .where(_endpoint.deleted_at.is_(None), _state.failing_since.is_not(None))
            .order_by(_state.failing_since)
            .limit(limit)
        )
        .all()
    )
