from __future__ import annotations

from portico_sdk._encoding import path
from portico_sdk.models import DevSession
from portico_sdk.resources._base import ResourceAPI, given


class DevSessions(ResourceAPI):
    """An own app that runs on this machine; `portico-app dev` does all of it."""

    def create(
        self, app_id: str, *, local_url: str, host: str | None = None, idempotency_key: str | None = None
    ) -> DevSession:
        """From now on its events, actions and cards in this workspace go to `tunnel_url`."""
        body = given(local_url=local_url, host=host)
        return self._post(path("apps", app_id, "dev-sessions"), DevSession, body, key=idempotency_key)

    def renew(self, app_id: str, session_id: str) -> DevSession:
        """Once per `lease_seconds` at the latest."""
        return self._post(path("apps", app_id, "dev-sessions", session_id, "renew"), DevSession)

    def delete(self, app_id: str, session_id: str) -> None:
        self._delete(path("apps", app_id, "dev-sessions", session_id))
