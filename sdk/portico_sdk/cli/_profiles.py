"""Where `portico-app login` keeps its tokens: one file for its owner alone, a profile for each server."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import fcntl

FILE = "profiles.json"
INSTALLATIONS = "installations.json"


@dataclass(frozen=True)
class Profile:
    """One server and who is signed in there."""

    base_url: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    """Seconds since 1970."""
    workspace: str = ""
    person: str = ""


def folder() -> Path:
    """`PORTICO_CONFIG_HOME`, else `portico` where the person's programs keep their settings."""
    given = os.environ.get("PORTICO_CONFIG_HOME")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "portico"


def find(base_url: str | None) -> Profile | None:
    """The profile of a server; without one, the profile of the last login."""
    content = _read()
    found = content["profiles"].get(base_url or content["current"])
    return Profile(**found) if found is not None else None


def keep(profile: Profile, *, current: bool = False) -> None:
    content = _read()
    content["profiles"][profile.base_url] = asdict(profile)
    if current or content["current"] is None:
        content["current"] = profile.base_url
    write_private(folder() / FILE, content)


def forget(base_url: str) -> None:
    content = _read()
    content["profiles"].pop(base_url, None)
    if content["current"] == base_url:
        content["current"] = next(iter(content["profiles"]), None)
    write_private(folder() / FILE, content)


@contextmanager
def locked() -> Iterator[None]:
    """One process at a time: a refresh token is good for one use."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (place / ".lock").open("w") as handle:
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_private(path: Path, content: Mapping[str, Any]) -> None:
    """As JSON, readable by its owner alone from the first byte; whole, or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # 0600 by itself
    with os.fdopen(number, "w", encoding="utf-8") as handle:
        json.dump(content, handle, indent=2)
    Path(name).replace(path)


def _read() -> dict[str, Any]:
    try:
        content = json.loads((folder() / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        content = {}
    return {"current": content.get("current"), "profiles": dict(content.get("profiles", {}))}


def keep_installation(base_url: str, app_id: str, installation_id: str) -> None:
    """What `dev` ran last, so that others know which installation is meant."""
    content = _installations()
    content[f"{base_url} {app_id}"] = installation_id
    write_private(folder() / INSTALLATIONS, content)


def installation(base_url: str, app_id: str) -> str | None:
    return _installations().get(f"{base_url} {app_id}")


def _installations() -> dict[str, str]:
    try:
        return dict(json.loads((folder() / INSTALLATIONS).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}
