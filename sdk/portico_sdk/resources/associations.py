from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import Association, ContactSettings, Identifier
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI


class ContactAssociations(ResourceAPI):
    """What contacts are to companies: `client.contacts.associations`."""

    def list(self, contact_id: str, *, limit: int | None = None, **filters: Any) -> Results[Association]:
        where = path("contacts", contact_id, "associations")
        return self._list(where, Association.parse, {"limit": limit}, filters)

    def get(self, contact_id: str, association_id: str) -> Association:
        return self._get(path("contacts", contact_id, "associations", association_id), Association)

    def create(
        self, contact_id: str, *, company_id: str, idempotency_key: str | None = None, **fields: Any
    ) -> Association:
        """`label`, `is_primary`, `starts_on`, `ends_on`; the first one of a contact is its primary one."""
        body = {"company_id": company_id, **fields}
        return self._post(path("contacts", contact_id, "associations"), Association, body, key=idempotency_key)

    def update(self, contact_id: str, association_id: str, **fields: Any) -> Association:
        where = path("contacts", contact_id, "associations", association_id)
        return self._patch(where, Association, fields, if_match=None)

    def delete(self, contact_id: str, association_id: str) -> None:
        self._delete(path("contacts", contact_id, "associations", association_id))


class ContactIdentifiers(ResourceAPI):
    """Single identifiers: `client.contacts.identifiers`."""

    def create(self, contact_id: str, *, idempotency_key: str | None = None, **fields: Any) -> Identifier:
        """`kind` and `value`, perhaps `namespace`, `label`, `primary`, `verification`, `shared`."""
        return self._post(path("contacts", contact_id, "identifiers"), Identifier, fields, key=idempotency_key)

    def update(self, contact_id: str, identifier_id: str, **fields: Any) -> Identifier:
        return self._patch(
            path("contacts", contact_id, "identifiers", identifier_id), Identifier, fields, if_match=None
        )

    def delete(self, contact_id: str, identifier_id: str) -> None:
        self._delete(path("contacts", contact_id, "identifiers", identifier_id))


class ContactSettingsAPI(ResourceAPI):
    """How the workspace keeps its contacts: `client.contacts.settings`. Apps read, people decide."""

    def get(self) -> ContactSettings:
        return self._get("/contact-settings", ContactSettings)

    def update(self, *, if_match: str | None = None, **fields: Any) -> ContactSettings:
        """`default_country`, `link_by_domain`, `stages`; absent fields stay."""
        body: Mapping[str, Any] = fields
        return self._patch("/contact-settings", ContactSettings, body, if_match=if_match)
