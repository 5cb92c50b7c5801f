# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/properties.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Property

Options = Iterable[str | Mapping[str, Any]]


class Properties(ResourceAPI):
    """Custom fields of `contact`, `ticket` and `employee`. Values are written with the object: its `properties`."""

    def list(
        self,
        object_type: str,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Any,
    ) -> AsyncResults[Property]:
        params = {"sort": sort, "limit": limit, "cursor": cursor}
        return self._list(path("properties", object_type), Property.parse, params, filters)

    async def get(self, object_type: str, property_id: str) -> Property:
        return await self._get(path("properties", object_type, property_id), Property)

    async def create(
        self,
        object_type: str,
        *,
        key: str,
        label: str,
        type: str,
        options: Options | None = None,
        sensitive: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Property:
        """Key and type never change. Options are texts or mappings with key and label."""
        body = {"key": key, "label": label, "type": type, **given(options=options, sensitive=sensitive)}
        return await self._post(path("properties", object_type), Property, body, key=idempotency_key)

    async def update(
        self, object_type: str, property_id: str, *, if_match: str | None = None, **fields: Any
    ) -> Property:
        """`label`, `options` (replaces; one that is used is archived) and `sensitive`."""
        return await self._patch(path("properties", object_type, property_id), Property, fields, if_match=if_match)

    async def delete(self, object_type: str, property_id: str, *, if_match: str | None = None) -> None:
        """Into the archive: values are kept and not shown."""
        await self._delete(path("properties", object_type, property_id), if_match=if_match)

    async def restore(self, object_type: str, property_id: str, *, idempotency_key: str | None = None) -> Property:
        """Out of the archive, with its values."""
        where = path("properties", object_type, property_id, "restore")
        return await self._post(where, Property, key=idempotency_key)
