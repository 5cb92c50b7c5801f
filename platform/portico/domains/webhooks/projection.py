"""From a stored event to what one reader may see of it.

The stored event is whole and frozen. A reader sees it only with every scope that it names, and without the fields of
its data that need another scope; those are named in `_redacted`.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from portico.domains.properties import queries as properties
from portico.domains.webhooks.events import ENDPOINT_PING, ENDPOINT_TESTED
from portico.kernel import clock
from portico.kernel.actor import Actor, DataRange
from portico.kernel.data_range import Receiver, within
from portico.kernel.events import EVENT_TYPES, EventType
from portico.kernel.events.types import NOBODY
from portico.kernel.ids import new_id


def may_read(row: Any, scopes: frozenset[str], installation_id: str | None, limits: DataRange | None = None) -> bool:
    """Whether a receiver may see the event at all. An app needs no scope to hear what happens to itself, and a ping
    is for whoever it is sent to."""
    if row.type == ENDPOINT_TESTED.name:
        # The sample is no record of the workspace, so no range holds it.
        return scopes.issuperset(_sample(row).scopes.split())
    if row.installation_id is not None and row.installation_id == installation_id:
        return True
    if row.type == ENDPOINT_PING.name:
        return True
    return scopes.issuperset(row.scopes.split()) and _is_within(row, limits)


def _is_within(row: Any, limits: DataRange | None) -> bool:
    """Whether the record is within the range where it stands now, whatever it was when the event was written."""
    about = (row.resource_type, row.resource_id)
    return limits is None or bool(within(Receiver(row.workspace_id, limits), [about]))


def data_for(row: Any, scopes: frozenset[str]) -> dict[str, Any]:
    """The event's data without the fields that need a scope which is not there, and without values of properties that
    nobody, or not this reader, would find on the object now."""
    kind = EVENT_TYPES.get(row.type)
    hidden = kind.hidden if kind is not None else {}
    lacking = (
        sorted(name for name, scope in hidden.items() if name in row.data and scope not in scopes) if hidden else []
    )
    data = properties.projected(row.workspace_id, row.resource_type, dict(row.data), scopes)
    if not lacking:
        return data
    kept = {name: value for name, value in data.items() if name not in lacking}
    return {**kept, "_redacted": sorted({*kept.get("_redacted", ()), *lacking})}


def envelope(row: Any, scopes: frozenset[str], installation_id: str | None = None) -> dict[str, Any]:
    """The event as JSON. `row` holds the columns of the event; ask `may_read` first."""
    about: dict[str, Any] = {
        "id": row.id,
        "type": row.type,
        "version": row.version,
        "seq": row.seq,
        "occurred_at": clock.rfc3339(row.occurred_at),
        "workspace_id": row.workspace_id,
        "actor": {name: value for name, value in row.actor.items() if value is not None},
        "resource": {"type": row.resource_type, "id": row.resource_id, "version": row.resource_version},
        "data": data_for(row, scopes),
        "cause": row.cause,
    }
    if installation_id or row.installation_id:
        about["installation_id"] = installation_id or row.installation_id
    if row.changes is not None:
        about["changes"] = row.changes
    return about


def message(row: Any, scopes: frozenset[str], installation_id: str | None) -> dict[str, Any]:
    """The event as a webhook carries it: with `timestamp` besides, as the standard advises."""
    is_test = row.type == ENDPOINT_TESTED.name
    about = envelope(_sample(row) if is_test else row, scopes, installation_id)
    about["timestamp"] = about["occurred_at"]
    return {**about, "test": True} if is_test else about


def unsent(actor: Actor, kind: EventType) -> Any:
    """A test that nobody sends, as its row would be; nothing is written, so its `seq` is 0."""
    return SimpleNamespace(
        workspace_id=actor.workspace_id,
        id=new_id("evt"),
        type=ENDPOINT_TESTED.name,
        seq=0,
        occurred_at=clock.now(),
        actor=actor.as_dict(),
        installation_id=None,
        data={"type": kind.name, "sample": dict(kind.example)},
        cause={"depth": 0},
    )


def _sample(row: Any) -> Any:
    """The event that a test stands for. A type that a later release does not know any more is readable by nobody."""
    data, name = row.data["sample"], row.data["type"]
    kind = EVENT_TYPES.get(name)
    return SimpleNamespace(
        workspace_id=row.workspace_id,
        id=row.id,
        type=name,
        version=kind.version if kind is not None else 1,
        seq=row.seq,
        occurred_at=row.occurred_at,
        actor=row.actor,
        resource_type=kind.resource if kind is not None else name.split(".")[-2],
        resource_id=data.get("id"),
        resource_version=data.get("version"),
        installation_id=None,
        data=data,
        changes=None,
        cause=row.cause,
        scopes=kind.scopes_for(data) if kind is not None else NOBODY,
    )
