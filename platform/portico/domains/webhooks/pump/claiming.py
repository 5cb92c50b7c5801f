"""From waiting deliveries to what can be sent: as many as there are slots, and some ahead for who answers fast, in turn
over the endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Integer,
    Row,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from portico.domains.webhooks import apps, batching, ordering
from portico.domains.webhooks.models import LIVE, REPLAYED, Delivery, EndpointState, WebhookEndpoint
from portico.domains.webhooks.pump import in_order
from portico.domains.webhooks.pump.bundling import Part, bundled
from portico.domains.webhooks.pump.preparing import Preparing, Sending
from portico.domains.webhooks.pump.pulse import is_waiting
from portico.domains.webhooks.pump.shards import shard_in_sql
from portico.domains.webhooks.pump.turns import Ready
from portico.domains.webhooks.service import blocking
from portico.kernel import clock
from portico.kernel.db import ID, AnyRow, Instant
from portico.kernel.events import Event, batched_kinds
from portico.kernel.id_lists import among
from portico.kernel.unit_of_work import session

_table: Any = Delivery.__table__
_delivery = _table.c
_endpoint = WebhookEndpoint.__table__.c
_state = EndpointState.__table__.c


def claim(shares: Sequence[tuple[Ready, int]], held: Mapping[str, int]) -> list[Sending]:
    """Mark deliveries as being sent and answer the calls ready for the wire, in the open system unit.

    `held` are the shards of this pump with their fencing numbers, under which the results will be written.
    What has outlived its time, and what the endpoint may not read, is finished here without an attempt.
    """
    taken = _take(shares, held)
    if not taken:
        return []
    endpoints = _endpoints({row.endpoint_id for row in taken})
    _end_pauses(endpoints.values())
    events = _events(taken)
    desk, kinds = Preparing(endpoints), batched_kinds()
    calls: list[Sending] = []
    parts: list[Part] = []
    ended: list[_Ended] = []
    for row in taken:
        event = events[row.event_id]
        found = desk.prepare(row, event)
        if not isinstance(found, Sending):
            ended.append((row, *found))
        elif batching.is_together(row, kinds):
            parts.append(Part(found, row.batch_id, row.lane, event.seq, event.occurred_at))
        else:
            calls.append(found)
    _finish(ended)
    return calls + bundled(parts)


_Ended = tuple[Row[Any], str, str | None]
"""A delivery that ends without an attempt: in which state, and why."""
_TOLD = [column for column in Event.__table__.c if column.name not in ("before", "origin", "fanned_out")]
"""What an event tells its receivers; the rest is for the record."""


_MET = (
    _delivery.id,
    _delivery.workspace_id,
    _delivery.endpoint_id,
    _delivery.lane,
    _delivery.type,
    _delivery.batch_id,
)
"""What tells whether a delivery goes alone, or with which others."""


# Built once: composing a statement costs more than running it.
def _due(lane: int) -> Any:
    """What waits in one lane. Each lane walks its own part of the index: what is due later is never read."""
    rows = (
        select(*_MET)
        .where(_delivery.workspace_id == bindparam("of_workspace"), _delivery.endpoint_id == bindparam("of_endpoint"))
        .where(is_waiting(_delivery.state), _delivery.lane == literal_column(str(lane)))
        .where(_delivery.next_at <= bindparam("moment", type_=Instant()))
        .order_by(_delivery.next_at, _delivery.id)
        .limit(bindparam("count", type_=Integer()))
    )
    return select(rows.subquery())


_DUE = union_all(_due(LIVE), _due(REPLAYED)).limit(bindparam("count", type_=Integer()))


# On PostgreSQL all endpoints of a claim are walked by one statement. The number of each keeps their turns.
_SHARE = (
    func.json_to_recordset(cast(bindparam("shares", type_=Text()), JSON()))
    .table_valued(
        column("turn", Integer()), column("workspace_id", ID), column("endpoint_id", ID), column("count", Integer())
    )
    .render_derived(name="share", with_types=True)
)


def _due_of_share(lane: int) -> Any:
    share = _SHARE.c
    rows = (
        select(*_MET, _delivery.next_at)
        .where(_delivery.workspace_id == share.workspace_id, _delivery.endpoint_id == share.endpoint_id)
        .where(is_waiting(_delivery.state), _delivery.lane == literal_column(str(lane)))
        .where(_delivery.next_at <= bindparam("moment", type_=Instant()))
        .order_by(_delivery.next_at, _delivery.id)
        .limit(share.count)
        .correlate(_SHARE)
    )
    return select(rows.subquery())


def _due_of_all() -> Any:
    each = union_all(_due_of_share(LIVE), _due_of_share(REPLAYED)).subquery()
    first = select(each).order_by(each.c.lane, each.c.next_at, each.c.id)
    of_share = first.limit(_SHARE.c.count).lateral("due")
    due = of_share.c
    return (
        select(*(due[column.name] for column in _MET))
        .select_from(_SHARE.join(of_share, true()))
        .order_by(_SHARE.c.turn, due.lane, due.next_at, due.id)
    )


_DUE_OF_ALL = _due_of_all()


def _due_now(work: Connection, shares: Sequence[tuple[Ready, int]], now: datetime) -> list[AnyRow]:
    """What is due and within the shares, in the order of turns."""
    if work.dialect.name == "postgresql":
        rows = [
            {"turn": turn, "workspace_id": one.workspace_id, "endpoint_id": one.endpoint_id, "count": count}
            for turn, (one, count) in enumerate(shares)
        ]
        return list(work.execute(_DUE_OF_ALL, {"shares": orjson.dumps(rows).decode(), "moment": now}))
    return [
        row
        for one, count in shares
        for row in work.execute(
            _DUE, {"of_workspace": one.workspace_id, "of_endpoint": one.endpoint_id, "count": count, "moment": now}
        )
    ]


def _due_in_order(shares: Sequence[tuple[Ready, int]], now: datetime) -> list[str]:
    """What may go to endpoints that send in order, or coalesce."""
    ordered = [share for share in shares if share[0].ordered]
    locked = ordering.lock_queues((one.workspace_id, one.endpoint_id) for one, _ in ordered)
    return [
        delivery_id
        for one, count in ordered
        for delivery_id in in_order.due(one, count, now, is_locked=one.endpoint_id in locked)
    ]


def _take(shares: Sequence[tuple[Ready, int]], held: Mapping[str, int]) -> Sequence[Row[Any]]:
    """Mark what is due. In two steps: with the limit inside the update, PostgreSQL may run it once per waiting row."""
    work, now = session().connection(), clock.now()
    due = _due_in_order(shares, now)
    due += batching.together(_due_now(work, [share for share in shares if not share[0].ordered], now), now)
    if not due:
        return []
    workspaces = {one.workspace_id for one, _ in shares}
    found: Sequence[Row[Any]] = work.execute(
        update(_table)
        .where(among(_delivery.workspace_id, list(workspaces)), among(_delivery.id, due))
        .where(_delivery.finished_at.is_(None))
        .values(state="sending", fencing=_numbers(work, held))
        .returning(
            _delivery.workspace_id,
            _delivery.id,
            _delivery.endpoint_id,
            _delivery.event_id,
            _delivery.attempts,
            _delivery.created_at,
            _delivery.blocked_base,
            _delivery.last_error,
            _delivery.fencing,
            _delivery.order_key,
            _delivery.changes,
            _delivery.type,
            _delivery.lane,
            _delivery.batch_id,
        )
    ).all()
    place = {delivery_id: number for number, delivery_id in enumerate(due)}
    return sorted(found, key=lambda row: place[row.id])


def _numbers(work: Connection, held: Mapping[str, int]) -> Any:
    """The fencing number of a row's shard: on PostgreSQL looked up in one bound value, since to compose and to name 32
    cases costs more than a claim."""
    shard = shard_in_sql(_delivery.endpoint_id)
    if work.dialect.name != "postgresql":
        return case(held, value=shard)
    numbers = cast(literal(orjson.dumps(held).decode(), Text()), JSONB())
    return cast(numbers.op("->>", return_type=Text())(shard), BigInteger())


def _endpoints(ids: Iterable[str]) -> dict[str, Any]:
    installation = apps.INSTALLATION
    rows = (
        session()
        .connection()
        .execute(
            select(
                _endpoint.workspace_id,
                _endpoint.id,
                _endpoint.url,
                _endpoint.path,
                _endpoint.installation_id,
                _endpoint.scopes,
                _endpoint.signatures,
                _endpoint.payload,
                _endpoint.filter,
                _endpoint.skip_own,
                _endpoint.order,
                _state.paused_until,
                _state.blocked_seconds,
                _state.blocked_since,
                _state.breaker_trips,
                installation.app_id,
                installation.bucket,
                installation.granted_scopes,
                installation.data_range,
            )
            .join(EndpointState, (_state.workspace_id == _endpoint.workspace_id) & (_state.id == _endpoint.id))
            .outerjoin(installation, apps.of_endpoint(_endpoint.workspace_id, _endpoint.installation_id))
            .where(among(_endpoint.id, list(ids)))
        )
    )
    return {row.id: row for row in rows}


def _end_pauses(endpoints: Iterable[Row[Any]]) -> None:
    """The time that a receiver asked for is over: count it, so that nothing has grown old in it."""
    for row in endpoints:
        if row.paused_until is not None:
            blocking.unblock(row.workspace_id, [row.id])


def _events(taken: Sequence[Row[Any]]) -> dict[str, Row[Any]]:
    event = Event.__table__
    rows = (
        session()
        .connection()
        .execute(
            select(*_TOLD).where(
                among(event.c.workspace_id, list({row.workspace_id for row in taken})),
                among(event.c.id, list({row.event_id for row in taken})),
            )
        )
    )
    return {row.id: row for row in rows}


def _finish(ended: Sequence[_Ended]) -> None:
    """Nothing is sent of these. One statement for all that end alike."""
    now = clock.now()
    alike: dict[tuple[str, str, str | None], list[str]] = {}
    for row, state, why in ended:
        alike.setdefault((row.workspace_id, state, why), []).append(row.id)
    for (workspace_id, state, why), ids in alike.items():
        session().execute(
            update(Delivery)
            .where(_delivery.workspace_id == workspace_id, among(_delivery.id, ids))
            .values(state=state, last_error=_delivery.last_error if why is None else why, finished_at=now)
        )
    ordering.call_up(
        (row.workspace_id, row.endpoint_id, row.order_key) for row, *_ in ended if row.order_key is not None
    )
