"""Sending a stretch of time again."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert, update

from portico.domains.webhooks import ordering, queries, replays
from portico.domains.webhooks.errors import ReplayOver
from portico.domains.webhooks.events import ENDPOINT_REPLAYED
from portico.domains.webhooks.models import Delivery, Replay
from portico.kernel import bell, clock
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Invalid, invalid
from portico.kernel.events import emit
from portico.kernel.events.types import expand
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import after_commit, session


def preview_replay(actor: Actor, endpoint_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a replay would be: its bounds, and how many deliveries. Raises NotFound and Invalid."""
    values = _values(actor, endpoint_id, body)
    return {**values, "total": replays.count(SimpleNamespace(**values))}


def start_replay(actor: Actor, endpoint_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send what happened in a stretch of time once more, behind what happens now, with the same `webhook-id`s.

    What the endpoint subscribes to at present, and may read when it is sent. Raises NotFound and Invalid.
    """
    values = preview_replay(actor, endpoint_id, body)
    replay_id = new_id("rpl")
    session().execute(
        insert(Replay).values(id=replay_id, state="running", laid_out=0, created_at=clock.now(), **values)
    )
    row = queries.endpoint(actor, endpoint_id)
    emit(actor, ENDPOINT_REPLAYED, row, installation_id=row.installation_id)
    after_commit(bell.ring)
    return replays.replay(actor, endpoint_id, replay_id)


def cancel_replay(actor: Actor, endpoint_id: str, replay_id: str) -> dict[str, Any]:
    """Lay nothing more out, and send nothing more of it. Raises NotFound and ReplayOver."""
    replays.replay(actor, endpoint_id, replay_id)
    changed = session().execute(
        update(Replay)
        .where(Replay.workspace_id == actor.workspace_id, Replay.id == replay_id, Replay.state == "running")
        .values(state="cancelled", finished_at=clock.now())
    )
    ordering.locked(actor.workspace_id, endpoint_id)
    waiting = (
        session()
        .execute(
            update(Delivery)
            .where(Delivery.workspace_id == actor.workspace_id, Delivery.replay_id == replay_id)
            .where(Delivery.state == "waiting")
            .values(state="cancelled", finished_at=clock.now())
            .returning(Delivery.order_key)
        )
        .scalars()
        .all()
    )
    ordering.call_up((actor.workspace_id, endpoint_id, key) for key in waiting if key is not None)
    if not changed.rowcount and not waiting:  # type: ignore[attr-defined]
        raise ReplayOver()
    after_commit(bell.ring)
    return replays.replay(actor, endpoint_id, replay_id)


def _values(actor: Actor, endpoint_id: str, body: dict[str, Any]) -> dict[str, Any]:
    row = queries.endpoint(actor, endpoint_id)
    now = clock.now()
    since, until = body["since"], body.get("until") or now
    if since > now + timedelta(seconds=5):
        raise invalid("/since", "future", "Nothing has happened since then: this moment is to come.")
    if until < since:
        raise invalid("/until", "order", "Give an end that is not before the beginning.")
    types = body.get("types") or []
    unknown = [place for place, pattern in enumerate(types) if not expand([pattern])]
    if unknown:
        raise Invalid(
            errors=[FieldError(f"/types/{at}", "unknown", f"There is no event type {types[at]!r}.") for at in unknown]
        )
    position, last_seq = replays.bounds(actor.workspace_id, since)
    return {
        "workspace_id": row.workspace_id,
        "endpoint_id": endpoint_id,
        "since": since,
        "until": until,
        "types": types,
        "states": body.get("states") or [],
        "position": position,
        "last_seq": last_seq,
    }
