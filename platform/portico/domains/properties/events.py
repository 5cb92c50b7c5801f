"""Events of properties."""

from __future__ import annotations

from portico.domains.properties import schemas
from portico.kernel.events import EventType

_EXAMPLE = {
    "id": "prp_01jd0000000000000000000000",
    "object": "contact",
    "key": "tier",
    "label": "Tier",
    "type": "select",
    "options": [{"key": "gold", "label": "Gold", "archived": False}],
    "sensitive": False,
    "app_key": None,
    "state": "active",
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
    "version": 1,
}


def _property(verb: str, title: str) -> EventType:
    return EventType(f"property.{verb}", "contacts:read", title, schemas.Property, _EXAMPLE)


PROPERTY_CREATED = _property("created", "A property was added")
PROPERTY_UPDATED = _property("updated", "A property's label, options or protection were changed")
PROPERTY_ARCHIVED = _property("archived", "A property was archived, or hidden with its app")
PROPERTY_RESTORED = _property("restored", "A property came back")
