"""What there is to do: asked in one statement, whatever waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, false, func, literal, literal_column, null, or_, select

from portico.domains.webhooks import ordering
from portico.domains.webhooks.models import LIVE, REPLAYED, Delivery, EndpointState, Replay, WebhookEndpoint
from portico.domains.webhooks.pump.fan_out import NOT_FANNED_OUT
from portico.domains.webhooks.pump.shards import shard_in_sql
from portico.domains.webhooks.pump.turns import Ready
from portico.kernel import clock
from portico.kernel.db import Instant
from portico.kernel.events import Event
from portico.kernel.id_lists import among
from portico.kernel.unit_of_work import system_unit

_delivery = Delivery.__table__.c
_endpoint = WebhookEndpoint.__table__.c
_state = EndpointState.__table__.c


@dataclass(frozen=True, slots=True)
class Pulse:
    """What there is to do, asked in one statement."""

    events: bool
    replays: bool
    ready: list[Ready]


def is_waiting(column: ColumnElement[Any]) -> ColumnElement[bool]:
    # A literal, as the partial index has it; with a bound value neither database would use that.
    return column == literal_column("'waiting'")


def feel_pulse(shards: Sequence[str]) -> Pulse:
    """Whether events wait to be fanned out, replays to be laid out, and which endpoints of these shards are ready."""
    with system_unit("pump: what is due") as work:
        rows = work.connection().execute(_PULSE, {"moment": clock.now(), "shards": shards}).all()
    marks = {row[1] for row in rows if row[0] is None}
    return Pulse("event" in marks, "replay" in marks, [Ready(*row) for row in rows if row[0] is not None])


def _mark(name: str, waiting: Any) -> Any:
    """One row that belongs to no workspace when there is such a thing."""
    return select(null(), literal(name), literal_column("0"), false()).where(_there_is(waiting))


def _there_is(first: Any) -> ColumnElement[bool]:
    """Whether `first` finds anything, in the order of its index: without an order PostgreSQL reads the table from its
    beginning as soon as it believes that much waits, and what waits stands at the end."""
    found: ColumnElement[bool] = first.limit(literal_column("1")).scalar_subquery().is_not(None)
    return found


def _marks() -> tuple[Any, Any]:
    event: Any = select(Event.__table__.c.id).where(NOT_FANNED_OUT).order_by(Event.__table__.c.id)
    running = Replay.state == literal_column("'running'")
    replay: Any = select(Replay.__table__.c.id).where(running).order_by(Replay.__table__.c.id)
    return _mark("event", event), _mark("replay", replay)


def _ready() -> Any:
    """Walks the index from endpoint to endpoint, so the cost is theirs and not that of their backlogs."""
    ahead = Delivery.__table__.alias("ahead").c
    due = Delivery.__table__.alias("due").c
    first = select(func.min(_delivery.endpoint_id).label("endpoint_id")).where(is_waiting(_delivery.state))
    walk = first.cte("walk", recursive=True)
    following = select(func.min(ahead.endpoint_id)).where(
        is_waiting(ahead.state), ahead.endpoint_id > walk.c.endpoint_id
    )
    walk = walk.union_all(select(following.scalar_subquery()).where(walk.c.endpoint_id.is_not(None)))
    now = bindparam("moment", type_=Instant())
    ordered = or_(ordering.cares(), _state.reordering.is_not(None))
    return (
        select(_endpoint.workspace_id, _endpoint.id, _state.breaker_trips, ordered.label("ordered"))
        .join(walk, walk.c.endpoint_id == _endpoint.id)
        .join(EndpointState, (_state.workspace_id == _endpoint.workspace_id) & (_state.id == _endpoint.id))
        .where(among(shard_in_sql(walk.c.endpoint_id), bindparam("shards")))
        .where(_endpoint.status == "active", _endpoint.deleted_at.is_(None))
        .where(or_(_state.paused_until.is_(None), _state.paused_until <= now))
        .where(
            or_(
                *(
                    _there_is(
                        select(due.id)
                        .where(due.endpoint_id == _endpoint.id, is_waiting(due.state))
                        .where(due.lane == literal_column(str(lane)), due.next_at <= now)
                        .order_by(due.next_at, due.id)
                        .correlate(WebhookEndpoint.__table__)
                    )
                    for lane in (LIVE, REPLAYED)
                )
            )
        )
    )


_PULSE = _ready().union_all(*_marks())
