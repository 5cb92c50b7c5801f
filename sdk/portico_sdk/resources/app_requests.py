from __future__ import annotations

from datetime import datetime

from portico_sdk._encoding import path
from portico_sdk.models import ApiRequest
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI


class AppRequests(ResourceAPI):
    """The API log: what an own app asked of the API in this workspace, kept for 7 days."""

    def list(
        self,
        app_id: str,
        *,
        request_id: str | None = None,
        outcome: str | None = None,
        code: str | None = None,
        operation: str | None = None,
        installation_id: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Results[ApiRequest]:
        """Newest first. `outcome` is succeeded, refused (4xx) or failed (5xx); `request_id` is what an error names."""
        params = {
            "filter[request_id]": request_id,
            "filter[outcome]": outcome,
            "filter[code]": code,
            "filter[operation]": operation,
            "filter[installation_id]": installation_id,
            "filter[at][gte]": since,
            "limit": limit,
            "cursor": cursor,
        }
        return self._list(path("apps", app_id, "requests"), ApiRequest.parse, params)

    def get(self, app_id: str, logged_id: str) -> ApiRequest:
        """By the `id` in the log, which is the request id, unless the app gave one of its own."""
        return self._get(path("apps", app_id, "requests", logged_id), ApiRequest)
