"""The records beside which apps stand: which place is theirs, and who may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portico.domains.contacts import queries as contacts
from portico.domains.directory import queries as directory
from portico.domains.tickets import queries as tickets
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.ids import is_id

About = tuple[str, str]
"""Type and id of a record."""


@dataclass(frozen=True, slots=True)
class RecordKind:
    """`read` raises NotFound for who may not see the record."""

    type: str
    prefix: str
    place: str
    scope: str
    read: Callable[[Actor, str], Any]
    name: str
    """Which field of it people call it by."""


KINDS: Mapping[str, RecordKind] = {
    kind.type: kind
    for kind in (
        RecordKind("ticket", "tkt", "ticket.panel", "tickets:read", tickets.ticket, "subject"),
        RecordKind("contact", "con", "contact.panel", "contacts:read", contacts.contact, "display_name"),
        RecordKind("company", "cmp", "company.panel", "companies:read", contacts.company, "name"),
        RecordKind("employee", "emp", "employee.panel", "directory:read", directory.employee, "display_name"),
    )
}
OF_RECORDS = frozenset(kind.place for kind in KINDS.values())


def require_visible(actor: Actor, about: About) -> About:
    """The record, if this actor sees it now. Raises NotFound."""
    kind = KINDS.get(about[0])
    if kind is None or not is_id(about[1], kind.prefix) or not actor.may(kind.scope):
        raise NotFound()
    kind.read(actor, about[1])
    return about


def is_visible(actor: Actor, about: About) -> bool:
    try:
        require_visible(actor, about)
    except NotFound:
        return False
    return True


def name_of(actor: Actor, about: About) -> str:
    """What people call a record that the actor sees."""
    kind = KINDS[about[0]]
    return str(kind.read(actor, about[1])[kind.name])


def kind_of(object_id: str) -> RecordKind | None:
    """Which kind of record an id names, by its form."""
    return next((kind for kind in KINDS.values() if is_id(object_id, kind.prefix)), None)
