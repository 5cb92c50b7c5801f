# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/ticket_parts.py: change that instead.
from __future__ import annotations

from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Comment, Follower, TicketLink


class TicketComments(ResourceAPI):
    """The conversation of a ticket; internal notes need `tickets.internal:*`."""

    def list(
        self,
        ticket_id: str,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Any,
    ) -> AsyncResults[Comment]:
        params = {"sort": sort, "limit": limit, "cursor": cursor}
        return self._list(path("tickets", ticket_id, "comments"), Comment.parse, params, filters)

    async def create(
        self,
        ticket_id: str,
        *,
        body: str,
        visibility: str = "internal",
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Comment:
        """Internal unless you say otherwise: what is public cannot be taken back."""
        content = {"body": body, "visibility": visibility, **fields}
        return await self._post(path("tickets", ticket_id, "comments"), Comment, content, key=idempotency_key)

    async def redact(
        self,
        ticket_id: str,
        *,
        comment_id: str,
        start: int | None = None,
        end: int | None = None,
        idempotency_key: str | None = None,
    ) -> Comment:
        """Take a range of its characters, or all of its text, out of a comment for good."""
        body = {"comment_id": comment_id, **given(start=start, end=end)}
        return await self._post(path("tickets", ticket_id, "redactions"), Comment, body, key=idempotency_key)


class TicketFollowers(ResourceAPI):
    """Who of the team follows a ticket."""

    def list(self, ticket_id: str, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[Follower]:
        return self._list(path("tickets", ticket_id, "followers"), Follower.parse, {"limit": limit, "cursor": cursor})

    async def add(self, ticket_id: str, *, employee_id: str, idempotency_key: str | None = None) -> Follower:
        body = {"employee_id": employee_id}
        return await self._post(path("tickets", ticket_id, "followers"), Follower, body, key=idempotency_key)

    async def remove(self, ticket_id: str, employee_id: str) -> None:
        await self._delete(path("tickets", ticket_id, "followers", employee_id))


class TicketLinks(ResourceAPI):
    """What ties a ticket to others: it relates to, blocks, duplicates or is the parent of them, or they of it."""

    def list(
        self, ticket_id: str, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[TicketLink]:
        params = {"limit": limit, "cursor": cursor}
        return self._list(path("tickets", ticket_id, "links"), TicketLink.parse, params, filters)

    async def create(
        self, ticket_id: str, *, kind: str, other_id: str, idempotency_key: str | None = None
    ) -> TicketLink:
        body = {"kind": kind, "ticket_id": other_id}
        return await self._post(path("tickets", ticket_id, "links"), TicketLink, body, key=idempotency_key)

    async def delete(self, ticket_id: str, link_id: str) -> None:
        await self._delete(path("tickets", ticket_id, "links", link_id))
