"""`fifo_per_key`: what is about one resource goes to an endpoint one after the other, in the order of `seq`.

A delivery of such an endpoint, or of one that coalesces, carries its `order_key` (the resource) and `seq`; those of
others carry neither, and cost nothing more. The *head* of a key is the first of its unfinished deliveries: the one on
its way, then live before replayed, then by `seq`. The pump that owns the endpoint claims heads alone. Any other
delivery that a claim meets is *set aside* out of the index that claims walk, and called up when it has become the head.

What must stay true: a key with something unfinished has one delivery at least that is not set aside. Setting aside and
finishing exclude each other by the lock of the endpoint's state: claims and results take it (`lock_queues`), and so
does everybody besides the pump who finishes what waits (`locked`). Whoever finishes calls up the next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, bindparam, case, func, literal, literal_column, or_, select, update
from sqlalchemy.orm import Session

from portico.domains.webhooks.models import (
    FIFO,
    LIVE,
    PARALLEL,
    SET_ASIDE,
    Delivery,
    EndpointState,
    WebhookEndpoint,
)
from portico.kernel import clock
from portico.kernel.db import Instant
from portico.kernel.events import Event
from portico.kernel.unit_of_work import session

Place = tuple[str, str, str]
"""Workspace, endpoint, key."""
UPDATED = ".updated"
SLICE = 500
"""So many are gone through in one turn of the pump, for whom others wait meanwhile."""
AT_ONCE = 500

_delivery = Delivery.__table__.c
_endpoint = WebhookEndpoint.__table__.c
_state = EndpointState.__table__.c
_event = Event.__table__.c


def cares() -> ColumnElement[bool]:
    """Whether an endpoint's deliveries carry their keys."""
    return or_(_endpoint.order != PARALLEL, _endpoint.coalesce_seconds > 0)


def window(endpoint: Any) -> int:
    """For how many seconds it gathers. With a filter for none: whether a change passes it, that change alone tells."""
    return 0 if endpoint.filter is not None else int(endpoint.coalesce_seconds)


def head_of(workspace_id: Any, endpoint_id: Any, order_key: Any) -> Any:
    """The id of the first delivery of a key: one look at the index, however many wait."""
    head = Delivery.__table__.alias("head").c
    return (
        select(head.id)
        .where(head.workspace_id == workspace_id, head.endpoint_id == endpoint_id)
        .where(head.order_key == order_key, head.finished_at.is_(None))
        .order_by(head.state, head.lane, head.seq, head.id)
        .limit(literal_column("1"))
        .scalar_subquery()
    )


# Built once: composing a statement costs more than running it.
_CALLED_UP = (
    update(Delivery)
    .where(_delivery.workspace_id == bindparam("in_workspace"))
    .where(_delivery.id == head_of(bindparam("in_workspace"), bindparam("of_endpoint"), bindparam("of_key")))
    .where(_delivery.state == literal_column("'waiting'"), _delivery.next_at == literal(SET_ASIDE, Instant()))
    .values(next_at=bindparam("moment", type_=Instant()))
)


def call_up(places: Iterable[Place]) -> None:
    """Something of these keys was finished, or waits again: who stands first now is due, if it was set aside."""
    now = clock.now()
    rows = [
        {"in_workspace": place[0], "of_endpoint": place[1], "of_key": place[2], "moment": now}
        for place in sorted(set(places))
    ]
    if rows:
        session().connection().execute(_CALLED_UP, rows)


def lock_queues(places: Iterable[tuple[str, str]]) -> set[str]:
    """Lock the states of those of these endpoints that have an order, for claims and results; answers their ids.

    All at once and sorted, before the unit locks another state, so that the two cannot deadlock.
    """
    wanted = sorted(set(places))
    if not wanted:
        return set()
    own = (_state.workspace_id == _endpoint.workspace_id) & (_state.id == _endpoint.id)
    return set(
        session().scalars(
            select(_state.id)
            .join(WebhookEndpoint, own)
            .where(
                _state.workspace_id.in_({place[0] for place in wanted}), _state.id.in_([place[1] for place in wanted])
            )
            .where(or_(_endpoint.order == FIFO, _state.reordering.is_not(None)))
            .order_by(_state.id)
            .with_for_update(of=EndpointState)
        )
    )


def locked(workspace_id: str, endpoint_id: str) -> None:
    """Nothing of the endpoint is set aside until the open unit ends: for who finishes what waits, besides the pump.

    The choice is held too. Where it is `parallel` nothing more is locked, as the pump does not look at it there.
    """
    work = session()
    order = work.scalar(
        select(_endpoint.order)
        .where(_endpoint.workspace_id == workspace_id, _endpoint.id == endpoint_id)
        .with_for_update(read=True)
    )
    if order != PARALLEL:
        work.execute(
            select(_state.id).where(_state.workspace_id == workspace_id, _state.id == endpoint_id).with_for_update()
        )


# --- the keys ---------------------------------------------------------------------------------------------------------


def caring_among(workspace_ids: Collection[str]) -> set[str]:
    """Those of the workspaces in which an endpoint sends in order or coalesces."""
    caring = select(_endpoint.workspace_id).where(
        cares(), _endpoint.deleted_at.is_(None), _endpoint.workspace_id.in_(workspace_ids)
    )
    return set(session().scalars(caring.distinct()))


def give_keys(work: Session, workspaces: Any, events: ColumnElement[bool]) -> None:
    """Give new deliveries of these events their keys, in the transaction that added them.

    A statement of its own, after the adding one: that has locked the endpoints by its foreign key, so a change of the
    choice either is seen here, or waits for this transaction and then finds the deliveries (`change_over`).
    """
    caring = work.execute(
        select(_endpoint.id, _endpoint.coalesce_seconds, _endpoint.filter)
        .where(cares(), _endpoint.deleted_at.is_(None), _endpoint.workspace_id.in_(workspaces))
        .order_by(_endpoint.id)
    ).all()
    windows = {row.id: window(row) for row in caring}
    for seconds in sorted(set(windows.values())):
        endpoints = [endpoint_id for endpoint_id, length in windows.items() if length == seconds]
        new = select(_delivery.id).join(
            Event, (_event.workspace_id == _delivery.workspace_id) & (_event.id == _delivery.event_id)
        )
        ids = list(work.scalars(new.where(events, _delivery.endpoint_id.in_(endpoints), _delivery.order_key.is_(None))))
        _key(work, workspaces, ids, seconds)


def give_keys_to(workspace_id: str, ids: Collection[str]) -> None:
    """Keys for single deliveries that came without: a ping's event has its `seq` only after the commit."""
    _key(session(), [workspace_id], ids, 0)


def _key(work: Session, workspaces: Any, ids: Collection[str], seconds: int) -> None:
    """What may be coalesced is due when the window is over that opens with its event."""
    if not ids:
        return
    own = (_event.workspace_id == _delivery.workspace_id, _event.id == _delivery.event_id)
    key = _event.resource_type.concat(":").concat(_event.resource_id)
    values: dict[str, Any] = {
        "order_key": select(key).where(*own).scalar_subquery(),
        "seq": select(_event.seq).where(*own).scalar_subquery(),
    }
    if seconds:
        gathered = (_delivery.type.like(f"%{UPDATED}")) & (_delivery.lane == LIVE) & (_delivery.replay_id == "")
        values["next_at"] = case((gathered, later(work, _delivery.next_at, seconds)), else_=_delivery.next_at)
    work.execute(
        update(Delivery)
        .where(_delivery.workspace_id.in_(workspaces), _delivery.id.in_(ids), _delivery.finished_at.is_(None))
        .values(values)
        .execution_options(synchronize_session=False)
    )


def later(work: Session, moment: ColumnElement[Any], seconds: int) -> Any:
    """So many seconds after the moment in a column."""
    if work.get_bind().dialect.name == "postgresql":
        return moment + literal(timedelta(seconds=seconds), Interval())
    return func.strftime("%Y-%m-%dT%H:%M:%fZ", moment, f"+{seconds} seconds", type_=Instant())


# --- another choice ---------------------------------------------------------------------------------------------------


def reorders(before: Any, choices: Mapping[str, Any]) -> bool:
    """Whether what waits needs another look: an order to be kept, or kept no more, or keys to gather by."""
    starts_gathering = bool(choices.get("coalesce_seconds")) and not before.coalesce_seconds
    reordered = choices.get("order", before.order) != before.order
    return reordered or (starts_gathering and before.order == PARALLEL)


def change_over(workspace_id: str, endpoint_id: str) -> None:
    """The choice is about to change, in the open unit: the pump goes through what waits before it sends more.

    Who adds deliveries holds the endpoint by a foreign key until the commit: behind the lock all of them are seen.
    """
    work = session()
    work.execute(
        select(_endpoint.id)
        .where(_endpoint.workspace_id == workspace_id, _endpoint.id == endpoint_id)
        .with_for_update()
    )
    work.execute(
        update(EndpointState).where(_state.workspace_id == workspace_id, _state.id == endpoint_id).values(reordering="")
    )
    # Some of what was set aside is due at once, so that the pump has reason to look.
    _let_go(work, workspace_id, _set_aside(workspace_id, endpoint_id).limit(AT_ONCE))


def _set_aside(workspace_id: str, endpoint_id: str) -> Any:
    return select(_delivery.id).where(
        _delivery.workspace_id == workspace_id,
        _delivery.endpoint_id == endpoint_id,
        _delivery.state == literal_column("'waiting'"),
        _delivery.lane.in_((0, 1)),
        _delivery.next_at == SET_ASIDE,
    )


def _let_go(work: Session, workspace_id: str, which: Any) -> None:
    work.execute(
        update(Delivery)
        .where(_delivery.workspace_id == workspace_id, _delivery.id.in_(list(work.scalars(which))))
        .where(_delivery.state == "waiting", _delivery.next_at == SET_ASIDE)
        .values(next_at=clock.now())
    )


def go_through(workspace_id: str, endpoint_id: str, order: str, position: str) -> None:
    """The next deliveries behind `position` get their keys, and where there is no order any more, what was set aside is
    due. For the pump, which holds the lock of the state."""
    work = session()
    behind = (
        select(_delivery.id)
        .where(_delivery.workspace_id == workspace_id, _delivery.endpoint_id == endpoint_id)
        .where(_delivery.id > position)
        .order_by(_delivery.id)
        .limit(SLICE)
    )
    ids = list(work.scalars(behind))
    mine = select(_delivery.id).where(_delivery.workspace_id == workspace_id, _delivery.id.in_(ids))
    lacking = mine.where(_delivery.finished_at.is_(None), _delivery.order_key.is_(None))
    _key(work, [workspace_id], list(work.scalars(lacking)), 0)
    if order != FIFO:
        _let_go(work, workspace_id, mine.where(_delivery.next_at == SET_ASIDE))
    work.execute(
        update(EndpointState)
        .where(_state.workspace_id == workspace_id, _state.id == endpoint_id)
        .values(reordering=ids[-1] if len(ids) == SLICE else None)
    )
