"""Events of the catalogue. They stand in the home workspace of the publisher."""

from __future__ import annotations

from typing import Any

from portico.domains.catalogue import publisher_schemas, schemas
from portico.kernel.events import EventType

_EXAMPLE: dict[str, Any] = {
    "id": "ver_01jd0000000000000000000000",
    "app_id": "app_01jd0000000000000000000000",
    "number": 2,
    "status": "released",
    "percent": 100,
    "paused": False,
    "created_at": "2026-11-22T09:30:00.000Z",
}


def _about(verb: str, title: str, **example: Any) -> EventType:
    return EventType(f"app_version.{verb}", "apps:read", title, schemas.VersionReleased, {**_EXAMPLE, **example})


APP_VERSION_CHECKED = _about("checked", "The robot has looked at a version", status="checked", percent=0)
APP_VERSION_SUBMITTED = _about("submitted", "A version was handed in for review", status="submitted", percent=0)
APP_VERSION_APPROVED = _about("approved", "A version passed review", status="approved", percent=0)
APP_VERSION_REJECTED = _about("rejected", "A version did not pass review", status="rejected", percent=0)
APP_VERSION_RELEASED = _about("released", "A version of an app was released")
APP_VERSION_RAISED = _about("raised", "A version in rollout runs in more installations", percent=25)
APP_VERSION_PAUSED = _about("paused", "A release was paused", percent=25, paused=True)
APP_VERSION_RESUMED = _about("resumed", "A paused release goes on", percent=25)
APP_VERSION_ROLLED_BACK = _about(
    "rolled_back", "All that ran a version run the one before it again", status="withdrawn", percent=0
)
APP_VERSION_WITHDRAWN = _about("withdrawn", "A version is for no new installation any more", status="withdrawn")

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
_CREDENTIAL = {
    "id": "sec_01jd0000000000000000000000",
    "app_id": "app_01jd0000000000000000000000",
    "kind": "client_secret",
    "expires_at": None,
}


def _credential(verb: str, title: str) -> EventType:
    return EventType(
        f"app_credential.{verb}", "audit:read", title, schemas.CredentialEvent, _CREDENTIAL, record_only=True
    )


APP_CREDENTIAL_CREATED = _credential("created", "A secret or key of an app was made")
APP_CREDENTIAL_ENDED = _credential("ended", "A secret or key of an app was ended")
