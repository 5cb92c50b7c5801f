"""Scopes and policies of views. What a view shows is guarded by the list that it is of."""

from __future__ import annotations

from typing import Any

from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import Forbidden
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

VIEWS_READ = Scope("views:read", N_("see saved views of lists"), roles=("employee",))
VIEWS_WRITE = Scope("views:write", N_("save, change and delete views"), roles=("employee",), risk="write")
VIEWS_SHARE = Scope(
    "views:share", N_("change the views that everybody sees"), roles=("support_admin", "hr_admin"), risk="write"
)


def require_may_share(actor: Actor) -> None:
    """Raises InsufficientScope."""
    if not actor.may("views:share"):
        message = "Views that everybody sees need views:share; save it for yourself."
        raise InsufficientScope(message, extra={"required_scopes": ["views:share"]})


def may_change(actor: Actor, view: Any) -> bool:
    mine = actor.employee_id is not None and view.owner_employee_id == actor.employee_id
    return actor.may("views:share") if view.shared else mine


def require_may_change(actor: Actor, view: Any) -> None:
    """Raises Forbidden."""
    if not may_change(actor, view):
        raise Forbidden("This view is for everybody; changing it needs views:share. Save one of your own beside it.")
