"""Changes of one resource that come shortly after each other, sent as one: the newest, with what all of them changed.

The window opens with the first of them and lasts as long as the subscriber chose; then the newest is sent, and those
before it are finished as `coalesced` without an attempt. Only what was never tried is gathered, and only what this
receiver would take for the same: equal type, equal scopes, and by the same author as far as echoes go, since an app
passes over what it has done itself. Where deliveries go in order, nothing is gathered across another event between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, Select, select, update

from portico.domains.webhooks.models import LIVE, Delivery
from portico.domains.webhooks.ordering import UPDATED
from portico.kernel import clock
from portico.kernel.events import Event
from portico.kernel.unit_of_work import session

MOST = 500
UNKNOWN = ["*"]
"""In place of changes when one of the events does not say what it changed: then it may be anything."""

_delivery = Delivery.__table__.c
_event = Event.__table__.c


def gather(workspace_id: str, due: Sequence[Row[Any]], seconds: int, *, in_order: bool) -> list[str]:
    """What goes in place of what is due, in the open unit of a claim."""
    gone: set[str] = set()
    sent: dict[str, None] = {}
    for row in due:
        if row.id in gone:
            continue
        if not _is_fresh(row):
            sent[row.id] = None
            continue
        window = _window(workspace_id, row, timedelta(seconds=seconds), in_order=in_order)
        *older, newest = window
        if older:
            _finish(workspace_id, [one.id for one in older], newest.id, union(window))
            gone.update(one.id for one in older)
        sent[newest.id] = None
    return [delivery_id for delivery_id in sent if delivery_id not in gone]


def _is_fresh(row: Any) -> bool:
    """Live, and never tried: what is sent again comes as it was."""
    return bool(row.type.endswith(UPDATED) and row.lane == LIVE and not row.replay_id and not row.attempts)


def _window(workspace_id: str, due: Any, length: timedelta, *, in_order: bool) -> list[Any]:
    """What may go with the one that is due, by `seq`; where there is no order, also what was there before it."""
    waiting = _waiting(workspace_id, due)
    rows = list(session().execute(waiting.where(_delivery.seq >= due.seq).order_by(_delivery.seq).limit(MOST)))
    first = next(row for row in rows if row.id == due.id)
    if not in_order:
        before = (
            session().execute(waiting.where(_delivery.seq < due.seq).order_by(_delivery.seq.desc()).limit(MOST)).all()
        )
        rows = [*before[::-1], *rows]
        first = next(row for row in rows if _goes_with(row, first) and row.occurred_at >= first.occurred_at - length)
    window = [first]
    for row in rows[rows.index(first) + 1 :]:
        if _goes_with(row, first) and row.occurred_at <= first.occurred_at + length:
            window.append(row)
        elif in_order:
            break
    return window


def _waiting(workspace_id: str, due: Any) -> Select[Any]:
    """The live deliveries about the same resource to the same endpoint."""
    return (
        select(
            _delivery.id,
            _delivery.type,
            _delivery.lane,
            _delivery.replay_id,
            _delivery.attempts,
            _delivery.changes.label("gathered"),
            _event.changes,
            _event.occurred_at,
            _event.scopes,
            _event.installation_id,
            _event.actor,
            _event.cause,
        )
        .join(Event, (_event.workspace_id == _delivery.workspace_id) & (_event.id == _delivery.event_id))
        .where(_delivery.workspace_id == workspace_id, _delivery.endpoint_id == due.endpoint_id)
        .where(_delivery.order_key == due.order_key, _delivery.finished_at.is_(None))
        .where(_delivery.state == "waiting", _delivery.lane == LIVE)
    )


def _goes_with(row: Any, other: Any) -> bool:
    return _is_fresh(row) and _alike(row) == _alike(other)


def _alike(row: Any) -> tuple[Any, ...]:
    author = row.actor.get("id") if str(row.actor.get("kind", "")).startswith("app") else None
    return row.type, row.scopes, row.installation_id, author, row.cause.get("installation_id")


def union(window: Iterable[Any]) -> list[str]:
    """What all of them changed."""
    changed: set[str] = set()
    for row in window:
        changes = row.changes if row.gathered is None else row.gathered
        if changes is None or changes == UNKNOWN:
            return UNKNOWN
        changed.update(changes)
    return sorted(changed)


def _finish(workspace_id: str, older: Sequence[str], newest: str, changes: list[str]) -> None:
    work = session()
    work.execute(
        update(Delivery)
        .where(_delivery.workspace_id == workspace_id, _delivery.id.in_(older), _delivery.state == "waiting")
        .values(state="coalesced", finished_at=clock.now(), coalesced_into=newest)
    )
    work.execute(
        update(Delivery).where(_delivery.workspace_id == workspace_id, _delivery.id == newest).values(changes=changes)
    )


def told(event: Row[Any], changes: Sequence[str] | None) -> Any:
    """The event as a delivery tells it: with the changes of those that were coalesced into it."""
    if changes is None:
        return event
    about: Mapping[str, Any] = {**event._mapping, "changes": None if list(changes) == UNKNOWN else list(changes)}
    return SimpleNamespace(**about)
