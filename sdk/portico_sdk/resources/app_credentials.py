from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import AppKey, AppSecret
from portico_sdk.resources._base import ResourceAPI


class AppSecrets(ResourceAPI):
    """Client secrets: two at a time, so that one can be replaced without a gap."""

    def create(
        self, app_id: str, *, previous_expires_at: datetime | None = None, idempotency_key: str | None = None
    ) -> AppSecret:
        """The answer holds the `client_secret`, this once. The one before it dies at `previous_expires_at`."""
        body = {"previous_expires_at": previous_expires_at} if previous_expires_at else None
        return self._post(path("apps", app_id, "secrets"), AppSecret, body, key=idempotency_key)

    def delete(self, app_id: str, secret_id: str) -> None:
        self._delete(path("apps", app_id, "secrets", secret_id))


class AppKeys(ResourceAPI):
    """Public keys: what their private halves sign authenticates the app (`private_key_jwt`)."""

    def create(self, app_id: str, *, jwk: Mapping[str, Any], idempotency_key: str | None = None) -> AppKey:
        return self._post(path("apps", app_id, "keys"), AppKey, {"jwk": jwk}, key=idempotency_key)

    def delete(self, app_id: str, key_id: str) -> None:
        self._delete(path("apps", app_id, "keys", key_id))
