"""Events of the authorization server: the record of who let which app act for them. Of an installed app's grant no
other app hears."""

from __future__ import annotations

from typing import Any

from portico.domains.oauth import schemas
from portico.kernel.events import EventType

_EXAMPLE: dict[str, Any] = {
    "id": "gnt_01jd0000000000000000000000",
    "client_id": "app_01jd0000000000000000000000",
    "app_id": "app_01jd0000000000000000000000",
    "installation_id": "ins_01jd0000000000000000000000",
    "employee_id": "emp_01jd0000000000000000000000",
    "scopes": ["openid", "tickets:read"],
    "created_at": "2026-11-22T09:30:00.000Z",
    "ended_at": None,
    "end_reason": None,
}
_ENDED = {**_EXAMPLE, "ended_at": "2026-11-23T09:30:00.000Z"}


def _about(verb: str, title: str, example: dict[str, Any]) -> EventType:
    return EventType(f"oauth_grant.{verb}", "audit:read", title, schemas.OAuthGrant, example)


OAUTH_GRANT_CREATED = _about("created", "Someone let an app act for them", _EXAMPLE)
OAUTH_GRANT_REVOKED = _about("revoked", "An app may no longer act for someone", {**_ENDED, "end_reason": "person"})
OAUTH_GRANT_REPLAYED = _about(
    "replayed", "A spent code or refresh token came again, so the grant ended", {**_ENDED, "end_reason": "replay"}
)
