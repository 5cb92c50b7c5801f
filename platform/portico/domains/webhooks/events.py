"""Events of webhooks themselves."""

from __future__ import annotations

from portico.domains.webhooks import schemas
from portico.kernel.events import EventType

_ENDPOINT = {
    "id": "whe_01jd0000000000000000000000",
    "url": "https://hooks.example/portico",
    "types": ["ticket.*"],
    "status": "active",
    "reason": None,
    "installation_id": None,
    "version": 1,
}


# Addresses often hold a key: those of the workspace are for people who manage its apps, never for an app. Of its own
# endpoints an app hears without a scope.
_OF_THE_WORKSPACE = {"installation_id": {"None": "installations:read"}}


def _endpoint(verb: str, title: str) -> EventType:
    # A developer holds the scope for endpoints of their own apps only.
    return EventType(
        f"webhook_endpoint.{verb}",
        "webhooks:read",
        title,
        schemas.EndpointSummary,
        _ENDPOINT,
        guarded=_OF_THE_WORKSPACE,
        role="app_manager",
    )


ENDPOINT_CREATED = _endpoint("created", "A webhook endpoint was added")
ENDPOINT_UPDATED = _endpoint("updated", "A webhook endpoint was changed")
ENDPOINT_DELETED = _endpoint("deleted", "A webhook endpoint was deleted")
ENDPOINT_ENABLED = _endpoint("enabled", "A webhook endpoint was enabled")
ENDPOINT_DISABLED = _endpoint("disabled", "A webhook endpoint was disabled")
ENDPOINT_FAILING = _endpoint("failing", "Nothing comes through to a webhook endpoint")
ENDPOINT_REPLAYED = _endpoint("replayed", "A stretch of time is sent again to a webhook endpoint")
ENDPOINT_SECRET_ROTATED = _endpoint("secret_rotated", "A webhook endpoint got a new secret")
ENDPOINT_KEY_ROTATED = _endpoint("key_rotated", "Webhook endpoints got a new key for v1a signatures")

ENDPOINT_PING = EventType(
    "endpoint.ping",
    "webhooks:read",
    "Somebody tries whether the endpoint answers",
    schemas.Ping,
    {"id": "whe_01jd0000000000000000000000", "url": "https://hooks.example/portico"},
    guarded=_OF_THE_WORKSPACE,
    role="app_manager",
)
ENDPOINT_TESTED = EventType(
    "endpoint.tested",
    "webhooks:read",
    "A developer sent a sample to an endpoint of their app",
    schemas.TestEvent,
    {
        "id": "whe_01jd0000000000000000000000",
        "url": "https://hooks.example/portico",
        "type": "ticket.solved",
        "sample": {"id": "tkt_01jd0000000000000000000000"},
    },
    record_only=True,
)
"""One endpoint hears of it, as of an event of `type` with `test` in it; nobody else does, for it never happened."""
