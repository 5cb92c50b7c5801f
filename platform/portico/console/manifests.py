"""Manifests as people paste them: read, checked, with every finding at its line."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from portico.domains.catalogue import manifests
from portico.kernel.text import N_
from portico.web.forms import Form

LONGEST = 200_000
LARGEST_ICON = 256 * 1024
ICON_KINDS = {"png": "image/png", "svg": "image/svg+xml", "webp": "image/webp"}
_UNREADABLE = N_("This is neither TOML nor JSON that can be read.")


class Manifest(Form):
    """The manifest, and the two files that it may name."""

    source = TextAreaField(
        lazy_gettext("Manifest"),
        [InputRequired(), Length(max=LONGEST)],
        description=lazy_gettext("As TOML, or as JSON when it begins with a brace."),
        render_kw={"rows": 24, "spellcheck": "false", "autocomplete": "off", "data-source": ""},
    )
    description = FileField(
        lazy_gettext("Description"), description=lazy_gettext("A Markdown file, if the manifest names one.")
    )
    icon = FileField(
        lazy_gettext("Icon"),
        description=lazy_gettext("PNG, SVG or WebP of at most 256 KiB, if the manifest names one."),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """One finding as the page shows it."""

    path: str
    line: int | None
    message: str
    mending: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was pasted: the manifest, or what is wrong with it."""

    manifest: dict[str, Any] | None
    findings: list[Found]
    unread: frozenset[str] = frozenset()
    """Where it names files that were not looked at."""

    @property
    def good(self) -> bool:
        return self.manifest is not None and not self.findings


def read(source: str, *, with_files: bool = True) -> Reading:
    """Parse, put the uploaded files in, and check. Without the files, those that the manifest names count as good."""
    try:
        manifest = manifests.parse(source)
    except manifests.ManifestUnreadable as error:
        return Reading(None, [Found("", error.line, gettext(_UNREADABLE), gettext(str(error)))])
    missing, unread = (_put_files_in(manifest), frozenset[str]()) if with_files else ([], _leave_files_out(manifest))
    found = [
        Found(each.path, manifests.line_of(source, each.path), *manifests.said(each, gettext))
        for each in manifests.check(manifest)
    ]
    return Reading(manifest, [*missing, *found], unread)


def _leave_files_out(manifest: dict[str, Any]) -> frozenset[str]:
    app = manifest.get("app")
    if not isinstance(app, dict):
        return frozenset()
    named = {"description": _is_description_file, "icon": _is_icon_file}
    files = [key for key, is_file in named.items() if is_file(app.get(key))]
    for key in files:
        del app[key]
    return frozenset(f"/app/{key}" for key in files)


def _is_description_file(name: Any) -> bool:
    if isinstance(name, dict):
        return any(_is_description_file(text) for text in name.values())
    return isinstance(name, str) and "\n" not in name and name.lower().endswith(".md")


def _is_icon_file(name: Any) -> bool:
    return isinstance(name, str) and not name.startswith("data:")


def _put_files_in(manifest: dict[str, Any]) -> list[Found]:
    """`description = "README.md"` and `icon = "icon.png"` stand for the files beside them, which were uploaded."""
    app = manifest.get("app")
    if not isinstance(app, dict):
        return []
    return [finding for finding in (_put_description(app), _put_icon(app)) if finding is not None]


def _absent(path: str, name: Any) -> Found:
    message = gettext("The manifest names the file %(name)s, which was not added.", name=name)
    return Found(path, None, message, gettext("Add the file below, or leave the key out."))


def _put_description(app: dict[str, Any]) -> Found | None:
    name = app.get("description")
    if not _is_description_file(name):
        return None
    if isinstance(name, dict):
        message = gettext("Here one file can be added, and the manifest names one for each language.")
        return Found(
            "/app/description", None, message, gettext("Write the texts themselves, or deploy from the folder.")
        )
    file = request.files.get("description")
    if file is None or not file.filename:
        return _absent("/app/description", name)
    app["description"] = file.read(LONGEST).decode(errors="replace")
    return None


def _put_icon(app: dict[str, Any]) -> Found | None:
    name = app.get("icon")
    if not _is_icon_file(name):
        return None
    file = request.files.get("icon")
    if file is None or not file.filename:
        return _absent("/app/icon", name)
    kind = ICON_KINDS.get(file.filename.rpartition(".")[2].lower())
    content = file.read(LARGEST_ICON + 1)
    if kind is None or len(content) > LARGEST_ICON:
        message = gettext("This file is not an icon, or is larger than 256 KiB.")
        return Found("/app/icon", None, message, gettext("Use a PNG, SVG or WebP file."))
    app["icon"] = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    return None
