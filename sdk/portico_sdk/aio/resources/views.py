# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/views.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Company, Contact, Employee, Ticket, View, ViewCount


class Views(ResourceAPI):
    """Saved filters of lists: your own, and those that everybody sees."""

    def list(self, *, limit: int | None = None, cursor: str | None = None, **filters: Any) -> AsyncResults[View]:
        return self._list("/views", View.parse, {"limit": limit, "cursor": cursor}, filters)

    async def get(self, view_id: str) -> View:
        return await self._get(path("views", view_id), View)

    async def create(
        self,
        *,
        object: str,
        name: str,
        filter: Mapping[str, Any] | None = None,
        columns: Iterable[str] | None = None,
        sort: str | None = None,
        shared: bool | None = None,
        idempotency_key: str | None = None,
    ) -> View:
        """`filter` as the list takes it: `{"status": {"in": ["new", "open"]}, "assignee_id": "me"}`."""
        body = given(object=object, name=name, filter=filter, columns=columns, sort=sort, shared=shared)
        return await self._post("/views", View, body, key=idempotency_key)

    async def update(self, view_id: str, *, if_match: str | None = None, **fields: Any) -> View:
        return await self._patch(path("views", view_id), View, fields, if_match=if_match)

    async def delete(self, view_id: str, *, if_match: str | None = None) -> None:
        await self._delete(path("views", view_id), if_match=if_match)

    async def count(self, view_id: str) -> ViewCount:
        return await self._get(path("views", view_id, "count"), ViewCount)

    def tickets(self, view_id: str, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[Ticket]:
        return self._list(path("views", view_id, "tickets"), Ticket.parse, {"limit": limit, "cursor": cursor})

    def contacts(self, view_id: str, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[Contact]:
        return self._list(path("views", view_id, "contacts"), Contact.parse, {"limit": limit, "cursor": cursor})

    def companies(self, view_id: str, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[Company]:
        return self._list(path("views", view_id, "companies"), Company.parse, {"limit": limit, "cursor": cursor})

    def employees(self, view_id: str, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[Employee]:
        return self._list(path("views", view_id, "employees"), Employee.parse, {"limit": limit, "cursor": cursor})
