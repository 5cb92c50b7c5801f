"""Events of the catalogue. They stand in the home workspace of the publisher."""

from __future__ import annotations

from portico.domains.catalogue import schemas
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
