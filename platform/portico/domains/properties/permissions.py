"""Scopes and policies of properties."""

from __future__ import annotations

from portico.domains.properties.errors import PropertyOfApp
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

PROPERTIES_WRITE = Scope(
    "properties:write",
    N_("add, change and archive properties of contacts, companies, tickets and employees"),
    roles=("support_admin",),
    risk="write",
)


def require_of_workspace(definition: AnyRow) -> None:
    """What an app declares, its manifest changes. Raises PropertyOfApp."""
    if definition.app_id is not None:
        raise PropertyOfApp(
            f"The property belongs to the app {definition.app_key}: its manifest says its label and options, "
            "and it goes when the app is uninstalled."
        )


def may_write_value(actor: Actor, definition: AnyRow) -> bool:
    """Values of an app's property are written by that app and by people; other apps read them."""
    by_app = actor.kind in ("app", "app_for_employee")
    return definition.app_id is None or not by_app or actor.app_id == definition.app_id
