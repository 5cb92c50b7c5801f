"""From the disk: portico.toml, and the files that it names."""

from __future__ import annotations

import base64
import copy
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portico_sdk.manifest import _screenshots as screenshots
from portico_sdk.manifest._findings import Finding, finding
from portico_sdk.manifest._rules import ICON_TYPES, is_file_name

LARGEST_ICON = 256 * 1024
LARGEST_DESCRIPTION = 50_000
"""Bytes."""


class ManifestUnreadable(ValueError):
    """No TOML came out of the file; `line` counts from 1, where it is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def load_toml(path: str | Path) -> dict[str, Any]:
    """The manifest as it stands in the file. Raises `ManifestUnreadable`, or `OSError` if it is absent."""
    data = Path(path).read_bytes()
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ManifestUnreadable("This is not UTF-8.", line) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        message = re.sub(r" \(at .*\)$", "", str(error)) + "."
        raise ManifestUnreadable(message, int(found[1]) if found else None) from error


def with_files(manifest: Mapping[str, Any], folder: str | Path) -> tuple[dict[str, Any], list[Finding]]:
    """The manifest as the API takes it: `description` as Markdown, in each of its languages, and `icon` as a data URI.

    A file that cannot be taken becomes a finding, and its key is left out.
    """
    whole = copy.deepcopy(dict(manifest))
    app = whole.get("app")
    if not isinstance(app, dict):
        return whole, []
    icon = _icon(app, Path(folder)) if isinstance(app.get("icon"), str) else None
    if icon is not None:
        del app["icon"]
    found = [*_description(app, Path(folder)), *_screenshots(whole, Path(folder))]
    return whole, [*found, *([icon] if icon is not None else [])]


def _screenshots(whole: dict[str, Any], folder: Path) -> list[Finding]:
    """They stay names of files, since pictures are uploaded by themselves; a wrong one takes them all away."""
    found = []
    for index, row in enumerate(screenshots.rows_of(whole)):
        if screenshots.is_uploaded(row) or not isinstance(row.get("file"), str):
            continue
        content = _content(row["file"], screenshots.place(index), folder, screenshots.LARGEST_SCREENSHOT)
        problem = content if isinstance(content, Finding) else screenshots.wrong_content(content, index)
        if problem is not None:
            found.append(problem)
        elif isinstance(content, bytes):
            screenshots.with_digest(row, content)
    if found:
        del whole["app"]["screenshots"]
    return found


def _description(app: dict[str, Any], folder: Path) -> list[Finding]:
    given = app.get("description")
    if isinstance(given, str):
        found = [_markdown(app, "description", "/app/description", folder)]
    elif isinstance(given, dict):
        found = [_markdown(given, language, f"/app/description/{language}", folder) for language in list(given)]
    else:
        found = []
    return [each for each in found if each is not None]


def _markdown(texts: dict[str, Any], key: str, path: str, folder: Path) -> Finding | None:
    """A text that names a file becomes what the file holds; without the file it is left out."""
    name = texts[key]
    if not isinstance(name, str) or not name.lower().endswith(".md") or "\n" in name:
        return None
    content = _content(name, path, folder, LARGEST_DESCRIPTION)
    if isinstance(content, Finding):
        del texts[key]
        return content
    texts[key] = content.decode(errors="replace")
    return None


def _icon(app: dict[str, Any], folder: Path) -> Finding | None:
    name = app["icon"]
    if name.startswith("data:"):
        return None
    media_type = ICON_TYPES.get(Path(name).suffix.lower())
    if media_type is None:
        return finding("icon_type", "/app/icon")
    content = _content(name, "/app/icon", folder, LARGEST_ICON)
    if isinstance(content, Finding):
        return content
    app["icon"] = f"data:{media_type};base64,{base64.b64encode(content).decode()}"
    return None


def _content(name: str, path: str, folder: Path, largest: int) -> bytes | Finding:
    if not is_file_name(name):
        return finding("file_path", path)
    file = folder / name
    if not file.is_file():
        return finding("file_missing", path, name)
    if file.stat().st_size > largest:
        return finding("file_too_large", path, str(largest))
    return file.read_bytes()
