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
    "holds": [],
    "granted_scopes": ["contacts:read", "tickets:read"],
    "pending_scopes": [],
    "app_version": {"id": "ver_01jd0000000000000000000000", "number": 2},
    "availability": {
        "kind": "only",
        "include": [{"kind": "department", "id": "dep_01jd0000000000000000000000", "recursive": True}],
        "exclude": [],
    },
    "data_range": {"kind": "all", "include": [], "unassigned": False},
    "settings": {},
    "version": 1,
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
    "uninstalled_at": None,
    "erases_at": None,
}
_HOLD = {"side": "company", "since": "2026-11-22T09:30:00.000Z", "reason": None}


def _about(verb: str, title: str, **example: Any) -> EventType:
    return EventType(f"app.{verb}", "installations:read", title, schemas.Installation, {**_EXAMPLE, **example})


APP_INSTALLED = _about("installed", "The app was installed")
APP_UPGRADED = _about("upgraded", "The app runs another version here")
APP_SCOPES_CHANGED = _about("scopes_changed", "The app may do more or less than before")
APP_UPDATED = _about("updated", "Whom the app is for, which records it sees or its settings changed")
APP_SUSPENDED = _about("suspended", "The app was suspended", status="suspended", suspended_by="company", holds=[_HOLD])
APP_HOLD_LIFTED = _about(
    "hold_lifted",
    "One side lifted its suspension; another still holds the app",
    status="suspended",
    suspended_by="company",
    holds=[_HOLD],
)
APP_RESUMED = _about("resumed", "The app works again")
APP_UNINSTALLED = _about(
    "uninstalled",
    "The app was uninstalled",
    status="uninstalling",
    uninstalled_at="2026-11-22T09:30:00.000Z",
    erases_at="2026-12-22T09:30:00.000Z",
)
_ERASURE: dict[str, Any] = {
    "id": "era_01jd0000000000000000000000",
    "installation_id": "ins_01jd0000000000000000000000",
    "app_key": "first_responder",
    "scope": "installation",
    "state": "requested",
    "requested_at": "2026-12-22T09:30:00.000Z",
    "due_at": "2027-01-21T09:30:00.000Z",
    "received_at": None,
    "receipt": None,
    "receipt_url": "https://portico.example/lifecycle/erasures/era_01jd0000000000000000000000/receipt",
}
PRIVACY_ERASE_REQUESTED = EventType(
    "privacy.erase_requested",
    "installations:read",
    "The app is to erase what it holds of this workspace",
    schemas.Erasure,
    _ERASURE,
)
PRIVACY_ERASE_CONFIRMED = EventType(
    "privacy.erase_confirmed",
    "installations:read",
    "The app has signed that it erased what it held of this workspace",
    schemas.Erasure,
    {
        **_ERASURE,
        "state": "confirmed",
        "received_at": "2026-12-23T09:30:00.000Z",
        "receipt": {"erasure_id": "era_01jd0000000000000000000000", "erased": True},
    },
)

_REQUEST: dict[str, Any] = {
    "id": "irq_01jd0000000000000000000000",
    "app_key": "first_responder",
    "kind": "install",
    "scopes": [],
    "status": "open",
    "count": 1,
    "requesters": [
        {
            "employee_id": "emp_01jd0000000000000000000000",
            "reason": "to answer customers faster",
            "asked_at": "2026-11-22T09:30:00.000Z",
        }
    ],
    "answer": None,
    "installation_id": None,
    "decided_by": None,
    "decided_at": None,
    "expires_at": "2026-12-22T09:30:00.000Z",
    "version": 1,
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
}


def _request(verb: str, title: str, **example: Any) -> EventType:
    name, scope = f"installation_request.{verb}", "installations:read"
    return EventType(name, scope, title, schemas.InstallationRequest, {**_REQUEST, **example})


INSTALLATION_REQUEST_CREATED = _request("created", "Somebody asked for an app")
INSTALLATION_REQUEST_UPDATED = _request("updated", "One more asks for the app", count=2)
INSTALLATION_REQUEST_APPROVED = _request("approved", "A request for an app was approved", status="approved")
INSTALLATION_REQUEST_DECLINED = _request("declined", "A request for an app was declined", status="declined")
INSTALLATION_REQUEST_EXPIRED = _request("expired", "Nobody decided about a request for an app", status="expired")
REQUEST_EVENTS = {
    "created": INSTALLATION_REQUEST_CREATED,
    "updated": INSTALLATION_REQUEST_UPDATED,
    "approved": INSTALLATION_REQUEST_APPROVED,
    "declined": INSTALLATION_REQUEST_DECLINED,
    "expired": INSTALLATION_REQUEST_EXPIRED,
}
INSTALLATION_POLICY_UPDATED = EventType(
    "installation_policy.updated",
    "installations:read",
    "What the company lets in has changed",
    schemas.PolicyEvent,
    {
        "workspace_id": "wsp_01jd0000000000000000000000",
        "deny_scopes": ["members:write"],
        "allowed_publishers": None,
        "denied_publishers": [],
        "minimum_review": "person",
        "minimum_verification": "any",
        "auto_approve": "none",
        "upgrades": "wait",
        "updated_at": "2026-11-22T09:30:00.000Z",
        "version": 1,
    },
)


def _for_the_record(verb: str, title: str) -> EventType:
    return EventType(f"app.{verb}", "installations:read", title, schemas.Installation, _EXAMPLE, record_only=True)


APP_DEV_STARTED = _for_the_record("dev_started", "A developer runs the app on their own machine")
APP_DEV_ENDED = _for_the_record("dev_ended", "A developer no longer runs the app on their own machine")
