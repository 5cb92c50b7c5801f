"""The example apps in the demo: registered, published, installed, and given their credentials anew at each start."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue import service as catalogue_service
from portico.domains.installations import queries as installations
from portico.domains.installations import service as installations_service
from portico.kernel.actor import Actor
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.unit_of_work import unit
from portico.settings import Settings
from portico.up.early import examples
from portico.up.seed import Demo
from portico.up.supervisor import Program


@dataclass(frozen=True, slots=True)
class DemoApp:
    """An example app as it runs now."""

    key: str
    package: str
    folder: Path
    client_id: str
    client_secret: str
    signing_secret: str
    installation_id: str
    base_url: str
    portal_url: str
    data_dir: Path

    def config(self) -> dict[str, str]:
        return {
            "PORTICO_BASE_URL": self.portal_url,
            "PORTICO_CLIENT_ID": self.client_id,
            "PORTICO_CLIENT_SECRET": self.client_secret,
            "PORTICO_SIGNING_SECRET": self.signing_secret,
            "PORT": self.base_url.rpartition(":")[2],
            "DATA_DIR": str(self.data_dir),
        }


def prepare(demo: Demo, here: Settings, ports: tuple[int, ...], say: Callable[[str], None]) -> list[DemoApp]:
    """Bring every example app into the demo. A new client secret each time: only digests are kept."""
    folders = examples()
    if not folders:
        say("No apps_examples/ here: starting without example apps.")
    return [_one(demo, here, folder, port) for folder, port in zip(folders, ports, strict=True)]


def _one(demo: Demo, here: Settings, folder: Path, port: int) -> DemoApp:
    developer, admin = demo.actors["developer"], demo.actors["admin"]
    manifest = manifests.read_folder(folder)
    key = manifest["app"]["key"]
    base_url = f"http://localhost:{port}"
    with unit(demo.workspace_id, write=True):
        app = _known(developer, key) or catalogue_service.register_app(developer, manifest)
        app_id = app["id"]
        catalogue_service.update_app(developer, app_id, visibility="public")
        catalogue_service.override_base_url(developer, app_id, base_url)
        if manifests.digest(manifest) != manifests.digest(catalogue.newest_manifest(app_id)):
            catalogue_service.create_version(developer, app_id, manifest)
        secret = _new_secret(developer, app_id)
        signing = catalogue.signing_secrets(app_id)[0]
    with unit(demo.workspace_id, write=True):
        installed = installations.live_installation(admin, app_id)
        if installed is None:
            installed = installations_service.install(admin, key)
        elif any(hold["side"] == "company" for hold in installed["holds"]):
            installed = installations_service.resume(admin, installed["id"])
    package = next(path.parent.name for path in folder.glob("*/__init__.py"))
    return DemoApp(
        key,
        package,
        folder,
        app["client_id"],
        secret,
        signing,
        installed["id"],
        base_url,
        here.public_url,
        here.home / "apps" / key,
    )


def _known(developer: Actor, key: str) -> dict[str, Any] | None:
    rows = catalogue.page_of_apps(developer, ListQuery(limit=MAX_LIMIT)).rows
    return next((row for row in rows if row["key"] == key), None)


def _new_secret(developer: Actor, app_id: str) -> str:
    """End the secrets of the starts before and make one: of those only digests are left."""
    olds = [row for row in catalogue.secrets_of(developer, app_id) if row.kind == "client_secret"]
    for old in olds:
        catalogue_service.end_client_secret(developer, app_id, old.id)
    return catalogue_service.create_client_secret(developer, app_id).client_secret


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
            return True
    except HTTPError:
        return True  # it speaks HTTP: the app is up
    except (URLError, OSError):
        return False


def program(apps: list[DemoApp]) -> Program:
    """One process for all of them."""
    content = {app.package: {"folder": str(app.folder), "config": app.config()} for app in apps}
    return Program(
        "apps",
        [sys.executable, "-m", "portico.up.apps"],
        {"PORTICO_UP_APPS": json.dumps(content)},
        is_ready=lambda: all(_answers(app.base_url) for app in apps),
    )
