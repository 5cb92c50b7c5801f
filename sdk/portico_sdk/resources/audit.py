from __future__ import annotations

from typing import Any

from portico_sdk.models import AuditCheckpoint, AuditEntry
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI


class Audit(ResourceAPI):
    """Who did what, on whose behalf, from where."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> Results[AuditEntry]:
        return self._list("/audit", AuditEntry.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    def checkpoints(self, *, limit: int | None = None, cursor: str | None = None) -> Results[AuditCheckpoint]:
        """The heads that the server signed, the newest first."""
        return self._list("/audit/checkpoints", AuditCheckpoint.parse, {"limit": limit, "cursor": cursor})
