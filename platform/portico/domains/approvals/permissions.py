"""Scopes and policies of approvals."""

from __future__ import annotations

from typing import Any

from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

APPROVALS_READ = Scope(
    "approvals:read", N_("see who asks whom for approval, of what, and what was decided"), roles=("employee",)
)
APPROVALS_WRITE = Scope(
    "approvals:write", N_("ask people for approval, comment on it and withdraw it"), roles=("employee",), risk="write"
)


def asked(actor: Actor, approval: dict[str, Any]) -> bool:
    """Whether it is this actor's own request: the person's for whom, or the app's by whom."""
    if actor.is_app:
        return bool(approval["source"] == actor.installation_id)
    return actor.kind == "system" or approval["requester_id"] == actor.employee_id


def require_may_ask_for(actor: Actor, employee_id: str) -> None:
    """Raises Forbidden."""
    if not actor.is_app and employee_id != actor.employee_id:
        raise Forbidden("People ask for themselves; only an app by itself asks for others.")


def require_asked(actor: Actor, approval: dict[str, Any]) -> None:
    """Raises Forbidden."""
    if not asked(actor, approval):
        raise Forbidden("Only who asked can withdraw it.")


def require_not_requester(actor: Actor, approval: dict[str, Any]) -> None:
    """Raises Forbidden."""
    if actor.employee_id is not None and actor.employee_id == approval["requester_id"]:
        raise Forbidden("Nobody decides about what they asked for themselves.")
