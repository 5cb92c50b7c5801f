"""Who may say where and how an endpoint receives."""

from __future__ import annotations

from typing import Any

from portico.domains.webhooks import queries
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden


def require_own_app(actor: Actor, row: Any) -> None:
    """An app's endpoint receives by the app's power, so only the app and its developer say where. Raises Forbidden."""
    if row.installation_id in (None, actor.installation_id):
        return
    if row.installation_id not in queries.own_installations(actor):
        raise Forbidden("This endpoint belongs to an app; where it points, the app decides.")
