"""Screenshots of an app: files beside the manifest until they are uploaded, then the attachments that they became."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from portico_sdk.manifest._findings import Finding, finding, pointer

MOST_SCREENSHOTS = 6
LARGEST_SCREENSHOT = 1024 * 1024
_ENDINGS = {".png", ".jpg", ".jpeg", ".webp"}
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_UPLOADED = "att_"


def rows_of(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    app = manifest.get("app")
    rows = app.get("screenshots") if isinstance(app, Mapping) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def is_uploaded(row: Mapping[str, Any]) -> bool:
    return str(row.get("file", "")).startswith(_UPLOADED)


def place(index: int) -> str:
    return pointer("app", "screenshots", index, "file")


def wrong_names(manifest: Mapping[str, Any], is_file_name: Callable[[str], bool]) -> Iterator[Finding]:
    for index, row in enumerate(rows_of(manifest)):
        name = row.get("file")
        if not isinstance(name, str) or not name or is_uploaded(row):
            continue
        if not is_file_name(name):
            yield finding("file_path", place(index))
        elif PurePosixPath(name).suffix.lower() not in _ENDINGS:
            yield finding("screenshot_type", place(index))


def wrong_content(content: bytes, index: int) -> Finding | None:
    return None if content.startswith(_BEGINNINGS) else finding("screenshot_type", place(index))


def with_digest(row: dict[str, Any], content: bytes) -> None:
    """By its digest the next deployment knows a picture that is there already."""
    row["sha256"] = hashlib.sha256(content).hexdigest()


def without_files(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest without the screenshots that are not uploaded: for trying an app nobody needs them."""
    kept = [row for row in rows_of(manifest) if is_uploaded(row)]
    if "screenshots" not in manifest.get("app", {}):
        return dict(manifest)
    app = {name: value for name, value in manifest["app"].items() if name != "screenshots"}
    return {**manifest, "app": {**app, **({"screenshots": kept} if kept else {})}}


def uploaded(
    manifest: Mapping[str, Any], newest: Mapping[str, Any] | None, upload: Callable[[str], str]
) -> dict[str, Any]:
    """The manifest with attachments in place of files: those that the newest version has, the rest from `upload`."""
    known = {row["sha256"]: row["file"] for row in rows_of(newest or {}) if "sha256" in row}
    rows = [
        row if is_uploaded(row) else {**row, "file": known.get(row.get("sha256")) or upload(row["file"])}
        for row in rows_of(manifest)
    ]
    return {**manifest, "app": {**manifest["app"], "screenshots": rows}} if rows else dict(manifest)
