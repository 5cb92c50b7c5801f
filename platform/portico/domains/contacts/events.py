"""Events of contacts."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import schemas
from portico.kernel.events import EventType

_EXAMPLE = {
    "id": "con_01jd0000000000000000000000",
    "display_name": "Zoë",
    "identifiers": [
        {
            "id": "cid_01jd0000000000000000000000",
            "kind": "email",
            "value": "zoe@example.com",
            "namespace": None,
            "label": "work",
            "primary": True,
            "verified": False,
            "verified_at": None,
            "verification": None,
            "shared": False,
        }
    ],
    "owner_employee_id": None,
    "lifecycle_stage": None,
    "tags": [],
    "company_ids": ["cmp_01jd0000000000000000000000"],
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

_COMPANY: dict[str, Any] = {
    "id": "cmp_01jd0000000000000000000000",
    "name": "Northwind",
    "domains": ["northwind.example"],
    "parent_id": None,
    "owner_employee_id": None,
    "tags": [],
    "properties": {},
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
    "version": 1,
}


def _company(verb: str, title: str) -> EventType:
    return EventType(f"company.{verb}", "companies:read", title, schemas.Company, _COMPANY)


COMPANY_CREATED = _company("created", "A company was added")
COMPANY_UPDATED = _company("updated", "A company was changed")
COMPANY_TRASHED = _company("trashed", "A company was put into the trash")
COMPANY_RESTORED = _company("restored", "A company came back from the trash")

_ASSOCIATION: dict[str, Any] = {
    "id": "asc_01jd0000000000000000000000",
    "contact_id": "con_01jd0000000000000000000000",
    "company_id": "cmp_01jd0000000000000000000000",
    "label": "employee_of",
    "is_primary": True,
    "starts_on": "2026-01-01",
    "ends_on": None,
    "created_at": "2026-11-22T09:30:00.000Z",
}


def _association(verb: str, title: str) -> EventType:
    return EventType(f"association.{verb}", "contacts:read", title, schemas.Association, _ASSOCIATION)


ASSOCIATION_CREATED = _association("created", "A contact was tied to a company")
ASSOCIATION_UPDATED = _association("updated", "What a contact is to a company was changed")
ASSOCIATION_REMOVED = _association("removed", "A contact was untied from a company")

CONTACT_SETTINGS_UPDATED = EventType(
    "contact_settings.updated",
    "contacts:read",
    "How contacts are kept was changed",
    schemas.ContactSettings,
    {},
    record_only=True,
)

_AUTHOR = {"kind": "employee", "id": "emp_01jd0000000000000000000000", "display_name": "Ada"}

CONTACT_STAGE_CHANGED = _contact("stage_changed", "A contact reached another stage")
CONTACT_OWNER_CHANGED = _contact("owner_changed", "Somebody else looks after a contact")

ACTIVITY_CREATED = EventType(
    "activity.created",
    "contacts:read",
    "Something happened with a contact",
    schemas.Activity,
    {
        "id": "act_01jd0000000000000000000000",
        "contact_id": "con_01jd0000000000000000000000",
        "kind": "note",
        "occurred_at": "2026-11-22T09:30:00.000Z",
        "recorded_at": "2026-11-22T09:30:00.000Z",
        "author": _AUTHOR,
        "body": "She prefers to be called in the morning.",
        "data": {},
        "visibility": "all",
        "source_ref": None,
    },
)
ACTIVITY_KEPT = EventType(
    "activity.kept",
    "contacts:read",
    "Something for people only was written down",
    schemas.Activity,
    {},
    record_only=True,
)
CONSENT_RECORDED = EventType(
    "consent.recorded",
    "contacts:read",
    "A contact agreed to something, or not",
    schemas.Consent,
    {
        "id": "cns_01jd0000000000000000000000",
        "contact_id": "con_01jd0000000000000000000000",
        "channel": "email",
        "purpose": "newsletter",
        "status": "granted",
        "basis": "consent",
        "source": "the form on the web site",
        "at": "2026-11-22T09:30:00.000Z",
        "recorded_at": "2026-11-22T09:30:00.000Z",
        "author": _AUTHOR,
        "is_current": True,
    },
)
