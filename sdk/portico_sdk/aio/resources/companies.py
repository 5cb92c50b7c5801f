# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/companies.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.models import BatchResult, Company, Tag


class Companies(ResourceAPI):
    """The organisations outside."""

    def list(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Iterable[str] | None = None,
        **filters: Any,
    ) -> AsyncResults[Company]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/companies", Company.parse, params, filters)

    async def get(self, company_id: str) -> Company:
        return await self._get(path("companies", company_id), Company)

    async def create(self, *, name: str, idempotency_key: str | None = None, **fields: Any) -> Company:
        """`domains` that another company has are refused (`domain_taken`), as are those of free mail."""
        return await self._post("/companies", Company, {"name": name, **fields}, key=idempotency_key)

    async def update(self, company_id: str, *, if_match: str | None = None, **fields: Any) -> Company:
        """Absent fields keep their value, `None` clears, lists replace."""
        return await self._patch(path("companies", company_id), Company, fields, if_match=if_match)

    async def delete(self, company_id: str, *, if_match: str | None = None) -> None:
        """Into the trash, for 30 days."""
        await self._delete(path("companies", company_id), if_match=if_match)

    async def restore(
        self, company_id: str, *, release_taken: bool = False, idempotency_key: str | None = None
    ) -> Company:
        """`release_taken` gives up the domains that another company has meanwhile."""
        where, body = path("companies", company_id, "restore"), {"release_taken": release_taken}
        return await self._post(where, Company, body, key=idempotency_key)

    async def batch(
        self,
        items: Iterable[Mapping[str, Any]],
        *,
        atomic: bool = False,
        idempotency_key: str | None = None,
    ) -> tuple[BatchResult[Company], ...]:
        """Up to 100: an item with `id` updates, one without creates."""
        return await self._batch("/companies/batch", Company, items, atomic, idempotency_key)


class Tags(ResourceAPI):
    """The words that contacts and companies are marked with; a record's own are written with the record."""

    def list(self, *, limit: int | None = None, cursor: str | None = None, **filters: Any) -> AsyncResults[Tag]:
        return self._list("/tags", Tag.parse, {"limit": limit, "cursor": cursor}, filters)

    async def update(self, tag_id: str, *, color: str) -> Tag:
        return await self._patch(path("tags", tag_id), Tag, {"color": color}, if_match=None)

    async def delete(self, tag_id: str) -> None:
        """One that nothing has."""
        await self._delete(path("tags", tag_id))
