"""Replays laid out as deliveries: a few at a time, so that they stay few beside what happens now."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Row, func, literal_column, select, update
from sqlalchemy.orm import Session

from portico.domains.webhooks.models import REPLAYED, Delivery, Replay, WebhookEndpoint
from portico.domains.webhooks.pump.fan_out import NOT_FANNED_OUT, insert_deliveries
from portico.domains.webhooks.pump.lease import Lease
from portico.domains.webhooks.pump.pulse import is_waiting
from portico.domains.webhooks.replays import wanted
from portico.kernel import clock
from portico.kernel.events import Event
from portico.kernel.unit_of_work import system_unit

MOST_EVENTS = 1_000
MOST_WAITING = 1_000
AT_ONCE = 20
LOOK_AFTER, LOOK_S = 400, 0.25
"""Where there was no room it is looked for again when so many were claimed, or so many seconds have passed."""
_delivery = Delivery.__table__.c


class Pace:
    """When it is worth looking whether there is room again: each look is a transaction."""

    def __init__(self) -> None:
        self._claimed, self._at = 0, 0.0

    def is_due(self) -> bool:
        return self._claimed >= LOOK_AFTER or time.monotonic() >= self._at

    def claimed(self, count: int) -> None:
        self._claimed += count

    def looked(self, *, found: bool) -> bool:
        """Answers `found`."""
        self._claimed, self._at = 0, time.monotonic() + (0.0 if found else LOOK_S)
        return found


def step(lease: Lease, *, may_be_late: bool = True) -> bool:
    """Lay out the next events of each running replay whose endpoint has room. Answers whether anything was done.

    `may_be_late`: events of before may not be laid out yet; a replay ends with what there was when it began.
    """
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
        advanced = [_advance(work, row, may_be_late=may_be_late) for row in running if _has_room(work, row)]
        return any(advanced)


def _has_room(work: Session, row: Row[Any]) -> bool:
    """Whether few wait. In the order of the index, or PostgreSQL reads the table from its beginning."""
    waiting = (
        select(_delivery.id)
        .where(_delivery.workspace_id == row.workspace_id, _delivery.endpoint_id == row.endpoint_id)
        .where(is_waiting(_delivery.state), _delivery.lane == literal_column(str(REPLAYED)))
        .order_by(_delivery.next_at, _delivery.id)
        .offset(MOST_WAITING - 1)
        .limit(1)
    )
    return work.scalar(waiting) is None


def _advance(work: Session, row: Row[Any], *, may_be_late: bool) -> bool:
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
    if may_be_late and work.scalar(late.order_by(event.id).limit(1)) is not None:
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
