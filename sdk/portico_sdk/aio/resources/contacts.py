# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/contacts.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.aio.resources.activities import ContactActivities, ContactConsents
from portico_sdk.aio.resources.associations import ContactAssociations, ContactIdentifiers, ContactSettingsAPI
from portico_sdk.models import BatchResult, Contact

Identifiers = Iterable[Mapping[str, Any]]


class Contacts(ResourceAPI):
    """The people outside."""

    @cached_property
    def activities(self) -> ContactActivities:
        return ContactActivities(self._transport)

    @cached_property
    def consents(self) -> ContactConsents:
        return ContactConsents(self._transport)

    @cached_property
    def associations(self) -> ContactAssociations:
        return ContactAssociations(self._transport)

    @cached_property
    def identifiers(self) -> ContactIdentifiers:
        return ContactIdentifiers(self._transport)

    @cached_property
    def settings(self) -> ContactSettingsAPI:
        return ContactSettingsAPI(self._transport)

    def list(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Iterable[str] | None = None,
        **filters: Any,
    ) -> AsyncResults[Contact]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/contacts", Contact.parse, params, filters)

    async def get(self, contact_id: str) -> Contact:
        return await self._get(path("contacts", contact_id), Contact)

    async def by_id(self, namespace: str, value: str) -> Contact:
        """The contact whom another system knows as `value`; `namespace` may also be email or phone."""
        return await self._get(path("contacts", "by-id", namespace, value), Contact)

    async def create(
        self,
        *,
        display_name: str | None = None,
        identifiers: Identifiers | None = None,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Contact:
        """By name, by an identifier, or both."""
        body = {**given(display_name=display_name, identifiers=identifiers), **fields}
        return await self._post("/contacts", Contact, body, key=idempotency_key)

    async def upsert(self, *, identifiers: Identifiers, idempotency_key: str | None = None, **fields: Any) -> Contact:
        """Update the contact that has one of the identifiers, or create it."""
        body = {"identifiers": identifiers, **fields}
        return await self._post("/contacts/upsert", Contact, body, key=idempotency_key)

    async def put_by_id(self, namespace: str, value: str, **fields: Any) -> Contact:
        """Update or create the contact whom another system knows as `value`; the same call twice is one contact."""
        where = path("contacts", "by-id", namespace, value)
        return Contact.parse((await self._transport.request("PUT", where, json=fields)).body)

    async def update(self, contact_id: str, *, if_match: str | None = None, **fields: Any) -> Contact:
        """Absent fields keep their value, `None` clears, lists replace."""
        return await self._patch(path("contacts", contact_id), Contact, fields, if_match=if_match)

    async def delete(self, contact_id: str, *, if_match: str | None = None) -> None:
        """Into the trash, for 30 days."""
        await self._delete(path("contacts", contact_id), if_match=if_match)

    async def restore(
        self, contact_id: str, *, release_taken: bool = False, idempotency_key: str | None = None
    ) -> Contact:
        """`release_taken` gives up the identifiers that another contact has meanwhile."""
        where, body = path("contacts", contact_id, "restore"), {"release_taken": release_taken}
        return await self._post(where, Contact, body, key=idempotency_key)

    async def batch(
        self,
        items: Iterable[Mapping[str, Any]],
        *,
        atomic: bool = False,
        idempotency_key: str | None = None,
    ) -> tuple[BatchResult[Contact], ...]:
        """Up to 100: an item with `id` updates, one without creates."""
        return await self._batch("/contacts/batch", Contact, items, atomic, idempotency_key)
