"""From events to deliveries: one insert-select per batch, idempotent by the key of a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portico.domains.webhooks import batching, ordering
from portico.domains.webhooks.models import LIVE, Delivery, EndpointState, WebhookEndpoint
from portico.domains.webhooks.receivers import AFTER_ENDPOINT, receivers
from portico.kernel import clock
from portico.kernel.events import Event, batched_kinds
from portico.kernel.unit_of_work import system_unit

MOST_EVENTS = 500
MANY_ROWS = 5_000
"""Batches shrink when one has made more deliveries than this, so that none takes long."""

# As the partial index has it: with a bound value neither database would use that.
NOT_FANNED_OUT: ColumnElement[bool] = literal_column("NOT event.fanned_out")
_COLUMNS = (
    "workspace_id",
    "id",
    "event_id",
    "endpoint_id",
    "replay_id",
    "type",
    "state",
    "attempts",
    "next_at",
    "fencing",
    "blocked_base",
    "created_at",
    "lane",
    "changes",
)


class FanOut:
    """Works off the events that have no deliveries yet, oldest first."""

    def __init__(self) -> None:
        self._batch = MOST_EVENTS
        self.found = 0
        """Events of the last step."""

    def step(self) -> bool:
        """One batch. Answers whether there may be more.

        Not waiting for the disk: what a crash of the database takes back is laid out again, and the claim, which waits,
        makes last what came before it.
        """
        with system_unit("pump: fan events out", write=True, durable=False) as work:
            event = Event.__table__.c
            found: Sequence[Any] = work.execute(
                select(event.workspace_id, event.id, event.seq, event.type)
                .where(NOT_FANNED_OUT)
                .order_by(event.id)
                .limit(self._batch)
            ).all()
            self.found = len(found)
            if not found:
                return False
            full = len(found) == self._batch
            if full:
                found = [*found, *_older(work, found)]
            which = and_(
                event.workspace_id.in_({row.workspace_id for row in found}),
                event.id.in_([row.id for row in found]),
            )
            made = insert_deliveries(work, which, AFTER_ENDPOINT)
            if made and not batched_kinds().isdisjoint(row.type for row in found):
                batching.hurry_full(work, which)
            work.execute(update(Event).where(which).values(fanned_out=True))
        self._batch = max(1, self._batch // 2) if made > MANY_ROWS else min(MOST_EVENTS, self._batch * 2)
        return full


def _older(work: Session, found: Sequence[Any]) -> Sequence[Any]:
    """Events of lower `seq` than some of these that have a later id, as clocks differ: they come along where deliveries
    go in order, so that none ever arrives behind its successor."""
    last = dict.fromkeys(ordering.caring_among({row.workspace_id for row in found}), 0)
    for row in found:
        if row.workspace_id in last:
            last[row.workspace_id] = max(last[row.workspace_id], row.seq)
    event = Event.__table__.c
    missing: list[Any] = []
    for workspace_id, seq in sorted(last.items()):
        behind = select(event.workspace_id, event.id, event.seq, event.type).where(
            NOT_FANNED_OUT, event.id > found[-1].id, event.workspace_id == workspace_id, event.seq < seq
        )
        missing += work.execute(behind).all()
    return missing


def insert_deliveries(
    work: Session, which: ColumnElement[bool], narrowed: ColumnElement[bool], *, replay_id: str = "", lane: int = LIVE
) -> int:
    """A delivery for each event of `which` and each endpoint that may receive it; answers how many are new."""
    on_postgres = work.get_bind().dialect.name == "postgresql"
    build: Any = postgresql.insert if on_postgres else sqlite.insert
    event, endpoint, state = (table.__table__.c for table in (Event, WebhookEndpoint, EndpointState))
    values = (
        event.workspace_id,
        _id(event.id, endpoint.id, replay_id, on_postgres=on_postgres),
        event.id,
        endpoint.id,
        literal(replay_id),
        event.type,
        literal("waiting"),
        literal(0),
        batching.due_at(work) if lane == LIVE else literal(clock.now(), event.occurred_at.type),
        literal(0),
        state.blocked_seconds,
        literal(clock.now(), event.occurred_at.type),
        literal(lane),
        null() if lane == LIVE else _gathered(event, endpoint),
    )
    statement = build(Delivery).from_select(_COLUMNS, receivers(values, which, narrowed)).on_conflict_do_nothing()
    made: int = work.connection().execute(statement.execution_options(preserve_rowcount=True)).rowcount
    if made:
        ordering.give_keys(work, select(event.workspace_id).where(which), which)
    return made


def _gathered(event: Any, endpoint: Any) -> Any:
    """What the live delivery told of changes: sent again, it tells the same. Nothing but `*.updated` is gathered."""
    live = Delivery.__table__.alias("live").c
    told = (
        select(live.changes)
        .where(live.workspace_id == event.workspace_id, live.event_id == event.id)
        .where(live.endpoint_id == endpoint.id, live.replay_id == "")
        # By the time in its id, so that no plan walks all that the endpoint ever received.
        .where(live.id > _start_of_id(event.id), live.id < _start_of_id(event.id).concat("~"))
        .scalar_subquery()
    )
    return case((event.type.like(f"%{ordering.UPDATED}"), told))


def _id(event_id: Any, endpoint_id: Any, replay_id: str, *, on_postgres: bool) -> Any:
    """A delivery's id, put together in SQL: a UUIDv7 (RFC 9562 section 5.7) whose time is the event's.

    Ten characters of time, one with the version, two free, one with the variant, twelve free. The free ones are
    hexadecimal digits, which are characters of our alphabet too: 56 bits that differ within the millisecond.
    """
    digits = (
        func.md5(event_id.concat(endpoint_id).concat(replay_id))
        if on_postgres
        else func.lower(func.hex(func.randomblob(16)))
    )
    return _start_of_id(event_id).concat(func.substr(digits, 1, 2)).concat("8").concat(func.substr(digits, 3, 12))


def _start_of_id(event_id: Any) -> Any:
    return literal("dlv_").concat(func.substr(event_id, 5, 10)).concat("e")
