# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/installations.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Access, Erasure, Installation, InstallationPolicy, InstallationRequest, UninstallPreview


class Installations(ResourceAPI):
    """Apps in this workspace."""

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Installation]:
        params = {"limit": limit, "cursor": cursor}
        return self._list("/installations", Installation.parse, params, filters)

    async def get(self, installation_id: str) -> Installation:
        return await self._get(path("installations", installation_id), Installation)

    async def me(self) -> Installation:
        """The installation whose own token this is."""
        return await self._get("/installations/me", Installation)

    async def create(
        self,
        *,
        app_key: str,
        granted_scopes: Iterable[str] | None = None,
        availability: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Installation:
        body = given(app_key=app_key, granted_scopes=granted_scopes, availability=availability, settings=settings)
        return await self._post("/installations", Installation, body, key=idempotency_key)

    async def update(self, installation_id: str, *, if_match: str | None = None, **fields: Any) -> Installation:
        where = path("installations", installation_id)
        return await self._patch(where, Installation, fields, if_match=if_match)

    async def scope_use(self, installation_id: str) -> Mapping[str, Any]:
        """Under `data`, each scope: whether it is asked for, granted, and was used in the last 30 days."""
        body = (await self._transport.request("GET", path("installations", installation_id, "scope-use"))).body
        return dict(body)

    async def shrink(self, installation_id: str, *, idempotency_key: str | None = None) -> Installation:
        """Take back what was not used in 30 days."""
        return await self._post(path("installations", installation_id, "shrink"), Installation, key=idempotency_key)

    async def suspend(
        self, installation_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Installation:
        """Its tokens answer 401 until no side suspends it; its events wait."""
        where = path("installations", installation_id, "suspend")
        return await self._post(where, Installation, given(reason=reason), key=idempotency_key)

    async def resume(self, installation_id: str, *, idempotency_key: str | None = None) -> Installation:
        where = path("installations", installation_id, "resume")
        return await self._post(where, Installation, key=idempotency_key)

    async def uninstall(self, installation_id: str, *, idempotency_key: str | None = None) -> Installation:
        """Its tokens die in the same moment. Installing it again within 30 days brings its settings back."""
        where = path("installations", installation_id, "uninstall")
        return await self._post(where, Installation, key=idempotency_key)

    async def uninstall_preview(self, installation_id: str) -> UninstallPreview:
        """What depends on it. Changes nothing."""
        return await self._get(path("installations", installation_id, "uninstall-preview"), UninstallPreview)

    async def erase(self, installation_id: str, *, idempotency_key: str | None = None) -> Erasure:
        """Of an uninstalled one, at once: it cannot come back, and its app is told to erase."""
        return await self._post(path("installations", installation_id, "erase"), Erasure, key=idempotency_key)

    async def erasure(self, installation_id: str) -> Erasure:
        return await self._get(path("installations", installation_id, "erasure"), Erasure)

    async def access(self, installation_id: str, *, employee_id: str) -> Access:
        """Whether one person may use it, and why."""
        return await self._get(path("installations", installation_id, "access"), Access, employee_id=employee_id)


class InstallationRequests(ResourceAPI):
    """People ask for apps; equal requests are one with a count."""

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[InstallationRequest]:
        params = {"limit": limit, "cursor": cursor}
        return self._list("/installation-requests", InstallationRequest.parse, params, filters)

    async def get(self, request_id: str) -> InstallationRequest:
        return await self._get(path("installation-requests", request_id), InstallationRequest)

    async def create(self, *, app_key: str, reason: str, idempotency_key: str | None = None) -> InstallationRequest:
        body = {"app_key": app_key, "reason": reason}
        return await self._post("/installation-requests", InstallationRequest, body, key=idempotency_key)

    async def approve(
        self, request_id: str, *, idempotency_key: str | None = None, **options: Any
    ) -> InstallationRequest:
        """Installs the app: `granted_scopes=`, `availability=` and `settings=` as for an installation."""
        where = path("installation-requests", request_id, "approve")
        return await self._post(where, InstallationRequest, options, key=idempotency_key)

    async def decline(self, request_id: str, *, reason: str, idempotency_key: str | None = None) -> InstallationRequest:
        where = path("installation-requests", request_id, "decline")
        return await self._post(where, InstallationRequest, {"reason": reason}, key=idempotency_key)


class Policy(ResourceAPI):
    """What the company lets in."""

    async def get(self) -> InstallationPolicy:
        return await self._get("/installation-policy", InstallationPolicy)

    async def put(self, *, if_match: str, **fields: Any) -> InstallationPolicy:
        """The whole policy; `if_match` is the `etag` of the one that was read."""
        return await self._put("/installation-policy", InstallationPolicy, fields, if_match=if_match)
