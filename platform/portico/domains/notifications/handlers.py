"""What people are told of what happened below, and what they hear when they come back."""

from __future__ import annotations

from typing import Any

from portico.domains.notifications import service
from portico.domains.notifications.kinds import KINDS, NotificationKind
from portico.kernel.actor import Actor
from portico.kernel.events import on
from portico.kernel.text import N_


@on("presence.changed")
def let_go(actor: Actor, event: dict[str, Any]) -> None:
    service.let_go(actor, event["resource_id"])


# The mail about it is identity's: a login is of no workspace, and whoever took it over may read this inbox.
LOGIN = KINDS.add(NotificationKind("login.changed", N_("Changes of how I sign in"), mutable=False))
_CHANGED = {
    "password.changed": N_("Your password was changed"),
    "two_factor.enabled": N_("Two-factor sign-in was turned on"),
    "two_factor.changed": N_("Your second factors were changed"),
    "two_factor.disabled": N_("Two-factor sign-in was turned off"),
    "two_factor.reset": N_("An administrator reset your second factor"),
}


@on("password.changed")
@on("two_factor.enabled")
@on("two_factor.changed")
@on("two_factor.disabled")
@on("two_factor.reset")
def tell_of_login(actor: Actor, event: dict[str, Any]) -> None:
    person, title = event["data"]["employee_id"], _CHANGED[event["type"]]
    service.notify(actor, LOGIN.name, [person], title=title, key=event["id"])


EXPORT = KINDS.add(NotificationKind("export.finished", N_("Exports that are ready")))


@on("export.finished")
def tell_of_export(actor: Actor, event: dict[str, Any]) -> None:
    about = event["data"]
    service.notify(
        actor,
        EXPORT.name,
        [about["employee_id"]],
        title=N_("Your export %(name)s is ready"),
        params={"name": about["name"]},
        url=f"/exports/{about['id']}",
        key=f"export:{about['id']}",
    )
