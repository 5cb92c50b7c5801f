"""Claims for endpoints that send in order, or coalesce: which of what is due may go now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, bindparam, literal_column, select, union_all, update

from portico.domains.webhooks import batching, coalescing, ordering
from portico.domains.webhooks.models import FIFO, LIVE, REPLAYED, SET_ASIDE, Delivery, EndpointState, WebhookEndpoint
from portico.domains.webhooks.pump.turns import Ready
from portico.kernel import clock
from portico.kernel.db import Instant
from portico.kernel.events import batched_kinds
from portico.kernel.unit_of_work import session

FEW, MANY = 28, 500
"""So many beside those that can go are looked at in one claim, and set aside where it is not their turn: few, and many
when there were not enough heads among them."""

_delivery = Delivery.__table__.c
_endpoint = WebhookEndpoint.__table__.c
_state = EndpointState.__table__.c


def _met(lane: int, *, heads: bool) -> Any:
    """What is due in one lane, each with the head of its key."""
    rows = (
        select(
            _delivery.id,
            _delivery.workspace_id,
            _delivery.endpoint_id,
            _delivery.order_key,
            _delivery.seq,
            _delivery.lane,
            _delivery.type,
            _delivery.attempts,
            _delivery.replay_id,
            _delivery.batch_id,
        )
        .where(_delivery.workspace_id == bindparam("of_workspace"), _delivery.endpoint_id == bindparam("of_endpoint"))
        .where(_delivery.state == literal_column("'waiting'"), _delivery.lane == literal_column(str(lane)))
        .where(_delivery.next_at <= bindparam("moment", type_=Instant()))
        .order_by(_delivery.next_at, _delivery.id)
        .limit(bindparam("count", type_=Integer()))
        .subquery()
    )
    head = ordering.head_of(rows.c.workspace_id, rows.c.endpoint_id, rows.c.order_key) if heads else rows.c.id
    return select(rows, head.label("head_id"))


def _statement(*, heads: bool) -> Any:
    both = (_met(lane, heads=heads) for lane in (LIVE, REPLAYED))
    return union_all(*both).limit(bindparam("count", type_=Integer()))


_IN_ORDER, _AT_WILL = _statement(heads=True), _statement(heads=False)


def due(one: Ready, count: int, now: datetime, *, is_locked: bool) -> list[str]:
    """The ids of what goes to this endpoint now, in the open unit. `is_locked`: it is among the `lock_queues`."""
    choice = _choice(one)
    if not is_locked and (choice.reordering is not None or choice.order == FIFO):
        return []  # chosen in this very moment: the next claim has the lock
    if choice.reordering is not None:
        ordering.go_through(one.workspace_id, one.endpoint_id, choice.order, choice.reordering)
        return []
    in_order = choice.order == FIFO
    rows = _heads_among(one, count, now) if in_order else _look(_AT_WILL, one, count, now)
    keyless = [row.id for row in rows if row.order_key is None]
    if keyless:
        ordering.give_keys_to(one.workspace_id, keyless)
        return []
    if in_order:
        _set_aside(one, [row for row in rows if row.head_id != row.id])
        rows = [row for row in rows if row.head_id == row.id][:count]
    kinds = batched_kinds()
    seconds = ordering.window(choice)
    if not seconds:
        return batching.together(rows, now, in_order=in_order)
    alone = [row for row in rows if not batching.is_together(row, kinds)]
    others = [row for row in rows if batching.is_together(row, kinds)]
    gathered = coalescing.gather(one.workspace_id, alone, seconds, in_order=in_order)
    return gathered + batching.together(others, now, in_order=in_order)


def _look(statement: Any, one: Ready, count: int, now: datetime) -> Sequence[Row[Any]]:
    about = {"of_workspace": one.workspace_id, "of_endpoint": one.endpoint_id, "count": count, "moment": now}
    found: Sequence[Row[Any]] = session().connection().execute(statement, about).all()
    return found


def _heads_among(one: Ready, count: int, now: datetime) -> Sequence[Row[Any]]:
    """What is due, heads and others: few, or many where few hold not enough heads."""
    rows = _look(_IN_ORDER, one, count + FEW, now)
    heads = sum(row.head_id == row.id for row in rows)
    return rows if heads >= count or len(rows) < count + FEW else _look(_IN_ORDER, one, count + MANY, now)


def _choice(one: Ready) -> Any:
    return (
        session()
        .execute(
            select(_endpoint.order, _endpoint.coalesce_seconds, _endpoint.filter, _state.reordering)
            .join(EndpointState, (_state.workspace_id == _endpoint.workspace_id) & (_state.id == _endpoint.id))
            .where(_endpoint.workspace_id == one.workspace_id, _endpoint.id == one.endpoint_id)
        )
        .one()
    )


def _set_aside(one: Ready, rows: Sequence[Row[Any]]) -> None:
    """It is not their turn. Whose turn it is must be met: what was set aside while something newer was on its way, and
    that waits again."""
    if not rows:
        return
    waiting = (_delivery.workspace_id == one.workspace_id, _delivery.state == "waiting")
    work = session()
    work.execute(update(Delivery).where(*waiting, _delivery.id.in_([row.id for row in rows])).values(next_at=SET_ASIDE))
    heads = {row.head_id for row in rows}
    work.execute(
        update(Delivery)
        .where(*waiting, _delivery.id.in_(heads), _delivery.next_at == SET_ASIDE)
        .values(next_at=clock.now())
    )
