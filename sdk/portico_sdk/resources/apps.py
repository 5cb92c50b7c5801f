from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import AppSecret, AppVersion, Installation, Job, Listing, RegisteredApp
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI, given

Manifest = Mapping[str, Any]


class AppSecrets(ResourceAPI):
    """Client secrets: two at a time, so that one can be replaced without a gap."""

    def create(self, app_id: str, *, idempotency_key: str | None = None) -> AppSecret:
        """The answer holds the `client_secret`, this once."""
        return self._post(path("apps", app_id, "secrets"), AppSecret, key=idempotency_key)

    def delete(self, app_id: str, secret_id: str) -> None:
        self._delete(path("apps", app_id, "secrets", secret_id))


class Apps(ResourceAPI):
    """The apps of the developer who holds the token."""

    @cached_property
    def secrets(self) -> AppSecrets:
        return AppSecrets(self._transport)

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Results[RegisteredApp]:
        return self._list("/apps", RegisteredApp.parse, {"limit": limit, "cursor": cursor})

    def get(self, app_id: str) -> RegisteredApp:
        return self._get(path("apps", app_id), RegisteredApp)

    def create(self, *, manifest: Manifest, idempotency_key: str | None = None) -> RegisteredApp:
        """The answer holds `client_secret` and `signing_secret`, this once."""
        return self._post("/apps", RegisteredApp, {"manifest": manifest}, key=idempotency_key)

    def update(self, app_id: str, *, if_match: str | None = None, **fields: Any) -> RegisteredApp:
        """`visibility=` private, unlisted or public."""
        return self._patch(path("apps", app_id), RegisteredApp, fields, if_match=if_match)

    def create_version(self, app_id: str, *, manifest: Manifest, idempotency_key: str | None = None) -> AppVersion:
        where = path("apps", app_id, "versions")
        return self._post(where, AppVersion, {"manifest": manifest}, key=idempotency_key)

    def versions(self, app_id: str, *, limit: int | None = None) -> Results[AppVersion]:
        return self._list(path("apps", app_id, "versions"), AppVersion.parse, {"limit": limit})


class Catalogue(ResourceAPI):
    """What can be installed here."""

    def list(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> Results[Listing]:
        params = {"q": q, "limit": limit, "cursor": cursor}
        return self._list("/catalogue", Listing.parse, params, filters)

    def get(self, app_key: str) -> Listing:
        return self._get(path("catalogue", app_key), Listing)


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

    def suspend(self, installation_id: str, *, idempotency_key: str | None = None) -> Installation:
        """Its tokens answer 401 until it is resumed; its events wait."""
        where = path("installations", installation_id, "suspend")
        return self._post(where, Installation, key=idempotency_key)

    def resume(self, installation_id: str, *, idempotency_key: str | None = None) -> Installation:
        where = path("installations", installation_id, "resume")
        return self._post(where, Installation, key=idempotency_key)

    def uninstall(self, installation_id: str, *, idempotency_key: str | None = None) -> Installation:
        """Its tokens die in the same moment."""
        where = path("installations", installation_id, "uninstall")
        return self._post(where, Installation, key=idempotency_key)


class Jobs(ResourceAPI):
    """Long work."""

    def get(self, job_id: str) -> Job:
        return self._get(path("jobs", job_id), Job)
