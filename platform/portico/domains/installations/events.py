"""Events of installations. Each is about one installation, so that no other app receives it; its own app needs no
scope to hear what happens to it."""

from __future__ import annotations

from typing import Any

from portico.domains.installations import schemas
from portico.kernel.events import EventType

_EXAMPLE: dict[str, Any] = {
    "id": "ins_01jd0000000000000000000000",
    "app_key": "first_responder",
    "status": "active",
    "suspended_by": None,
    "granted_scopes": ["contacts:read", "tickets:read"],
    "pending_scopes": [],
    "availability": {
        "kind": "only",
        "include": [{"kind": "department", "id": "dep_01jd0000000000000000000000", "recursive": True}],
        "exclude": [],
    },
    "settings": {},
    "version": 1,
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
}


def _about(verb: str, title: str, **example: Any) -> EventType:
    return EventType(f"app.{verb}", "installations:read", title, schemas.Installation, {**_EXAMPLE, **example})


APP_INSTALLED = _about("installed", "The app was installed")
APP_UPGRADED = _about("upgraded", "The app runs a new version here")
APP_SCOPES_CHANGED = _about("scopes_changed", "The app may do more or less than before")
APP_SUSPENDED = _about("suspended", "The app was suspended", status="suspended", suspended_by="company")
APP_RESUMED = _about("resumed", "The app works again")
APP_UNINSTALLED = _about("uninstalled", "The app was uninstalled", status="uninstalled")
