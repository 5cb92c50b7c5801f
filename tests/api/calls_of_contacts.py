"""Valid calls of what belongs to contacts, and of companies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.world import World

Parts = tuple[str, str, Any, dict[str, Any]]
"""path, by, body and more: what `calls.made_by` takes."""

OF_A_RECORD: dict[str, tuple[str, str, str, Any, dict[str, Any]]] = {
    "list_timeline": ("/contacts/{}/timeline", "contact", "agent", None, {}),
    "create_activity": ("/contacts/{}/activities", "contact", "agent", {"kind": "note", "body": "Hello"}, {}),
    "list_consents": ("/contacts/{}/consents", "contact", "agent", None, {}),
    "create_consent": (
        "/contacts/{}/consents",
        "contact",
        "agent",
        {"channel": "email", "purpose": "newsletter", "status": "granted"},
        {},
    ),
    "list_associations": ("/contacts/{}/associations", "contact", "agent", None, {}),
    "create_contact_identifier": (
        "/contacts/{}/identifiers",
        "contact",
        "agent",
        {"kind": "phone", "value": "+49 30 901820", "shared": True},
        {},
    ),
    "get_company": ("/companies/{}", "company", "agent", None, {}),
    "update_company": ("/companies/{}", "company", "agent", {"name": "Other"}, {}),
    "trash_company": ("/companies/{}", "company", "support_admin", None, {"barred": ("agent", "forbidden")}),
    "restore_company": (
        "/companies/{}/restore",
        "trashed_company",
        "support_admin",
        {},
        {"barred": ("agent", "forbidden")},
    ),
}


def _tie(world: World) -> Parts:
    path = f"/contacts/{world.contact()['id']}/associations"
    return path, "agent", {"company_id": world.company()["id"]}, {}


def _of_tie(by: str = "agent", json: Any = None) -> Callable[[World], Parts]:
    def make(world: World) -> Parts:
        made = world.association()
        return f"/contacts/{made['contact_id']}/associations/{made['id']}", by, json, {}

    return make


def _of_identifier(json: Any = None) -> Callable[[World], Parts]:
    def make(world: World) -> Parts:
        contact = world.contact()
        return f"/contacts/{contact['id']}/identifiers/{contact['identifiers'][0]['id']}", "agent", json, {}

    return make


def _tag(json: Any = None) -> Callable[[World], Parts]:
    return lambda world: (f"/tags/{world.tag()['id']}", "agent", json, {})


def _activity(world: World) -> Parts:
    made = world.activity()
    return f"/contacts/{made['contact_id']}/activities/{made['id']}", "agent", None, {}


BESIDE_A_CONTACT: dict[str, Callable[[World], Parts]] = {
    "get_activity": _activity,
    "update_tag": _tag({"color": "violet"}),
    "delete_tag": _tag(),
    "create_association": _tie,
    "get_association": _of_tie(),
    "update_association": _of_tie(json={"label": "billing"}),
    "delete_association": _of_tie(),
    "update_contact_identifier": _of_identifier({"label": "work"}),
    "delete_contact_identifier": _of_identifier(),
}
