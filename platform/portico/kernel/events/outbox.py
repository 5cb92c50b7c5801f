"""`emit`, the handlers, and the hook that writes the outbox as the last act before the commit.

`seq` is taken last, once per workspace and transaction, in sorted order of workspaces: a reader whose cursor passed
n never has to come back for a smaller one, and two writers cannot deadlock. READ COMMITTED is required.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import Table, update
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session, SessionTransaction

from portico.kernel import bell, clock, origin
from portico.kernel.actor import Actor
from portico.kernel.adding import add
from portico.kernel.dump import dumper
from portico.kernel.errors import Refusal
from portico.kernel.events.models import Event, EventCounter
from portico.kernel.events.types import EventType
from portico.kernel.ids import new_id
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import UnitSession, after_commit, current, last_act

MAX_BYTES = 256 * 1024
MAX_DEPTH = 8

Handler = Callable[[Actor, dict[str, Any]], None]
log = logging.getLogger("portico.events")
_counter: Any = EventCounter.__table__
_table = cast(Table, Event.__table__)
_handlers: dict[str, list[tuple[str, Handler]]] = {}


class EventTooLarge(Refusal):
    code, status, title = "event_too_large", 413, "The change makes an event over 256 KiB; send less at once."


class CauseTooDeep(Refusal):
    code, status, title = (
        "cause_too_deep",
        409,
        "This write stands at the end of eight that caused each other.",
    )


def on(event_type: str) -> Callable[[Handler], Handler]:
    """Register a reaction in the same transaction. Handlers run in the order of their names; a failure fails all."""

    def register(handler: Handler) -> Handler:
        name = f"{handler.__module__}.{handler.__qualname__}"
        known = _handlers.setdefault(event_type, [])
        known[:] = sorted([(n, h) for n, h in known if n != name] + [(name, handler)], key=lambda pair: pair[0])
        return handler

    return register


def handlers() -> dict[str, list[str]]:
    """Which handlers react to which event, for `portico list handlers`."""
    return {kind: [name for name, _ in found] for kind, found in sorted(_handlers.items())}


def _cause(actor: Actor) -> dict[str, Any]:
    if actor.cause is None:
        return {"depth": 0}
    if actor.cause.depth > MAX_DEPTH:
        about = {"workspace_id": actor.workspace_id, "cause": actor.cause.event_id, "by": actor.id}
        log.warning("stopped a chain of events that cause each other", extra=about)
        raise CauseTooDeep()
    return {
        "event_id": actor.cause.event_id,
        "installation_id": actor.cause.installation_id,
        "depth": actor.cause.depth,
    }


def emit(
    actor: Actor,
    kind: EventType,
    subject: Any,
    *,
    changes: Sequence[str] | None = None,
    before: Any = None,
    resource_id: str | None = None,
    installation_id: str | None = None,
    also: Mapping[str, Any] | None = None,
) -> str:
    """Record that something happened; answers the event's id. `subject` is dumped by the schema of the event type.

    `also` adds fields that the subject does not carry; `before` is the subject as it was, of which the record keeps the
    changed fields. Raises EventTooLarge and CauseTooDeep, and whatever a
    handler refuses.
    """
    data = {**dumper(kind.schema)(subject), **(also or {})}
    if len(orjson.dumps(data)) > MAX_BYTES:
        raise EventTooLarge()
    row = {
        "workspace_id": actor.workspace_id,
        "id": new_id("evt"),
        "type": kind.name,
        "version": kind.version,
        "occurred_at": clock.now(),
        "scopes": kind.scopes_for(data),
        "actor": actor.as_dict(),
        "resource_type": kind.resource,
        "resource_id": resource_id or data["id"],
        "resource_version": data.get("version"),
        "installation_id": installation_id,
        "data": data,
        "changes": sorted(changes) if changes is not None else None,
        "before": _held(kind, before, changes),
        "cause": _cause(actor),
        "origin": origin.current(),
        # The pump has nothing to do with what only the record shows.
        "fanned_out": kind.record_only,
    }
    box = current().outbox
    if not box:
        after_commit(bell.ring)
    box.append(row)
    for _, handler in _handlers.get(kind.name, ()):
        handler(actor, row)
    return str(row["id"])


def _held(kind: EventType, before: Any, changes: Sequence[str] | None) -> dict[str, Any] | None:
    """What the changed fields held, where it is small enough to keep beside the event."""
    if before is None or not changes:
        return None
    whole = dumper(kind.schema)(before)
    held = {name: whole[name] for name in sorted(changes) if name in whole}
    return held if len(orjson.dumps(held)) <= MAX_BYTES else None


def take_back(workspace_id: str) -> None:
    """Tell nothing of what this unit did in a workspace: the workspace is gone."""
    box = current().outbox
    box[:] = [row for row in box if row["workspace_id"] != workspace_id]


@last_act
def _write_outbox() -> None:
    box = current().outbox
    if not box:
        return
    rows: list[dict[str, Any]] = []
    for workspace_id in sorted({row["workspace_id"] for row in box}):
        mine = [row for row in box if row["workspace_id"] == workspace_id]
        last = _bump(workspace_id, len(mine)).scalar_one()
        rows.extend({**row, "seq": last - len(mine) + 1 + place} for place, row in enumerate(mine))
    add(_table, rows)
    box.clear()


@prepared
def _bump(of_workspace: str, by: int) -> Any:
    return (
        update(_counter)
        .where(_counter.c.workspace_id == of_workspace)
        .values(seq=_counter.c.seq + by)
        .returning(_counter.c.seq)
    )


@sqlalchemy_event.listens_for(UnitSession, "after_transaction_create")
def _mark(work: Session, transaction: SessionTransaction) -> None:
    work.info.setdefault("marks", {})[transaction] = len(work.info.get("outbox", ()))


@sqlalchemy_event.listens_for(UnitSession, "after_soft_rollback")
def _unwind(work: Session, previous: SessionTransaction) -> None:
    box: list[dict[str, Any]] = work.info.get("outbox", [])
    if previous.nested:
        del box[work.info["marks"].get(previous, 0) :]
    else:
        box.clear()


@sqlalchemy_event.listens_for(UnitSession, "after_transaction_end")
def _forget(work: Session, transaction: SessionTransaction) -> None:
    # Fires before after_soft_rollback, so marks of savepoints may only go with the outermost transaction.
    if transaction.parent is None:
        work.info.pop("marks", None)
