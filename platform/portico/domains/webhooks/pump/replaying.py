"""Replays laid out as deliveries: a few at a time, so that they stay few beside what happens now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from portico.domains.webhooks.models import REPLAYED, Delivery, Replay, WebhookEndpoint
from portico.domains.webhooks.pump.fan_out import NOT_FANNED_OUT, insert_deliveries
from portico.domains.webhooks.pump.lease import Lease
from portico.domains.webhooks.replays import wanted
from portico.kernel import clock
from portico.kernel.events import Event
from portico.kernel.unit_of_work import system_unit

MOST_EVENTS = 1_000
MOST_WAITING = 500
AT_ONCE = 20


def step(lease: Lease) -> bool:
    """Lay out the next events of each running replay whose endpoint has room. Answers whether anything was done."""
    with system_unit("pump: lay replays out", write=True, durable=False) as work:
        lease.require()
        running = work.execute(
            select(Replay.__table__, WebhookEndpoint.deleted_at)
            .join(
                WebhookEndpoint,
                (WebhookEndpoint.workspace_id == Replay.workspace_id) & (WebhookEndpoint.id == Replay.endpoint_id),
            )
            .where(Replay.state == "running")
            .order_by(Replay.id)
            .limit(AT_ONCE)
        ).all()
        advanced = [_advance(work, row) for row in running if _has_room(work, row)]
        return any(advanced)


def _has_room(work: Session, row: Row[Any]) -> bool:
    waiting = (
        select(Delivery.id)
        .where(Delivery.workspace_id == row.workspace_id, Delivery.endpoint_id == row.endpoint_id)
        .where(Delivery.state == "waiting", Delivery.lane == REPLAYED)
        .limit(MOST_WAITING)
        .subquery()
    )
    return (work.scalar(select(func.count()).select_from(waiting)) or 0) < MOST_WAITING


def _advance(work: Session, row: Row[Any]) -> bool:
    if row.deleted_at is not None:
        return _end(work, row, "cancelled")
    event = Event.__table__.c
    ahead = (
        select(event.seq)
        .where(event.workspace_id == row.workspace_id, event.seq > row.position, event.seq <= row.last_seq)
        .order_by(event.seq)
        .limit(MOST_EVENTS)
        .subquery()
    )
    upto = work.scalar(select(func.max(ahead.c.seq)))
    if upto is None:
        return _end(work, row, "done")
    late = select(event.id).where(NOT_FANNED_OUT, event.workspace_id == row.workspace_id, event.seq <= upto)
    if work.scalar(late.limit(1)) is not None:
        return False  # live before replayed, also where it is not laid out yet
    moved = work.execute(
        update(Replay)
        .where(Replay.workspace_id == row.workspace_id, Replay.id == row.id)
        .where(Replay.state == "running", Replay.position == row.position)
        .values(position=upto)
    )
    if moved.rowcount == 0:  # type: ignore[attr-defined]
        return False  # somebody cancelled it
    which, narrowed = wanted(row, row.position, upto)
    made = insert_deliveries(work, which, narrowed, replay_id=row.id, lane=REPLAYED)
    work.execute(
        update(Replay)
        .where(Replay.workspace_id == row.workspace_id, Replay.id == row.id)
        .values(laid_out=Replay.laid_out + made)
    )
    return True


def _end(work: Session, row: Row[Any], state: str) -> bool:
    work.execute(
        update(Replay)
        .where(Replay.workspace_id == row.workspace_id, Replay.id == row.id, Replay.state == "running")
        .values(state=state, finished_at=clock.now())
    )
    return True
