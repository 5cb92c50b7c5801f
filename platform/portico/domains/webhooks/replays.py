"""Which events a replay is about, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select

from portico.domains.webhooks import queries
from portico.domains.webhooks.models import Delivery, Replay, WebhookEndpoint
from portico.domains.webhooks.receivers import receivers
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.events import Event, EventCounter
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_replay = Replay.__table__.c
_event = Event.__table__.c
_endpoint = WebhookEndpoint.__table__.c
_delivery = Delivery.__table__.c

STATES = ("running", "done", "cancelled")
REPLAYS = Listing(
    id_column=_replay.id,
    filters={"state": Filter(column=_replay.state, operators=("eq", "in"), choices=STATES)},
    sorts={"created_at": Sort(_replay.id)},
)


def wanted(replay: Any, after: int, upto: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The events of a replay behind one `seq` up to another; and what narrows their receivers to its endpoint."""
    which = and_(
        _event.workspace_id == replay.workspace_id,
        _event.seq > after,
        _event.seq <= upto,
        _event.occurred_at >= replay.since,
        _event.occurred_at <= replay.until,
    )
    if replay.types:
        which = and_(which, or_(*(_matching(pattern) for pattern in replay.types)))
    narrowed = _endpoint.id == replay.endpoint_id
    return which, and_(narrowed, _undelivered(replay)) if replay.states else narrowed


def _matching(pattern: str) -> ColumnElement[bool]:
    if pattern == "*":
        return _event.type.is_not(None)
    return _event.resource_type == pattern[:-2] if pattern.endswith(".*") else _event.type == pattern


def _undelivered(replay: Any) -> ColumnElement[bool]:
    """It was sent to the endpoint, ended in one of the wanted states, and none of its deliveries succeeded."""
    earlier = (
        select(_delivery.id)
        .where(_delivery.workspace_id == _event.workspace_id, _delivery.event_id == _event.id)
        .where(_delivery.endpoint_id == replay.endpoint_id)
    )
    ended = earlier.where(_delivery.state.in_(replay.states))
    return and_(exists(ended), ~exists(earlier.where(_delivery.state == "succeeded")))


def count(replay: Any) -> int:
    """How many deliveries it would be now."""
    which, narrowed = wanted(replay, replay.position, replay.last_seq)
    rows = receivers([_event.id], which, narrowed).subquery()
    return session().scalar(select(func.count()).select_from(rows)) or 0


def bounds(workspace_id: str, since: Any) -> tuple[int, int]:
    """The `seq` before the first event since then, and the last one there is."""
    last = session().scalar(select(EventCounter.seq).where(EventCounter.workspace_id == workspace_id)) or 0
    first = session().scalar(
        select(func.min(_event.seq)).where(_event.workspace_id == workspace_id, _event.occurred_at >= since)
    )
    return (first - 1 if first is not None else last), last


def visible_to(actor: Actor) -> Select[Any]:
    """The replays to endpoints that the actor may see."""
    endpoints = queries.visible_to(actor).with_only_columns(_endpoint.id)
    return select(Replay.__table__).where(
        _replay.workspace_id == actor.workspace_id, _replay.endpoint_id.in_(endpoints)
    )


def page_of_replays(actor: Actor, endpoint_id: str, query: ListQuery) -> Page:
    """The replays to one endpoint, newest first. Raises NotFound."""
    queries.endpoint(actor, endpoint_id)
    found = page(visible_to(actor).where(_replay.endpoint_id == endpoint_id), REPLAYS, actor.workspace_id, query)
    return Page(_shown(actor, found.rows), found.next_cursor, found.total, found.fields)


def replay(actor: Actor, endpoint_id: str, replay_id: str) -> dict[str, Any]:
    """One replay with how far it is. Raises NotFound."""
    found = session().execute(visible_to(actor).where(_replay.endpoint_id == endpoint_id, _replay.id == replay_id))
    row = found.one_or_none()
    if row is None:
        raise NotFound()
    return _shown(actor, [row])[0]


def _shown(actor: Actor, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Each with how its deliveries stand."""
    states = session().execute(
        select(_delivery.replay_id, _delivery.state, func.count())
        .where(_delivery.workspace_id == actor.workspace_id, _delivery.replay_id.in_([row.id for row in rows]))
        .group_by(_delivery.replay_id, _delivery.state)
    )
    counted: dict[str, dict[str, int]] = {row.id: {} for row in rows}
    for replay_id, state, number in states:
        counted[replay_id][state] = number
    return [{**row._mapping, **_sums(counted[row.id])} for row in rows]


def _sums(states: dict[str, int]) -> dict[str, int]:
    succeeded = states.get("succeeded", 0)
    open_ = states.get("waiting", 0) + states.get("sending", 0)
    return {"succeeded": succeeded, "open": open_, "failed": sum(states.values()) - succeeded - open_}
