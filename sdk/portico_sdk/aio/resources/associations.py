# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/associations.py: change that instead.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.models import Association, ContactSettings, Identifier


class ContactAssociations(ResourceAPI):
    """What contacts are to companies: `client.contacts.associations`."""

    def list(self, contact_id: str, *, limit: int | None = None, **filters: Any) -> AsyncResults[Association]:
        where = path("contacts", contact_id, "associations")
        return self._list(where, Association.parse, {"limit": limit}, filters)

    async def get(self, contact_id: str, association_id: str) -> Association:
        return await self._get(path("contacts", contact_id, "associations", association_id), Association)

    async def create(
        self, contact_id: str, *, company_id: str, idempotency_key: str | None = None, **fields: Any
    ) -> Association:
        """`label`, `is_primary`, `starts_on`, `ends_on`; the first one of a contact is its primary one."""
        body = {"company_id": company_id, **fields}
        return await self._post(path("contacts", contact_id, "associations"), Association, body, key=idempotency_key)

    async def update(self, contact_id: str, association_id: str, **fields: Any) -> Association:
        where = path("contacts", contact_id, "associations", association_id)
        return await self._patch(where, Association, fields, if_match=None)

    async def delete(self, contact_id: str, association_id: str) -> None:
        await self._delete(path("contacts", contact_id, "associations", association_id))


class ContactIdentifiers(ResourceAPI):
    """Single identifiers: `client.contacts.identifiers`."""

    async def create(self, contact_id: str, *, idempotency_key: str | None = None, **fields: Any) -> Identifier:
        """`kind` and `value`, perhaps `namespace`, `label`, `primary`, `verification`, `shared`."""
        return await self._post(path("contacts", contact_id, "identifiers"), Identifier, fields, key=idempotency_key)

    async def update(self, contact_id: str, identifier_id: str, **fields: Any) -> Identifier:
        return await self._patch(
            path("contacts", contact_id, "identifiers", identifier_id), Identifier, fields, if_match=None
        )

    async def delete(self, contact_id: str, identifier_id: str) -> None:
        await self._delete(path("contacts", contact_id, "identifiers", identifier_id))


class ContactSettingsAPI(ResourceAPI):
    """How the workspace keeps its contacts: `client.contacts.settings`. Apps read, people decide."""

    async def get(self) -> ContactSettings:
        return await self._get("/contact-settings", ContactSettings)

    async def update(self, *, if_match: str | None = None, **fields: Any) -> ContactSettings:
        """`default_country`, `link_by_domain`, `stages`; absent fields stay."""
        body: Mapping[str, Any] = fields
        return await self._patch("/contact-settings", ContactSettings, body, if_match=if_match)
