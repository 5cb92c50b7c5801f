"""What a review asks of a manifest besides being right: that people can read what it is and whom to ask.

An error holds the review up, a warning does not. The platform's robot finds the very same.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from portico_sdk.manifest._findings import Finding, pointer

SMALLEST_ICON = 64
_PNG = re.compile(r"data:image/png;base64,(.+)", re.DOTALL)
_PNG_START = b"\x89PNG\r\n\x1a\n"
_LOCAL = ("localhost", ".local", ".internal", ".lan", ".home.arpa", ".test", ".invalid", ".localhost")
LISTING_SENTENCES: Mapping[str, tuple[str, str, str]] = {
    "listing_description": (
        "error",
        "There is no description.",
        'Add description = "README.md": what the app does, for whom, and what it needs.',
    ),
    "listing_icon": ("error", "There is no icon.", 'Add icon = "icon.png", square, 256 pixels wide.'),
    "icon_size": ("error", "The icon is not square, or is smaller than 64 pixels.", "Draw it square, 256 pixels wide."),
    "icon_content": ("error", "The icon is not what its type says.", "Save it as PNG, SVG or WebP anew."),
    "listing_support": ("error", "There is no address for help.", "Add support_url, where people can ask you."),
    "listing_privacy": (
        "error",
        "There is no privacy statement.",
        "Add privacy_url: which data you keep, where, and for how long.",
    ),
    "listing_chinese": (
        "warning",
        "The Chinese text is missing.",
        'Write a table with en and "zh-CN", so that people read it in their language.',
    ),
    "listing_screenshots": (
        "warning",
        "There are no screenshots.",
        'Add [[app.screenshots]] with file = "screenshots/home.png" and alt, what it shows in words.',
    ),
    "egress_local": (
        "error",
        "This host is not on the public internet.",
        "Name the host that gets the data, as the whole world knows it.",
    ),
    "egress_twice": ("error", "This host is named already.", "Leave it once, with both purposes."),
    "redirect_insecure": (
        "warning",
        "This redirect address is not https.",
        "Use https; plain http is for a client on the person's own machine alone.",
    ),
}
LISTING_RULES = tuple(LISTING_SENTENCES)


def check_listing(manifest: Mapping[str, Any]) -> list[Finding]:
    """What a review finds in a manifest that `check` has nothing against. `icon` and `description` are read in."""
    app = manifest.get("app", {})
    return [*_missing(app), *_icon(app.get("icon")), *_languages(app), *_egress(manifest), *_redirects(manifest)]


def _finding(rule: str, *place: str | int) -> Finding:
    severity, message, mending = LISTING_SENTENCES[rule]
    return Finding(rule, pointer(*place), message, mending, severity)


def _missing(app: Mapping[str, Any]) -> Iterator[Finding]:
    for key, rule in (
        ("description", "listing_description"),
        ("icon", "listing_icon"),
        ("support_url", "listing_support"),
        ("privacy_url", "listing_privacy"),
        ("screenshots", "listing_screenshots"),
    ):
        if not app.get(key):
            yield _finding(rule, "app", key)


def _icon(icon: Any) -> Iterator[Finding]:
    """The size of a PNG stands in its first bytes (PNG, section 11.2.1)."""
    found = _PNG.fullmatch(icon) if isinstance(icon, str) else None
    if found is None:
        return
    try:
        content = base64.b64decode(found[1], validate=True)
    except binascii.Error:
        content = b""
    if len(content) < 24 or not content.startswith(_PNG_START):
        yield _finding("icon_content", "app", "icon")
        return
    width, height = struct.unpack(">II", content[16:24])
    if width != height or width < SMALLEST_ICON:
        yield _finding("icon_size", "app", "icon")


def _languages(app: Mapping[str, Any]) -> Iterator[Finding]:
    for key in ("name", "summary"):
        text = app.get(key)
        if not isinstance(text, Mapping) or not any(str(language).startswith("zh") for language in text):
            yield _finding("listing_chinese", "app", key)


def _egress(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, row in enumerate(manifest.get("access", {}).get("egress", ())):
        host = str(row.get("host", "")).lower().removeprefix("*.")
        if _is_local(host):
            yield _finding("egress_local", "access", "egress", place, "host")
        if host in seen:
            yield _finding("egress_twice", "access", "egress", place, "host")
        seen.add(host)


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return "." not in host or host.endswith(_LOCAL)


def _redirects(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    oauth = manifest.get("oauth", {})
    if oauth.get("client_type") == "public":
        return
    for place, uri in enumerate(oauth.get("redirect_uris", ())):
        if str(uri).startswith("http://"):
            yield _finding("redirect_insecure", "oauth", "redirect_uris", place)
