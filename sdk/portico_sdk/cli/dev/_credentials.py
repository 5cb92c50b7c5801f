"""What the app on this machine authenticates by, kept beside the profiles, readable by its owner alone."""

from __future__ import annotations

import base64
import json
import os
import secrets as random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from portico_sdk.cli import _profiles
from portico_sdk.cli._connection import Problem
from portico_sdk.client import Portico
from portico_sdk.errors import ConflictError
from portico_sdk.models import RegisteredApp

FILE = "apps.json"


@dataclass(frozen=True)
class Credentials:
    client_id: str
    client_secret: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    is_ours: bool = False
    """Whether the signing secret is made up here, since the platform shows its own only once."""

    def environment(self, base_url: str) -> dict[str, str]:
        return {
            "PORTICO_BASE_URL": base_url,
            "PORTICO_CLIENT_ID": self.client_id,
            "PORTICO_CLIENT_SECRET": self.client_secret,
            "PORTICO_SIGNING_SECRET": self.signing_secret,
        }


def keep_new(base_url: str, app: RegisteredApp) -> Credentials:
    """Of an app that was registered just now: its secrets are shown this once."""
    made = Credentials(app.client_id, app.client_secret or "", app.signing_secret or "")
    _keep(base_url, app.id, made)
    return made


def of_app(client: Portico, app: RegisteredApp, *, public: bool, make: bool = True) -> Credentials:
    """From the environment, else what is kept, else a second client secret. Raises Problem."""
    given = _from_environment(app.client_id)
    kept = given or _kept(client.base_url, app.id)
    if kept is None and not make:
        raise Problem(
            f"No credentials of {app.key} are here; run `portico-app dev` once, or set PORTICO_CLIENT_SECRET."
        )
    if kept is None:
        kept = Credentials(app.client_id, "" if public else _second_secret(client, app))
    if not kept.signing_secret:
        secret = "whsec_" + base64.b64encode(random.token_bytes(32)).decode()
        kept = Credentials(kept.client_id, kept.client_secret, secret, is_ours=True)
    if given is None:
        _keep(client.base_url, app.id, kept)
    return kept


def _second_secret(client: Portico, app: RegisteredApp) -> str:
    try:
        return client.apps.secrets.create(app.id).client_secret or ""
    except ConflictError as error:
        message = f"{error} Or set PORTICO_CLIENT_SECRET to one that you have."
        raise Problem(message) from error


def _from_environment(client_id: str) -> Credentials | None:
    if os.environ.get("PORTICO_CLIENT_ID") != client_id:
        return None
    secret, signing = (os.environ.get(name, "") for name in ("PORTICO_CLIENT_SECRET", "PORTICO_SIGNING_SECRET"))
    return Credentials(client_id, secret, signing)


def _kept(base_url: str, app_id: str) -> Credentials | None:
    found = _read().get(base_url, {}).get(app_id)
    return Credentials(**found) if found else None


def _keep(base_url: str, app_id: str, credentials: Credentials) -> None:
    content = {server: dict(apps) for server, apps in _read().items()}
    content.setdefault(base_url, {})[app_id] = asdict(credentials)
    _profiles.write_private(_profiles.folder() / FILE, content)


def _read() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    try:
        content: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(
            (_profiles.folder() / FILE).read_text(encoding="utf-8")
        )
    except (FileNotFoundError, ValueError):
        return {}
    return content
