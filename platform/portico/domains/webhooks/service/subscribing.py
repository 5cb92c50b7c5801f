"""What an endpoint subscribes to: checked, and kept as patterns of which none lies within another."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, insert

from portico.domains.webhooks import queries
from portico.domains.webhooks.models import EndpointType
from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import FieldError, Invalid
from portico.kernel.events import EVENT_TYPES, matches
from portico.kernel.events.types import expand
from portico.kernel.unit_of_work import session


def check(actor: Actor, types: list[str]) -> None:
    """Raises Invalid for patterns that take nothing, InsufficientScope for types that the actor may not read.

    `*` asks for whatever its owner may read, so it needs nothing more.
    """
    errors = [
        FieldError(f"/types/{place}", "unknown", f"There is no event type {pattern!r}.")
        for place, pattern in enumerate(types)
        if not expand([pattern])
    ]
    if errors:
        raise Invalid(errors=errors)
    needed = {EVENT_TYPES[name].scope for name in expand([pattern for pattern in types if pattern != "*"])}
    missing = sorted(needed - queries.event_scopes(actor))
    if missing:
        message = f"To receive these events needs {' '.join(sorted(needed))}; you lack {' '.join(missing)}."
        raise InsufficientScope(message, extra={"required_scopes": sorted(needed)})


def widest(types: Iterable[str]) -> list[str]:
    """The patterns without those that another one covers."""
    unique = sorted(set(types))
    return [one for one in unique if not any(other != one and matches(other, one) for other in unique)]


def subscribe(workspace_id: str, endpoint_id: str, types: list[str]) -> None:
    """Replace what the endpoint subscribes to."""
    work = session()
    work.execute(
        delete(EndpointType).where(EndpointType.workspace_id == workspace_id, EndpointType.endpoint_id == endpoint_id)
    )
    rows = [{"workspace_id": workspace_id, "pattern": pattern, "endpoint_id": endpoint_id} for pattern in widest(types)]
    if rows:
        work.execute(insert(EndpointType), rows)
