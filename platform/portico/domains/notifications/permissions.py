"""Scopes of notifications. An inbox is its owner's alone."""

from __future__ import annotations

from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

NOTIFICATIONS_READ = Scope(
    "notifications:read", N_("read what the person is told in their inbox"), roles=("employee",), for_apps=False
)
NOTIFICATIONS_WRITE = Scope(
    "notifications:write",
    N_("mark what is in the person's inbox as read, and set how and when they are told"),
    roles=("employee",),
    risk="write",
    for_apps=False,
)
NOTIFICATIONS_SEND = Scope(
    "notifications:send", N_("tell people something in their inbox"), roles=("announcer",), risk="write"
)
NOTIFICATIONS_URGENT = Scope(
    "notifications:urgent",
    N_("ring people although they want to be left alone"),
    roles=("announcer", "hr_admin"),
    risk="sensitive",
)


def require_may_ring(actor: Actor) -> None:
    """Raises InsufficientScope."""
    if not actor.may("notifications:urgent"):
        message = "What is urgent needs notifications:urgent; leave it out, and people are told when they want to be."
        raise InsufficientScope(message, extra={"required_scopes": ["notifications:urgent"]})
