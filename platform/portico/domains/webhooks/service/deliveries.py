"""What people and apps do with deliveries: try an endpoint, and send once more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from portico.domains.webhooks import ordering, projection, queries
from portico.domains.webhooks.errors import EndpointDeleted, EndpointNotActive
from portico.domains.webhooks.events import ENDPOINT_PING, ENDPOINT_TESTED
from portico.domains.webhooks.models import Delivery, EndpointState
from portico.kernel import bell, clock
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.events import EVENT_TYPES, Event, EventType, emit
from portico.kernel.events.types import matches
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import after_commit, session


def ping(actor: Actor, endpoint_id: str) -> dict[str, Any]:
    """Send `endpoint.ping` to this endpoint alone, whatever it subscribes to. Raises EndpointNotActive, NotFound."""
    row = queries.endpoint(actor, endpoint_id)
    if row.stored_status != "active":
        raise EndpointNotActive()
    event_id = emit(actor, ENDPOINT_PING, row, installation_id=row.installation_id)
    return queries.delivery(actor, _insert(actor, endpoint_id, event_id, ENDPOINT_PING.name, replay_id=""))


def send_test(actor: Actor, endpoint_id: str, type_name: str) -> dict[str, Any]:
    """Send the sample of an event type to this endpoint alone, through its filter, scopes and signature, with `test` in
    it. Raises NotFound, EndpointNotActive, and Invalid for a type that the endpoint does not subscribe to."""
    row = queries.endpoint(actor, endpoint_id)
    kind = _subscribed(row, type_name)
    if row.stored_status != "active":
        raise EndpointNotActive()
    about = {"id": endpoint_id, "url": row.url, "type": type_name, "sample": dict(kind.example)}
    event_id = emit(actor, ENDPOINT_TESTED, about, installation_id=row.installation_id)
    return queries.delivery(actor, _insert(actor, endpoint_id, event_id, type_name, replay_id=""))


def preview_test(actor: Actor, endpoint_id: str, type_name: str) -> dict[str, Any]:
    """What `send_test` would send, before the endpoint's filter. Changes nothing. Raises NotFound and Invalid."""
    row = queries.endpoint(actor, endpoint_id)
    kind = _subscribed(row, type_name)
    about = {"endpoint_id": endpoint_id, "installation_id": row.installation_id, "payload": row.payload}
    return {**about, "type": type_name, "event": queries.as_received(actor, projection.unsent(actor, kind), about)}


def _subscribed(row: Row[Any], type_name: str) -> EventType:
    kind = EVENT_TYPES.get(type_name)
    if kind is None or not any(matches(pattern, type_name) for pattern in row.types):
        raise invalid("/type", "not_subscribed", "The endpoint does not subscribe to this type of event.")
    return kind


def redeliver(actor: Actor, delivery_id: str) -> dict[str, Any]:
    """Once more, with the same `webhook-id`: a new delivery, or at once the one that still waits.

    Raises NotFound and EndpointDeleted.
    """
    before = queries.delivery(actor, delivery_id)
    if before["deleted_at"] is not None:
        raise EndpointDeleted()
    if before["state"] in ("waiting", "held", "sending"):
        _hurry(actor.workspace_id, delivery_id)
        return queries.delivery(actor, delivery_id)
    replay_id = new_id("rpl")
    new = _insert(
        actor, before["endpoint_id"], before["event_id"], before["type"], replay_id=replay_id, changes=before["changes"]
    )
    ordering.give_keys(session(), [actor.workspace_id], Event.id == before["event_id"])
    return queries.delivery(actor, new)


def _hurry(workspace_id: str, delivery_id: str) -> None:
    """A retry that waits for its time goes now; a second row would race with it."""
    session().execute(
        update(Delivery)
        .where(Delivery.workspace_id == workspace_id, Delivery.id == delivery_id, Delivery.state == "waiting")
        .values(next_at=clock.now())
    )
    after_commit(bell.ring)


def _insert(
    actor: Actor,
    endpoint_id: str,
    event_id: str,
    type_name: str,
    *,
    replay_id: str,
    changes: list[str] | None = None,
) -> str:
    delivery_id = new_id("dlv")
    now = clock.now()
    base = (
        select(EndpointState.blocked_seconds)
        .where(EndpointState.workspace_id == actor.workspace_id, EndpointState.id == endpoint_id)
        .scalar_subquery()
    )
    session().execute(
        insert(Delivery).values(
            workspace_id=actor.workspace_id,
            id=delivery_id,
            event_id=event_id,
            endpoint_id=endpoint_id,
            replay_id=replay_id,
            type=type_name,
            state="waiting",
            attempts=0,
            next_at=now,
            fencing=0,
            blocked_base=base,
            created_at=now,
            **({"changes": changes} if changes is not None else {}),
        )
    )
    after_commit(bell.ring)
    return delivery_id
