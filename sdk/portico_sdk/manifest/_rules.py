"""What the schema cannot see: names that have to exist, keys that have to differ, parts that need others.

These rules look at a manifest that may still be wrong elsewhere, so each takes only what has the right shape.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Protocol
from urllib.parse import urlsplit

from portico_sdk._globs import matches
from portico_sdk.manifest._fields import LOOPBACK, is_origin
from portico_sdk.manifest._findings import KNOWN, Finding, finding, nearest, pointer
from portico_sdk.manifest._screenshots import wrong_names

PERSON_SCOPES = frozenset({"openid", "profile", "email"})
"""These say who somebody is, so nobody but that person can grant them."""

_CLOSE = 0.5
ACTION_PLACES = frozenset({"command", "agent", "flow"})
CARD_PLACES = frozenset({"home.card"})
PAGE_PLACES = frozenset({"portal.page", "settings"})
ICON_TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".webp": "image/webp"}
_ICON = re.compile(r"data:(image/png|image/svg\+xml|image/webp);base64,([A-Za-z0-9+/]+={0,2})\Z")


class Names(Protocol):
    @property
    def scopes(self) -> Collection[str]: ...
    @property
    def events(self) -> Collection[str]: ...
    @property
    def places(self) -> Collection[str]: ...


Manifest = Mapping[str, Any]


def cross_findings(manifest: Manifest, registry: Names, development: bool) -> list[Finding]:
    return [
        *_base_url(manifest, development),
        *_redirect_uris(manifest),
        *_files(manifest),
        *_scopes(manifest, registry.scopes),
        *_events(manifest, registry.events),
        *_places(manifest, registry.places),
        *_sizes(manifest),
        *_duplicates(manifest),
        *_options(manifest),
    ]


def _get(manifest: Any, *names: str) -> Any:
    for name in names:
        manifest = manifest.get(name) if isinstance(manifest, dict) else None
    return manifest


def _rows(manifest: Manifest, *names: str) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    rows = _get(manifest, *names)
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            yield (*names, index), row


def _texts(value: Any) -> Iterator[tuple[int, str]]:
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, str):
            yield index, item


def _base_url(manifest: Manifest, development: bool) -> Iterator[Finding]:
    url = _get(manifest, "runtime", "base_url")
    if not isinstance(url, str) or not url or is_origin(url, schemes={"https"}):
        return
    local = is_origin(url, schemes={"http"}) and urlsplit(url).hostname in LOOPBACK
    if not (local and development):
        yield finding("base_url_development" if local else "base_url", "/runtime/base_url")


def _redirect_uris(manifest: Manifest) -> Iterator[Finding]:
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        for index, uri in _texts(_get(manifest, "oauth", name)):
            secure = is_origin(uri.partition("?")[0], schemes={"https"}, path_allowed=True)
            plain = is_origin(uri.partition("?")[0], schemes={"http"}, path_allowed=True)
            if "#" in uri or not (secure or (plain and urlsplit(uri).hostname in LOOPBACK)):
                yield finding("redirect_uri", pointer("oauth", name, index))


def is_file_name(value: str) -> bool:
    """A relative path that stays below the manifest's folder."""
    parts = PurePosixPath(value).parts
    return bool(parts) and not value.startswith("/") and ".." not in parts and "\\" not in value and ":" not in value


def _files(manifest: Manifest) -> Iterator[Finding]:
    """`icon` is a file or, over the API, a data URI. `description` is a file or the Markdown itself."""
    yield from wrong_names(manifest, is_file_name)
    icon = _get(manifest, "app", "icon")
    if not isinstance(icon, str) or not icon:
        return
    if icon.startswith("data:"):
        if not _is_icon(icon):
            yield finding("icon_type", "/app/icon")
    elif not is_file_name(icon):
        yield finding("file_path", "/app/icon")
    elif PurePosixPath(icon).suffix.lower() not in ICON_TYPES:
        yield finding("icon_type", "/app/icon")


def _is_icon(uri: str) -> bool:
    found = _ICON.match(uri)
    try:
        return found is not None and bool(base64.b64decode(found[2], validate=True))
    except binascii.Error:
        return False


def _scopes(manifest: Manifest, known: Collection[str]) -> Iterator[Finding]:
    seen: set[tuple[bool, str]] = set()
    for group in ("scopes", "optional_scopes", "user_scopes"):
        for place, row in _rows(manifest, "access", group):
            name, path, personal = row.get("name"), pointer(*place, "name"), group == "user_scopes"
            if not isinstance(name, str) or not name:
                continue
            if name not in known:
                yield finding("unknown_scope", path, *nearest(name, known, _CLOSE, KNOWN))
            elif name in PERSON_SCOPES and not personal:
                yield finding("user_scope", path)
            if (personal, name) in seen:
                yield finding("scope_twice", path)
            seen.add((personal, name))


def _events(manifest: Manifest, known: Collection[str]) -> Iterator[Finding]:
    events = _get(manifest, "events")
    types = list(_texts(_get(manifest, "events", "types")))
    for index, pattern in types:
        if not any(matches(pattern, name) for name in known):
            yield finding("unknown_event", pointer("events", "types", index), *nearest(pattern, known, _CLOSE, KNOWN))
    signatures = [name for _, name in _texts(_get(manifest, "events", "signatures"))]
    if signatures and "v1" not in signatures:
        yield finding("v1_missing", "/events/signatures")
    by_stream = _get(manifest, "runtime", "delivery") == "stream"
    if types and "url" not in events and not by_stream:
        yield finding("events_url_missing", "/events/url")


def _places(manifest: Manifest, known: Collection[str]) -> Iterator[Finding]:
    for place, row in _rows(manifest, "surfaces"):
        if isinstance(row.get("place"), str):
            yield from _place(row["place"], pointer(*place, "place"), known, "surface_place", _for_surfaces)
    for place, row in _rows(manifest, "actions"):
        for index, name in _texts(row.get("places")):
            yield from _place(name, pointer(*place, "places", index), known, "action_place", _for_actions)


def _sizes(manifest: Manifest) -> Iterator[Finding]:
    for place, row in _rows(manifest, "surfaces"):
        if "size" in row and row.get("place") not in CARD_PLACES:
            yield finding("card_size", pointer(*place, "size"))


def _for_surfaces(place: str) -> bool:
    return place not in ACTION_PLACES


def _for_actions(place: str) -> bool:
    return place not in PAGE_PLACES


def _place(name: str, path: str, known: Collection[str], rule: str, fits: Callable[[str], bool]) -> Iterator[Finding]:
    if name not in known:
        yield finding("unknown_place", path, *nearest(name, known, _CLOSE, KNOWN))
    elif not fits(name):
        yield finding(rule, path, ", ".join(sorted(filter(fits, known))))


def _duplicates(manifest: Manifest) -> Iterator[Finding]:
    for group in ("surfaces", "actions", "properties"):
        seen: set[tuple[Any, str]] = set()
        for place, row in _rows(manifest, group):
            key, owner = row.get("key"), row.get("object") if group == "properties" else None
            if not isinstance(key, str) or not isinstance(owner, (str, type(None))):
                continue
            if owner is not None:
                key = key.replace("-", "_")  # as workspaces know it
            if (owner, key) in seen:
                yield finding("duplicate_key", pointer(*place, "key"))
            seen.add((owner, key))


def _options(manifest: Manifest) -> Iterator[Finding]:
    rows = list(_rows(manifest, "properties"))
    rows += [(("settings", name), row) for name, row in _tables(_get(manifest, "settings"))]
    for place, action in _rows(manifest, "actions"):
        rows += [((*place, "input", name), row) for name, row in _tables(action.get("input"))]
    for where, row in rows:
        if row.get("type") in ("select", "multiselect", "multi_select") and not row.get("options"):
            yield finding("options_missing", pointer(*where, "options"))


def _tables(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, row in (value if isinstance(value, dict) else {}).items():
        if isinstance(row, dict):
            yield name, row
