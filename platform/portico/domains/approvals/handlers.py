"""What happens to requests when something happens to people and apps."""

from __future__ import annotations

from typing import Any

from portico.domains.approvals import service
from portico.kernel.actor import Actor
from portico.kernel.events import on


@on("employee.departed")
@on("employee.suspended")
def pass_on(actor: Actor, event: dict[str, Any]) -> None:
    service.replace_approver(actor, event["resource_id"])


@on("employee.departed")
def take_back(actor: Actor, event: dict[str, Any]) -> None:
    service.withdraw_all(actor, requester_id=event["resource_id"])


@on("app.uninstalled")
def app_is_gone(actor: Actor, event: dict[str, Any]) -> None:
    """Nobody would hear what is decided."""
    service.withdraw_all(actor, source=event["resource_id"])
