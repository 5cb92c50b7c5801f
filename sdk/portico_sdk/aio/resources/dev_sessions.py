# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/dev_sessions.py: change that instead.
from __future__ import annotations

from portico_sdk._encoding import path
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import DevSession


class DevSessions(ResourceAPI):
    """An own app that runs on this machine; `portico-app dev` does all of it."""

    async def create(
        self, app_id: str, *, local_url: str, host: str | None = None, idempotency_key: str | None = None
    ) -> DevSession:
        """From now on its events, actions and cards in this workspace go to `tunnel_url`."""
        body = given(local_url=local_url, host=host)
        return await self._post(path("apps", app_id, "dev-sessions"), DevSession, body, key=idempotency_key)

    async def renew(self, app_id: str, session_id: str) -> DevSession:
        """Once per `lease_seconds` at the latest."""
        return await self._post(path("apps", app_id, "dev-sessions", session_id, "renew"), DevSession)

    async def delete(self, app_id: str, session_id: str) -> None:
        await self._delete(path("apps", app_id, "dev-sessions", session_id))
