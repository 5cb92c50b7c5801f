"""The console: a developer's apps, their credentials and versions, and what was delivered to them."""

from __future__ import annotations

from portico.console import (
    apps,
    calls,
    credentials,
    deliveries,
    events,
    installing,
    keys,
    listing,
    previewing,
    publisher,
    registering,
    replays,
    requests,
    signatures,
    standing,
    versions,
)
from portico.console.blueprint import blueprint

MENU = [*apps.MENU, *deliveries.MENU, *requests.MENU, *events.MENU, *publisher.MENU]

__all__ = [
    "MENU",
    "blueprint",
    "calls",
    "credentials",
    "installing",
    "keys",
    "listing",
    "previewing",
    "publisher",
    "registering",
    "replays",
    "requests",
    "signatures",
    "standing",
    "versions",
]
