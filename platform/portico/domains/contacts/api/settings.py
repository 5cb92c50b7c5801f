"""How a workspace keeps its contacts, over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import schemas, service
from portico.domains.contacts.api.contacts import blp
from portico.domains.contacts.settings import settings
from portico.kernel.actor import Actor


@blp.get(
    "/contact-settings",
    scope="contacts:read",
    answer=schemas.ContactSettings,
    summary="Read how contacts are kept",
)
def get_contact_settings(actor: Actor) -> Any:
    """The stages in their order, the country of telephone numbers without a code, and whether addresses tie contacts to
    the companies that hold their domains."""
    return settings(actor)


@blp.patch(
    "/contact-settings",
    scope="contact_settings:write",
    body=schemas.ContactSettingsInput,
    answer=schemas.ContactSettings,
    people_only=True,
    versioned=True,
    summary="Set how contacts are kept",
)
def update_contact_settings(actor: Actor, body: dict[str, Any], expected_version: int | None) -> Any:
    """Absent fields stay. What is decided holds for what is written from then on."""
    return service.set_settings(actor, body, expected_version=expected_version)
