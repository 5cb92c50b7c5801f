"""How and when people want to be told."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import policies, working_hours
from portico.kernel.actor import Actor


def policy_of(actor: Actor) -> dict[str, Any]:
    """The actor's own."""
    found = policies.policy(actor, actor.employee_id or "")
    return {**found, "working_hours": working_hours.shown(found["working_hours"])}
