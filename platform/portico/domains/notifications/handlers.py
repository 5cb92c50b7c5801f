"""What notifications do when people come back from where they wanted to be left alone."""

from __future__ import annotations

from typing import Any

from portico.domains.notifications import service
from portico.kernel.actor import Actor
from portico.kernel.events import on


@on("presence.changed")
def let_go(actor: Actor, event: dict[str, Any]) -> None:
    service.let_go(actor, event["resource_id"])
