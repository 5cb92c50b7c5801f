"""Which lists can have views. Another list is one more entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portico.domains.contacts import queries as contacts
from portico.domains.directory import queries as directory
from portico.domains.tickets import queries as tickets
from portico.kernel.actor import Actor
from portico.kernel.listing import Listing, ListQuery, Page
from portico.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class ViewObject:
    """`page` answers rows for the actor; `people` are the filters that take `me`."""

    name: str
    scope: str
    listing: Listing
    page: Callable[[Actor, ListQuery], Page]
    columns: tuple[str, ...]
    people: tuple[str, ...] = ()


OBJECTS: Registry[ViewObject] = Registry("list with views", lambda each: each.name)

OBJECTS.add(
    ViewObject(
        "ticket",
        "tickets:read",
        tickets.TICKETS,
        tickets.page_of_tickets,
        ("subject", "status", "priority", "requester", "assignee_id", "channel", "tags", "created_at", "updated_at"),
        people=("assignee_id", "requester.employee_id"),
    )
)
OBJECTS.add(
    ViewObject(
        "contact",
        "contacts:read",
        contacts.CONTACTS,
        contacts.page_of_contacts,
        (
            *("display_name", "email", "phone", "lifecycle_stage", "tags", "owner_employee_id"),
            *("created_at", "updated_at"),
        ),
        people=("owner_employee_id",),
    )
)
OBJECTS.add(
    ViewObject(
        "company",
        "companies:read",
        contacts.COMPANIES,
        contacts.page_of_companies,
        ("name", "domains", "parent_id", "tags", "owner_employee_id", "created_at", "updated_at"),
        people=("owner_employee_id",),
    )
)
OBJECTS.add(
    ViewObject(
        "employee",
        "directory:read",
        directory.EMPLOYEES,
        directory.page_of_employees,
        ("display_name", "title", "primary_email", "departments", "status", "manager_id"),
        people=("manager_id",),
    )
)
