"""Events of contacts."""

from __future__ import annotations

from portico.domains.contacts import schemas
from portico.kernel.events import EventType

_EXAMPLE = {
    "id": "con_01jd0000000000000000000000",
    "display_name": "Zoë",
    "identifiers": [
        {
            "kind": "email",
            "value": "zoe@example.com",
            "namespace": None,
            "label": "work",
            "primary": True,
            "verified": False,
            "shared": False,
        }
    ],
    "owner_employee_id": None,
    "lifecycle_stage": None,
    "tags": [],
    "properties": {"tier": "gold"},
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
    "version": 1,
}


def _contact(verb: str, title: str) -> EventType:
    return EventType(f"contact.{verb}", "contacts:read", title, schemas.Contact, _EXAMPLE)


CONTACT_CREATED = _contact("created", "A contact was added")
CONTACT_UPDATED = _contact("updated", "A contact was changed")
CONTACT_TRASHED = _contact("trashed", "A contact was put into the trash")
CONTACT_RESTORED = _contact("restored", "A contact came back from the trash")
