"""`Portico-Cause`: an app says which event made it write, so that echoes are known and loops end."""

from __future__ import annotations

from sqlalchemy import select

from portico.kernel import ids
from portico.kernel.actor import Actor, Cause
from portico.kernel.errors import Refusal
from portico.kernel.events.models import Event
from portico.kernel.events.types import readable_with
from portico.kernel.unit_of_work import session


class CauseUnknown(Refusal):
    code, status, title = (
        "cause_unknown",
        422,
        "Portico-Cause must name an event that this installation received.",
    )


def cause_of(actor: Actor, event_id: str) -> Cause:
    """The cause that a write carries. Raises CauseUnknown when the event was not for this installation."""
    if not ids.is_id(event_id, "evt"):
        raise CauseUnknown()
    row = (
        session()
        .execute(
            select(Event.cause, Event.scopes, Event.installation_id).where(
                Event.workspace_id == actor.workspace_id, Event.id == event_id
            )
        )
        .one_or_none()
    )
    if row is None or row.installation_id not in (None, actor.installation_id):
        raise CauseUnknown()
    # What is about one installation is its app's to hear without a scope.
    if row.installation_id is None and row.scopes not in readable_with(actor.scopes):
        raise CauseUnknown()
    return Cause(event_id, actor.installation_id, row.cause.get("depth", 0) + 1)
