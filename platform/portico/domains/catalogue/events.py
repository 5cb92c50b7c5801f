"""Events of the catalogue. They stand in the home workspace of the publisher."""

from __future__ import annotations

from portico.domains.catalogue import publisher_schemas, schemas
from portico.kernel.events import EventType

APP_VERSION_RELEASED = EventType(
    "app_version.released",
    "apps:read",
    "A version of an app was released",
    schemas.VersionReleased,
    {
        "id": "ver_01jd0000000000000000000000",
        "app_id": "app_01jd0000000000000000000000",
        "number": 2,
        "status": "released",
        "created_at": "2026-11-22T09:30:00.000Z",
    },
)

PUBLISHER_UPDATED = EventType(
    "publisher.updated",
    "apps:read",
    "A publisher says something else about itself, or has proved more or less",
    publisher_schemas.PublisherEvent,
    {
        "id": "pub_01jd0000000000000000000000",
        "name": "Example Ltd",
        "website": "https://example.com",
        "support_email": "help@example.com",
        "description": None,
        "verification": "domain",
        "verified_domain": "example.com",
        "verified_at": "2026-11-22T09:30:00.000Z",
        "version": 2,
    },
)
