"""Which app the folder is: its manifest, checked, and what the server knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portico_sdk.cli import _profiles
from portico_sdk.cli._connection import Problem
from portico_sdk.client import Portico
from portico_sdk.errors import APIError, PermissionDeniedError
from portico_sdk.models import RegisteredApp

NOT_INSTALLED = "app_not_installed"


def manifest_in(path: Path, *, development: bool = True, screenshots: bool = False) -> tuple[Path, dict[str, Any]]:
    """The folder and its manifest, with the texts of the files that it names; `screenshots` are left out unless asked
    for, since they must be uploaded. Raises Problem with every finding."""
    from portico_sdk import manifest

    file = path / "portico.toml" if path.is_dir() else path
    try:
        content = manifest.load_toml(file)
    except OSError as error:
        raise Problem(f"{file}: {error.strerror}. `portico-app new NAME` makes one.", 2) from error
    except manifest.ManifestUnreadable as error:
        raise Problem(f"{file}:{error.line or 1}: {error}", 2) from error
    whole, missing = manifest.with_files(content, file.parent)
    found = [*manifest.check(whole, development=development), *missing]
    wrong = [finding for finding in found if finding.severity == "error"]
    if wrong:
        text = file.read_text(encoding="utf-8")
        lines = [f"{file}:{manifest.line_of(text, each.path)}: {each.message} {each.mending}" for each in wrong]
        raise Problem("\n".join(["The manifest has findings:", *lines]))
    return file.parent, whole if screenshots else manifest.without_files(whole)


def is_public(manifest: Mapping[str, Any]) -> bool:
    return bool(manifest.get("oauth", {}).get("client_type") == "public")


def find(client: Portico, key: str) -> RegisteredApp | None:
    """The own app of this key."""
    return next((app for app in client.apps.list() if app.key == key), None)


def require(client: Portico, key: str) -> RegisteredApp:
    """Raises Problem."""
    app = find(client, key)
    if app is None:
        raise Problem(f"You have no app {key!r} on {client.base_url}. `portico-app deploy` registers it.")
    return app


def is_missing(error: APIError) -> bool:
    return error.code == NOT_INSTALLED


def installation_of(client: Portico, app: RegisteredApp) -> str:
    """The app's installation in the workspace: as an admin sees it, else the one that `dev` used last, else the only
    one whose endpoint the person sees. Raises Problem."""
    try:
        return next(row.id for row in client.installations.list() if row.app_key == app.key)
    except (PermissionDeniedError, StopIteration):
        kept = _profiles.installation(client.base_url, app.id)
    seen = {row.installation_id for row in client.webhook_endpoints.list() if row.installation_id}
    if kept is not None:
        return kept
    if len(seen) != 1:
        raise Problem(f"Which installation of {app.key} is meant? Give --installation INS; the console shows it.", 2)
    found: str = seen.pop()
    return found


def with_known(client: Portico, app: RegisteredApp | None, whole: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with the screenshots that the newest version has already in place of their files."""
    from portico_sdk import manifest

    newest = client.apps.version(app.id, app.version.id).raw if app is not None and app.version is not None else {}
    return manifest.uploaded(whole, newest.get("manifest"), lambda name: name)


def with_uploads(client: Portico, folder: Path, whole: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with the other screenshots uploaded."""
    from portico_sdk import manifest

    return manifest.uploaded(whole, None, lambda name: client.attachments.upload(folder / name).id)


def is_newest(client: Portico, app: RegisteredApp, manifest: Mapping[str, Any]) -> bool:
    """Whether the newest version on the server has just this manifest."""
    from portico_sdk.manifest import digest

    newest = client.apps.version(app.id, app.version.id) if app.version is not None else None
    return newest is not None and newest.digest == digest(manifest)
