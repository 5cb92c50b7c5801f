"""What employees see: home, people, contacts, companies, tickets, and the apps beside them. One file per domain."""

from __future__ import annotations

from portico.portal import (
    associations,
    attachments,
    attendance,
    attendance_days,
    catalogue,
    companies,
    consents,
    contacts,
    contacts_timeline,
    departments,
    directory,
    exports,
    home,
    interactions,
    photos,
    seen,
    tickets,
    tickets_beside,
    tickets_macros,
    tickets_new,
    tickets_own,
    trash,
    views_editing,
)
from portico.portal.blueprint import blueprint

MENU = [
    *home.MENU,
    *attendance.MENU,
    *tickets.MENU,
    *contacts.MENU,
    *companies.MENU,
    *directory.MENU,
    *departments.MENU,
    *catalogue.MENU,
]

__all__ = [
    "MENU",
    "associations",
    "attachments",
    "attendance",
    "attendance_days",
    "blueprint",
    "catalogue",
    "companies",
    "consents",
    "contacts",
    "contacts_timeline",
    "departments",
    "directory",
    "exports",
    "home",
    "interactions",
    "photos",
    "seen",
    "tickets",
    "tickets_beside",
    "tickets_macros",
    "tickets_new",
    "tickets_own",
    "trash",
    "views_editing",
]
