"""Installing an app in a test's workspace: registered by the developer, installed by the admin, as in life."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from portico.domains.catalogue import manifests
from portico.domains.catalogue import service as catalogue
from portico.domains.installations import service as installations
from portico.kernel.actor import Actor
from portico.kernel.scopes import app_scopes
from portico_sdk.apps import App
from portico_sdk.client import Portico
from portico_sdk.testing._people import writing
from portico_sdk.wsgi import application

Create = Callable[[dict[str, str], httpx.Client], Any]
"""As apps make themselves: from what they read from their environment, and the client of their calls."""


_OF_PEOPLE = frozenset({"openid", "profile", "email"})


@dataclass(frozen=True)
class InstalledApp:
    """An app in the workspace, with what it needs to know; `config` is what it reads from its environment."""

    key: str
    app_id: str
    installation_id: str
    client_id: str
    client_secret: str
    signing_secret: str
    base_url: str
    """Where the app is called."""
    config: dict[str, str]
    http_client: httpx.Client
    """Reaches the platform, and nothing else."""
    serve: Callable[[Any], None]
    """`installed.serve(app)`: an `App`, or a WSGI or ASGI application, that answers for it from now on."""

    def client(self, *, scopes: Iterable[str] | None = None) -> Portico:
        """The app itself, calling the API."""
        portico = Portico(base_url=self.config["PORTICO_BASE_URL"], http_client=self.http_client)
        return portico.installation(
            self.installation_id, client_id=self.client_id, client_secret=self.client_secret, scopes=scopes
        )


def read_manifest(source: Mapping[str, Any] | str | Path) -> dict[str, Any]:
    """A manifest, or the folder of a portico.toml, or that file. Raises ManifestUnreadable and OSError."""
    if isinstance(source, Mapping):
        return deepcopy(dict(source))
    path = Path(source)
    return manifests.read_folder(path if path.is_dir() else path.parent)


def manifest_of(app: App, key: str = "app_under_test") -> dict[str, Any]:
    """What this app would have to ask for, if it may do everything and shows its panels on pages of their own."""
    reason = "for the test"
    patterns = [pattern for pattern in app.event_patterns if pattern != "action.run"]
    made: dict[str, Any] = {
        "schema": 1,
        "app": {"key": key, "name": "App under test", "summary": "Lives for one test", "categories": ["support"]},
        "runtime": {"base_url": "http://localhost:1"},
        "access": {"scopes": [{"name": name, "reason": reason} for name in sorted(app_scopes() - _OF_PEOPLE)]},
        "lifecycle": {"url": "/lifecycle"},
    }
    if patterns:
        made["events"] = {"url": "/events", "types": patterns}
    places = ["command", "agent", "ticket.panel", "contact.panel"]
    made["actions"] = [
        {"key": name, "title": name, "url": f"/actions/{name}", "places": places} for name in app.action_keys
    ]
    made["surfaces"] = [
        *({"key": name, "place": "portal.page", "title": name, "url": f"/panels/{name}"} for name in app.panel_keys),
        *({"key": name, "place": "home.card", "title": name, "url": f"/cards/{name}"} for name in app.card_keys),
    ]
    return {name: table for name, table in made.items() if table != []}


def register_and_install(
    developer: Actor,
    admin: Actor,
    manifest: dict[str, Any],
    base_url: str,
    *,
    grant: Iterable[str],
    options: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The app and its installation. Raises ValueError with what the manifest lacks, and what installing refuses."""
    _move(manifest, base_url)
    findings = manifests.check(manifest)
    if findings:
        raise ValueError("\n".join(f"{one.path}: {one.message} {one.mending}".strip() for one in findings))
    with writing(developer):
        app = catalogue.register_app(developer, manifest)
    required = manifests.scope_names(manifest, "scopes")
    with writing(admin):
        scopes = sorted({*required, *grant})
        installed = installations.install(admin, app["key"], granted_scopes=scopes, **options)
    return app, installed


def _move(manifest: dict[str, Any], base_url: str) -> None:
    """To where the app is in this test, and with it where people come back to after the consent."""
    runtime = manifest.setdefault("runtime", {})
    before, runtime["base_url"] = f"{runtime.get('base_url', '')}/", base_url
    if uris := manifest.get("oauth", {}).get("redirect_uris"):
        moved = [f"{base_url}/{one.removeprefix(before)}" if one.startswith(before) else one for one in uris]
        manifest["oauth"]["redirect_uris"] = moved


def served(app: App, manifest: Mapping[str, Any]) -> Any:
    """A WSGI application with the paths of the manifest."""
    surfaces = {row["key"]: row["url"] for row in manifest.get("surfaces", ())}
    actions = {row["key"]: row["url"] for row in manifest.get("actions", ())}
    return application(
        app,
        events=manifest.get("events", {}).get("url", "/events"),
        lifecycle=manifest.get("lifecycle", {}).get("url", "/lifecycle"),
        actions=actions,
        panels={key: surfaces[key] for key in app.panel_keys if key in surfaces},
        cards={key: surfaces[key] for key in app.card_keys if key in surfaces},
    )
