"""What happens to an open session when its person is not let in any more."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.service import sessions
from portico.kernel.actor import Actor
from portico.kernel.events import on


@on("employee.departed")
@on("employee.suspended")
def end_session(actor: Actor, event: dict[str, Any]) -> None:
    sessions.close_of_leaver(actor.workspace_id, event["resource_id"])
