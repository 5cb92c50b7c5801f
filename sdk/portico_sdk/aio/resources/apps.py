# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/apps.py: change that instead.
from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.aio.resources.app_credentials import AppKeys, AppSecrets
from portico_sdk.aio.resources.app_requests import AppRequests
from portico_sdk.aio.resources.dev_sessions import DevSessions
from portico_sdk.models import (
    Access,
    AppVersion,
    HoldOutcome,
    Listing,
    Plan,
    RegisteredApp,
)

Manifest = Mapping[str, Any]


class Apps(ResourceAPI):
    """The apps of the developer who holds the token."""

    @cached_property
    def secrets(self) -> AppSecrets:
        return AppSecrets(self._transport)

    @cached_property
    def keys(self) -> AppKeys:
        return AppKeys(self._transport)

    @cached_property
    def dev_sessions(self) -> DevSessions:
        return DevSessions(self._transport)

    @cached_property
    def requests(self) -> AppRequests:
        return AppRequests(self._transport)

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[RegisteredApp]:
        return self._list("/apps", RegisteredApp.parse, {"limit": limit, "cursor": cursor})

    async def get(self, app_id: str) -> RegisteredApp:
        return await self._get(path("apps", app_id), RegisteredApp)

    async def create(self, *, manifest: Manifest, idempotency_key: str | None = None) -> RegisteredApp:
        """The answer holds `client_secret` and `signing_secret`, this once."""
        return await self._post("/apps", RegisteredApp, {"manifest": manifest}, key=idempotency_key)

    async def update(self, app_id: str, *, if_match: str | None = None, **fields: Any) -> RegisteredApp:
        """`visibility=` private, unlisted or public."""
        return await self._patch(path("apps", app_id), RegisteredApp, fields, if_match=if_match)

    async def plan(self, app_id: str, *, manifest: Manifest) -> Plan:
        """What deploying it would change, and who would wait for a consent. Changes nothing."""
        return await self._post(path("apps", app_id, "plan"), Plan, {"manifest": manifest})

    async def create_version(
        self, app_id: str, *, manifest: Manifest, idempotency_key: str | None = None
    ) -> AppVersion:
        where = path("apps", app_id, "versions")
        return await self._post(where, AppVersion, {"manifest": manifest}, key=idempotency_key)

    def versions(self, app_id: str, *, limit: int | None = None) -> AsyncResults[AppVersion]:
        return self._list(path("apps", app_id, "versions"), AppVersion.parse, {"limit": limit})

    async def version(self, app_id: str, version_id: str) -> AppVersion:
        return await self._get(path("apps", app_id, "versions", version_id), AppVersion)

    async def check_version(self, app_id: str, version_id: str) -> AppVersion:
        """Have the robot look at it; its `findings` stand on the version once it has."""
        return await self._of_version(app_id, version_id, "check")

    async def submit_version(self, app_id: str, version_id: str) -> AppVersion:
        """Hand it in for review."""
        return await self._of_version(app_id, version_id, "submit")

    async def release_version(self, app_id: str, version_id: str, *, percent: int | None = None) -> AppVersion:
        """To `percent` of the installations, or to all; a higher number raises a release that runs already."""
        return await self._of_version(app_id, version_id, "release", given(percent=percent))

    async def pause_version(self, app_id: str, version_id: str) -> AppVersion:
        """Let its release grow no more."""
        return await self._of_version(app_id, version_id, "pause")

    async def resume_version(self, app_id: str, version_id: str) -> AppVersion:
        return await self._of_version(app_id, version_id, "resume")

    async def roll_back_version(self, app_id: str, version_id: str) -> AppVersion:
        """All its installations run the version before, from the next request on."""
        return await self._of_version(app_id, version_id, "roll-back")

    async def withdraw_version(self, app_id: str, version_id: str) -> AppVersion:
        """Nobody gets it any more."""
        return await self._of_version(app_id, version_id, "withdraw")

    async def _of_version(
        self, app_id: str, version_id: str, act: str, body: Mapping[str, Any] | None = None
    ) -> AppVersion:
        return await self._post(path("apps", app_id, "versions", version_id, act), AppVersion, body or None)

    async def suspend(
        self, app_id: str, *, installation_id: str | None = None, reason: str | None = None
    ) -> HoldOutcome:
        """Everywhere, or one installation. Only the publisher lifts it; a repeat changes nothing."""
        return await self._post(
            path("apps", app_id, "suspend"), HoldOutcome, given(installation_id=installation_id, reason=reason)
        )

    async def resume(self, app_id: str, *, installation_id: str | None = None) -> HoldOutcome:
        """What the company or the operator suspended stays so."""
        return await self._post(path("apps", app_id, "resume"), HoldOutcome, given(installation_id=installation_id))


class Catalogue(ResourceAPI):
    """What can be installed here."""

    def list(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Listing]:
        params = {"q": q, "limit": limit, "cursor": cursor}
        return self._list("/catalogue", Listing.parse, params, filters)

    async def get(self, app_key: str) -> Listing:
        return await self._get(path("catalogue", app_key), Listing)

    async def access(self, app_key: str, *, employee_id: str) -> Access:
        """Whether one person may use the app, and why."""
        return await self._get(path("catalogue", app_key, "access"), Access, employee_id=employee_id)
