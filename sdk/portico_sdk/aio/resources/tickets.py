# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/tickets.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.aio.resources.ticket_parts import TicketComments, TicketFollowers, TicketLinks
from portico_sdk.models import BatchResult, Ticket, TicketChange


class Tickets(ResourceAPI):
    """What customers and colleagues ask for."""

    @cached_property
    def comments(self) -> TicketComments:
        return TicketComments(self._transport)

    @cached_property
    def followers(self) -> TicketFollowers:
        return TicketFollowers(self._transport)

    @cached_property
    def links(self) -> TicketLinks:
        return TicketLinks(self._transport)

    def history(
        self, ticket_id: str, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[TicketChange]:
        """Who changed what, oldest first."""
        params = {"limit": limit, "cursor": cursor}
        return self._list(path("tickets", ticket_id, "history"), TicketChange.parse, params, filters)

    async def snooze(self, ticket_id: str, *, until: datetime | None, idempotency_key: str | None = None) -> Ticket:
        """Put it off until then; with None wake it."""
        body = {"until": until}
        return await self._post(path("tickets", ticket_id, "snooze"), Ticket, body, key=idempotency_key)

    def list(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Iterable[str] | None = None,
        **filters: Any,
    ) -> AsyncResults[Ticket]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/tickets", Ticket.parse, params, filters)

    async def get(self, ticket_id: str) -> Ticket:
        return await self._get(path("tickets", ticket_id), Ticket)

    async def create(
        self,
        *,
        subject: str,
        requester: Mapping[str, str],
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Ticket:
        """`requester` is `{"contact_id": …}` or `{"employee_id": …}`."""
        body = {"subject": subject, "requester": requester, **fields}
        return await self._post("/tickets", Ticket, body, key=idempotency_key)

    async def update(self, ticket_id: str, *, if_match: str | None = None, **fields: Any) -> Ticket:
        """`status=` too; a step that is not allowed is `ConflictError` with `invalid_transition`."""
        return await self._patch(path("tickets", ticket_id), Ticket, fields, if_match=if_match)

    async def take(self, ticket_id: str, *, idempotency_key: str | None = None) -> Ticket:
        """Make it mine; `ConflictError` with `already_assigned` when somebody was faster."""
        return await self._post(path("tickets", ticket_id, "take"), Ticket, key=idempotency_key)

    async def assign(self, ticket_id: str, *, assignee_id: str | None, idempotency_key: str | None = None) -> Ticket:
        """To an employee, or to nobody with None."""
        body = {"assignee_id": assignee_id}
        return await self._post(path("tickets", ticket_id, "assign"), Ticket, body, key=idempotency_key)

    async def delete(self, ticket_id: str, *, if_match: str | None = None) -> None:
        """Into the trash, for 30 days."""
        await self._delete(path("tickets", ticket_id), if_match=if_match)

    async def restore(self, ticket_id: str, *, idempotency_key: str | None = None) -> Ticket:
        return await self._post(path("tickets", ticket_id, "restore"), Ticket, key=idempotency_key)

    async def batch(
        self,
        items: Iterable[Mapping[str, Any]],
        *,
        atomic: bool = False,
        idempotency_key: str | None = None,
    ) -> tuple[BatchResult[Ticket], ...]:
        """Up to 100: an item with `id` updates, one without creates."""
        return await self._batch("/tickets/batch", Ticket, items, atomic, idempotency_key)
