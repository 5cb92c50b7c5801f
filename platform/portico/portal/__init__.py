"""What employees see: home, people, departments, contacts, tickets, and the apps beside them. One file per domain."""

from __future__ import annotations

from portico.portal import (
    catalogue,
    contacts,
    directory,
    exports,
    home,
    interactions,
    seen,
    tickets,
    tickets_new,
    tickets_own,
)
from portico.portal.blueprint import blueprint

MENU = [*home.MENU, *tickets.MENU, *contacts.MENU, *directory.MENU, *catalogue.MENU]

__all__ = [
    "MENU",
    "blueprint",
    "catalogue",
    "contacts",
    "directory",
    "exports",
    "home",
    "interactions",
    "seen",
    "tickets",
    "tickets_new",
    "tickets_own",
]
