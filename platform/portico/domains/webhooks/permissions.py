"""Scopes of webhooks. Which endpoints one sees, `queries.visible_to` says: a developer, those of their own apps."""

from __future__ import annotations

from portico.kernel.scopes import Scope
from portico.kernel.text import N_

WEBHOOKS_READ = Scope(
    "webhooks:read", N_("see webhook endpoints and what was delivered to them"), roles=("app_manager", "developer")
)
WEBHOOKS_WRITE = Scope(
    "webhooks:write",
    N_("add and change webhook endpoints and deliver events again"),
    roles=("app_manager", "developer"),
    risk="write",
)
