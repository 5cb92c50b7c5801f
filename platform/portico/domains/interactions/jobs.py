"""Jobs of interactions."""

from __future__ import annotations

from portico.domains.interactions import service
from portico.kernel.actor import Actor
from portico.kernel.jobs import job


@job("interactions.call_bulk", "Run an action of an app on several records", own_units=True)
def call_bulk(actor: Actor, bulk_id: str, session_id: str) -> dict[str, int]:
    return service.call_bulk(actor.workspace_id, bulk_id, session_id or None)
