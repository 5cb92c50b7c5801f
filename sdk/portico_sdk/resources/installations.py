from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import Access, Erasure, Installation, InstallationPolicy, InstallationRequest, UninstallPreview
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI, given


class Installations(ResourceAPI):
    """Apps in this workspace."""

    def list(self, *, limit: int | None = None, cursor: str | None = None, **filters: Any) -> Results[Installation]:
        params = {"limit": limit, "cursor": cursor}
        return self._list("/installations", Installation.parse, params, filters)

    def get(self, installation_id: str) -> Installation:
        return self._get(path("installations", installation_id), Installation)

    def me(self) -> Installation:
        """The installation whose own token this is."""
        return self._get("/installations/me", Installation)

    def create(
        self,
        *,
        app_key: str,
        granted_scopes: Iterable[str] | None = None,
        availability: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Installation:
        body = given(app_key=app_key, granted_scopes=granted_scopes, availability=availability, settings=settings)
        return self._post("/installations", Installation, body, key=idempotency_key)

    def update(self, installation_id: str, *, if_match: str | None = None, **fields: Any) -> Installation:
        where = path("installations", installation_id)
        return self._patch(where, Installation, fields, if_match=if_match)

    def scope_use(self, installation_id: str) -> Mapping[str, Any]:
        """Under `data`, each scope: whether it is asked for, granted, and was used in the last 30 days."""
        body = self._transport.request("GET", path("installations", installation_id, "scope-use")).body
        return dict(body)

    def shrink(self, installation_id: str, *, idempotency_key: str | None = None) -> Installation:
        """Take back what was not used in 30 days."""
        return self._post(path("installations", installation_id, "shrink"), Installation, key=idempotency_key)

    def suspend(
        self, installation_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Installation:
        """Its tokens answer 401 until no side suspends it; its events wait."""
        where = path("installations", installation_id, "suspend")
        return self._post(where, Installation, given(reason=reason), key=idempotency_key)

    def resume(self, installation_id: str, *, idempotency_key: str | None = None) -> Installation:
        where = path("installations", installation_id, "resume")
        return self._post(where, Installation, key=idempotency_key)

    def uninstall(self, installation_id: str, *, idempotency_key: str | None = None) -> Installation:
        """Its tokens die in the same moment. Installing it again within 30 days brings its settings back."""
        where = path("installations", installation_id, "uninstall")
        return self._post(where, Installation, key=idempotency_key)

    def uninstall_preview(self, installation_id: str) -> UninstallPreview:
        """What depends on it. Changes nothing."""
        return self._get(path("installations", installation_id, "uninstall-preview"), UninstallPreview)

    def erase(self, installation_id: str, *, idempotency_key: str | None = None) -> Erasure:
        """Of an uninstalled one, at once: it cannot come back, and its app is told to erase."""
        return self._post(path("installations", installation_id, "erase"), Erasure, key=idempotency_key)

    def erasure(self, installation_id: str) -> Erasure:
        return self._get(path("installations", installation_id, "erasure"), Erasure)

    def access(self, installation_id: str, *, employee_id: str) -> Access:
        """Whether one person may use it, and why."""
        return self._get(path("installations", installation_id, "access"), Access, employee_id=employee_id)


class InstallationRequests(ResourceAPI):
    """People ask for apps; equal requests are one with a count."""

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> Results[InstallationRequest]:
        params = {"limit": limit, "cursor": cursor}
        return self._list("/installation-requests", InstallationRequest.parse, params, filters)

    def get(self, request_id: str) -> InstallationRequest:
        return self._get(path("installation-requests", request_id), InstallationRequest)

    def create(self, *, app_key: str, reason: str, idempotency_key: str | None = None) -> InstallationRequest:
        body = {"app_key": app_key, "reason": reason}
        return self._post("/installation-requests", InstallationRequest, body, key=idempotency_key)

    def approve(self, request_id: str, *, idempotency_key: str | None = None, **options: Any) -> InstallationRequest:
        """Installs the app: `granted_scopes=`, `availability=` and `settings=` as for an installation."""
        where = path("installation-requests", request_id, "approve")
        return self._post(where, InstallationRequest, options, key=idempotency_key)

    def decline(self, request_id: str, *, reason: str, idempotency_key: str | None = None) -> InstallationRequest:
        where = path("installation-requests", request_id, "decline")
        return self._post(where, InstallationRequest, {"reason": reason}, key=idempotency_key)


class Policy(ResourceAPI):
    """What the company lets in."""

    def get(self) -> InstallationPolicy:
        return self._get("/installation-policy", InstallationPolicy)

    def put(self, *, if_match: str, **fields: Any) -> InstallationPolicy:
        """The whole policy; `if_match` is the `etag` of the one that was read."""
        return self._put("/installation-policy", InstallationPolicy, fields, if_match=if_match)
