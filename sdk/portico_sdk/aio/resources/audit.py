# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/audit.py: change that instead.
from __future__ import annotations

from typing import Any

from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.models import AuditCheckpoint, AuditEntry


class Audit(ResourceAPI):
    """Who did what, on whose behalf, from where."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[AuditEntry]:
        return self._list("/audit", AuditEntry.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    def checkpoints(self, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[AuditCheckpoint]:
        """The heads that the server signed, the newest first."""
        return self._list("/audit/checkpoints", AuditCheckpoint.parse, {"limit": limit, "cursor": cursor})
