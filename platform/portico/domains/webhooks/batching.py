"""Kinds of events that happen so often that they are sent together: who goes with whom.

What is fresh is due five seconds after its event, or as soon as 500 wait; a claim that meets something due takes all
that is fresh along. What is sent together gets a `batch_id`, under which it goes from then on, as `webhook-id` too: so
nothing ever joins a batch that was tried, and who passes over a batch that came before misses nothing. What may not be
sent any more leaves it, and so does what is too much, or has to wait for another of its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SmallInteger, bindparam, case, literal_column, select, update
from sqlalchemy.orm import Session

from portico.domains.webhooks import ordering
from portico.domains.webhooks.models import LIVE, Delivery
from portico.kernel import clock
from portico.kernel.db import ID, AnyRow, Instant
from portico.kernel.events import Event, batched_kinds
from portico.kernel.id_lists import among
from portico.kernel.unit_of_work import session

WINDOW = timedelta(seconds=5)
MOST = 500
LOOKED_AT = 4 * MOST
"""So many waiting deliveries of an endpoint are looked at for what is to go together: others may stand between."""
IN_A_CLAIM = 4 * MOST
"""When a claim has so many, further batches wait for the next one."""

_delivery = Delivery.__table__.c
_event = Event.__table__.c


def due_at(work: Session) -> Any:
    """When the delivery of an event that has just happened is due."""
    kinds = batched_kinds()
    if not kinds:
        return _event.occurred_at
    together = ordering.later(work, _event.occurred_at, int(WINDOW.total_seconds()))
    return case((_event.type.in_(sorted(kinds)), together), else_=_event.occurred_at)


def _is_waiting(one: Any) -> ColumnElement[bool]:
    # A literal, as the partial index has it.
    waits: ColumnElement[bool] = one.state == literal_column("'waiting'")
    return waits


# --- as soon as there are enough --------------------------------------------------------------------------------------


def hurry_full(work: Session, events: ColumnElement[bool]) -> None:
    """Where as many wait as go together, they are due at once. `events`: of which deliveries were just added."""
    now = clock.now()
    own = (_event.workspace_id == _delivery.workspace_id) & (_event.id == _delivery.event_id)
    kinds = sorted(batched_kinds())
    of_kinds = select(_delivery.workspace_id, _delivery.endpoint_id).join(Event, own)
    places = of_kinds.where(events, _event.type.in_(kinds)).distinct().subquery("place")
    one = Delivery.__table__.alias("one").c
    last = (
        select(one.id)
        .where(one.workspace_id == places.c.workspace_id, one.endpoint_id == places.c.endpoint_id)
        .where(_is_waiting(one), one.lane == literal_column(str(LIVE)), one.batch_id.is_(None), one.type.in_(kinds))
        .where(one.next_at > now, one.next_at <= now + WINDOW)
        .order_by(one.next_at, one.id)
        .offset(MOST - 1)
        .limit(1)
        .correlate(places)
        .scalar_subquery()
    )
    found = work.execute(select(places.c.workspace_id, last.label("last"))).all()
    _hurry(work, [(row.workspace_id, row.last) for row in found if row.last is not None], now)


def _hurry(work: Session, which: Sequence[tuple[str, str]], now: datetime) -> None:
    if which:
        work.execute(
            update(Delivery)
            .where(_delivery.workspace_id.in_({one[0] for one in which}), _delivery.id.in_([one[1] for one in which]))
            .where(_delivery.state == "waiting")
            .values(next_at=now)
        )


# --- who goes together ------------------------------------------------------------------------------------------------


def _fresh(*, heads: bool) -> Any:
    """What waits for one endpoint in one lane and is to go with others, the oldest first."""
    looked = (
        select(
            _delivery.id,
            _delivery.workspace_id,
            _delivery.endpoint_id,
            _delivery.order_key,
            _delivery.type,
            _delivery.batch_id,
            _delivery.next_at,
        )
        .where(_delivery.workspace_id == bindparam("of_workspace"), _delivery.endpoint_id == bindparam("of_endpoint"))
        .where(_is_waiting(_delivery), _delivery.lane == bindparam("of_lane", type_=SmallInteger()))
        .where(_delivery.next_at <= bindparam("until", type_=Instant()))
        .order_by(_delivery.next_at, _delivery.id)
        .limit(literal_column(str(LOOKED_AT)))
        .subquery()
        .c
    )
    found = select(looked.id).where(among(looked.type, bindparam("kinds")), looked.batch_id.is_(None))
    if heads:
        found = found.where(looked.id == ordering.head_of(looked.workspace_id, looked.endpoint_id, looked.order_key))
    return found.order_by(looked.next_at, looked.id).limit(literal_column(str(2 * MOST)))


def _members(*, heads: bool) -> Any:
    """What waits of some batches, each with whether another of its key stands before it."""
    head = ordering.head_of(_delivery.workspace_id, _delivery.endpoint_id, _delivery.order_key)
    return select(_delivery.id, (head if heads else _delivery.id).label("head_id")).where(
        _delivery.workspace_id == bindparam("of_workspace"), _delivery.batch_id == bindparam("of_batch", type_=ID),
        _is_waiting(_delivery),
    )  # fmt: skip


# Built once: composing a statement costs more than running it.
_FRESH = {heads: _fresh(heads=heads) for heads in (False, True)}
_MEMBERS = {heads: _members(heads=heads) for heads in (False, True)}


def is_together(row: AnyRow, kinds: set[str]) -> bool:
    """Whether the delivery goes in a batch: it is in one, or its kind comes in batches."""
    return row.batch_id is not None or row.type in kinds


def together(due: Sequence[AnyRow], now: datetime, *, in_order: bool = False) -> list[str]:
    """The ids of what is due, with those that go in the same calls. `in_order`: no more than the heads of their keys,
    of one endpoint whose queues are locked."""
    kinds = batched_kinds()
    if not any(is_together(row, kinds) for row in due):
        return [row.id for row in due]
    ids = dict.fromkeys(row.id for row in due if not is_together(row, kinds))
    groups = dict.fromkeys(_group(row) for row in due if is_together(row, kinds))
    room = IN_A_CLAIM
    for group in groups:
        if room <= 0:
            break  # the rest is still due, and comes with the next claim
        found = _members_of(*group, now, kinds, heads=in_order)
        ids.update(dict.fromkeys(found))
        room -= len(found)
    return list(ids)


_Group = tuple[str, str, int, str | None]
"""Workspace, endpoint, lane, and the batch where there is one."""


def _group(row: AnyRow) -> _Group:
    return row.workspace_id, row.endpoint_id, row.lane, row.batch_id


def _members_of(
    workspace_id: str, endpoint_id: str, lane: int, batch_id: str | None, now: datetime, kinds: set[str], *, heads: bool
) -> list[str]:
    work = session().connection()
    if batch_id is not None:
        found = work.execute(_MEMBERS[heads], {"of_workspace": workspace_id, "of_batch": batch_id}).all()
        _leave(workspace_id, [row.id for row in found if row.head_id != row.id])
        return [row.id for row in found if row.head_id == row.id]
    about = {"of_workspace": workspace_id, "of_endpoint": endpoint_id, "of_lane": lane}
    ids = list(work.execute(_FRESH[heads], {**about, "until": now + WINDOW, "kinds": sorted(kinds)}).scalars())
    if len(ids) == 2 * MOST:
        _hurry(session(), [(workspace_id, ids[MOST])], now)  # as many again: they are due as well
    return ids[:MOST]


def _leave(workspace_id: str, ids: Iterable[str]) -> None:
    """These go later than the others of their batch."""
    left = list(ids)
    if left:
        session().execute(
            update(Delivery).where(_delivery.workspace_id == workspace_id, _delivery.id.in_(left)).values(batch_id=None)
        )


def put_together(workspace_id: str, ids: Sequence[str], batch_id: str) -> None:
    """These go in one call from now on."""
    session().execute(
        update(Delivery)
        .where(_delivery.workspace_id == workspace_id, among(_delivery.id, list(ids)))
        .values(batch_id=batch_id)
    )
