"""How a workspace works on tickets: its statuses."""

from __future__ import annotations

from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import TicketStatus
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI, given


class TicketStatuses(ResourceAPI):
    """A company's own statuses inside new, open, pending, on_hold, solved and closed."""

    def list(
        self,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Any,
    ) -> Results[TicketStatus]:
        return self._list(
            "/ticket-statuses", TicketStatus.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters
        )

    def get(self, status_id: str) -> TicketStatus:
        return self._get(path("ticket-statuses", status_id), TicketStatus)

    def create(
        self,
        *,
        category: str,
        label: str,
        sort_order: int | None = None,
        is_default: bool | None = None,
        idempotency_key: str | None = None,
    ) -> TicketStatus:
        body = {"category": category, "label": label, **given(sort_order=sort_order, is_default=is_default)}
        return self._post("/ticket-statuses", TicketStatus, body, key=idempotency_key)

    def update(self, status_id: str, *, if_match: str, **fields: Any) -> TicketStatus:
        """`if_match` is the `etag` of what you have read."""
        return self._patch(path("ticket-statuses", status_id), TicketStatus, fields, if_match=if_match)

    def delete(self, status_id: str, *, replace_with: str | None = None, if_match: str | None = None) -> None:
        """`ConflictError` with `status_in_use` while tickets have it and `replace_with` names no other."""
        self._delete(path("ticket-statuses", status_id), if_match=if_match, replace_with=replace_with)
