# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/ticket_setup.py: change that instead.
"""How a workspace works on tickets: its statuses, queues and macros."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Macro, MacroApplied, MacroPreview, Queue, TicketStatus


class TicketStatuses(ResourceAPI):
    """A company's own statuses inside new, open, pending, on_hold, solved and closed."""

    def list(
        self,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Any,
    ) -> AsyncResults[TicketStatus]:
        return self._list(
            "/ticket-statuses", TicketStatus.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters
        )

    async def get(self, status_id: str) -> TicketStatus:
        return await self._get(path("ticket-statuses", status_id), TicketStatus)

    async def create(
        self,
        *,
        category: str,
        label: str,
        sort_order: int | None = None,
        is_default: bool | None = None,
        idempotency_key: str | None = None,
    ) -> TicketStatus:
        body = {"category": category, "label": label, **given(sort_order=sort_order, is_default=is_default)}
        return await self._post("/ticket-statuses", TicketStatus, body, key=idempotency_key)

    async def update(self, status_id: str, *, if_match: str, **fields: Any) -> TicketStatus:
        """`if_match` is the `etag` of what you have read."""
        return await self._patch(path("ticket-statuses", status_id), TicketStatus, fields, if_match=if_match)

    async def delete(self, status_id: str, *, replace_with: str | None = None, if_match: str | None = None) -> None:
        """`ConflictError` with `status_in_use` while tickets have it and `replace_with` names no other."""
        await self._delete(path("ticket-statuses", status_id), if_match=if_match, replace_with=replace_with)


class Queues(ResourceAPI):
    """Tickets that some people work on together."""

    def list(
        self,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Any,
    ) -> AsyncResults[Queue]:
        return self._list("/queues", Queue.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    async def get(self, queue_id: str) -> Queue:
        return await self._get(path("queues", queue_id), Queue)

    async def create(
        self,
        *,
        name: str,
        assignment: str | None = None,
        members: Iterable[Mapping[str, Any]] | None = None,
        idempotency_key: str | None = None,
    ) -> Queue:
        """`assignment`: manual, round_robin or least_loaded. A member is `{"employee_id": …, "capacity": …}`."""
        body = {"name": name, **given(assignment=assignment, members=members)}
        return await self._post("/queues", Queue, body, key=idempotency_key)

    async def update(self, queue_id: str, *, if_match: str | None = None, **fields: Any) -> Queue:
        """`members=` replaces them all."""
        return await self._patch(path("queues", queue_id), Queue, fields, if_match=if_match)

    async def delete(self, queue_id: str, *, move_tickets_to: str | None = None, if_match: str | None = None) -> None:
        """`ConflictError` with `queue_in_use` while it has unsolved tickets and `move_tickets_to` names no other."""
        await self._delete(path("queues", queue_id), if_match=if_match, move_tickets_to=move_tickets_to)


class Macros(ResourceAPI):
    """Replies and changes that come together: the shared ones and one's own."""

    def list(
        self,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Any,
    ) -> AsyncResults[Macro]:
        return self._list("/macros", Macro.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    async def get(self, macro_id: str) -> Macro:
        return await self._get(path("macros", macro_id), Macro)

    async def create(
        self,
        *,
        name: str,
        shared: bool | None = None,
        body: str | None = None,
        visibility: str | None = None,
        effects: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Macro:
        """`body` may hold places such as `{{ticket.number}}`; `effects` are `status`, `priority`, `add_tags` …"""
        fields = {"name": name, **given(shared=shared, body=body, visibility=visibility, effects=effects)}
        return await self._post("/macros", Macro, fields, key=idempotency_key)

    async def update(self, macro_id: str, *, if_match: str | None = None, **fields: Any) -> Macro:
        return await self._patch(path("macros", macro_id), Macro, fields, if_match=if_match)

    async def delete(self, macro_id: str, *, if_match: str | None = None) -> None:
        await self._delete(path("macros", macro_id), if_match=if_match)

    async def preview(self, ticket_id: str, macro_id: str) -> MacroPreview:
        """What it would do; nothing changes."""
        return await self._post(path("tickets", ticket_id, "macros", macro_id, "preview"), MacroPreview)

    async def apply(
        self,
        ticket_id: str,
        macro_id: str,
        *,
        expected_last_comment_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> MacroApplied:
        """Write and change, both or neither."""
        body = given(expected_last_comment_id=expected_last_comment_id)
        return await self._post(
            path("tickets", ticket_id, "macros", macro_id, "apply"), MacroApplied, body, key=idempotency_key
        )
