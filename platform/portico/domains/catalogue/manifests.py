"""Reading a manifest: the check that developers run themselves, and what it declares, in the platform's words."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from portico import settings
from portico.domains.catalogue import json_lines
from portico.kernel.errors import FieldError
from portico.kernel.events import EVENT_TYPES
from portico.kernel.scopes import app_scopes
from portico.kernel.slots import SLOTS
from portico.kernel.text import N_
from portico_sdk import filters
from portico_sdk import manifest as sdk

Manifest = Mapping[str, Any]

digest = sdk.digest
Finding = sdk.Finding
filter_matches = filters.matches
wrong_in_filter = filters.wrong
check_listing = sdk.check_listing
ManifestUnreadable = sdk.ManifestUnreadable
_PLACE = "{}"
_IN_WORDS = frozenset({"wrong_type", "event_filter"})
"""Rules whose detail is a text; of the others it is a name or a number."""
APP_KEY = re.compile(r"[a-z][a-z0-9_-]{1,39}")
KINDS = {
    "scopes": N_("Required permissions"),
    "optional_scopes": N_("Optional permissions"),
    "user_scopes": N_("Permissions of people"),
    "egress": N_("Hosts that get data"),
    "surfaces": N_("Pages and panels"),
    "actions": N_("Actions"),
    "events": N_("Events"),
    "properties": N_("Properties"),
    "settings": N_("Settings"),
}
"""What a deployment can change, in words."""
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_TOML_PLACE = re.compile(r" \(at .*\)$")
_TOO_DEEP = N_("It is nested too deep.")
_NO_TABLE = N_("A manifest is a table.")
# Python reads whole numbers of at most 4,300 digits.
_TOO_LONG = N_("A number in it is too long.")


def in_development() -> bool:
    """Whether plain http on this machine is an address that an app may have."""
    return settings.current().mode != "production"


def check(manifest: Manifest) -> list[sdk.Finding]:
    """All that is wrong with a manifest: where, what, and how to mend it."""
    registry = sdk.Registry(
        scopes=app_scopes(),
        events=frozenset(kind.name for kind in EVENT_TYPES),
        places=frozenset(slot.place for slot in SLOTS),
    )
    return sdk.check(manifest, registry=registry, development=in_development())


def said(found: Finding, translate: Callable[[str], str]) -> tuple[str, str]:
    """What a finding says is wrong, and how to mend it, in the reader's language."""
    message, mending = sdk.SENTENCES.get(found.rule, (found.message, found.mending))
    detail = translate(found.detail) if found.rule in _IN_WORDS else found.detail
    filled = translate(found.hint).replace(_PLACE, detail)
    return translate(message).replace(_PLACE, filled), translate(mending).replace(_PLACE, filled)


def words_of_findings() -> Iterator[str]:
    """All that `said` may translate."""
    for sentences in sdk.SENTENCES.values():
        yield from sentences
    for _severity, message, mending in sdk.LISTING_SENTENCES.values():
        yield from (message, mending)
    yield from (*sdk.HINTS, *sdk.KINDS, *filters.SENTENCES)


def findings(manifest: Manifest, prefix: str = "/manifest") -> list[FieldError]:
    """All that is wrong with a manifest; pointers begin with `prefix`."""
    return [
        FieldError(prefix + each.path, each.rule, f"{each.message} {each.mending}".strip()) for each in check(manifest)
    ]


def read_folder(folder: Path) -> dict[str, Any]:
    """The manifest of a folder with its README and icon read in, without screenshots.

    Raises ManifestUnreadable and OSError.
    """
    manifest, wrong = sdk.with_files(sdk.load_toml(folder / "portico.toml"), folder)
    if wrong:
        raise ManifestUnreadable("; ".join(f"{each.path}: {each.message}" for each in wrong))
    return sdk.without_files(manifest)


def localised(text: Any, locale: str | None) -> str:
    """A manifest's text in the reader's language: the locale, its language, else English."""
    if not isinstance(text, Mapping):
        return str(text or "")
    language, _, rest = (locale or "en").replace("_", "-").partition("-")
    # `zh-Hans-CN` finds `zh-CN`, as manifests write it, and `zh-Hans`.
    for name in (f"{language}-{rest}", *(f"{language}-{part}" for part in reversed(rest.split("-"))), language):
        if name in text:
            return str(text[name])
    return str(text.get("en", ""))


def access(manifest: Manifest, group: str) -> list[dict[str, Any]]:
    """`[access]`: the rows of `scopes`, `optional_scopes`, `user_scopes` or `egress`."""
    return list(manifest.get("access", {}).get(group, ()))


def scope_names(manifest: Manifest, group: str) -> list[str]:
    return [row["name"] for row in access(manifest, group)]


def all_scopes(manifest: Manifest) -> list[str]:
    """The most that an installation of this version can be granted."""
    return sorted({*scope_names(manifest, "scopes"), *scope_names(manifest, "optional_scopes")})


def surfaces(manifest: Manifest) -> list[dict[str, Any]]:
    return list(manifest.get("surfaces", ()))


def actions(manifest: Manifest) -> list[dict[str, Any]]:
    return list(manifest.get("actions", ()))


def kept_actions(manifest: Manifest) -> list[dict[str, Any]]:
    """Actions as they stand beside the manifest: the fields of their input as rows, since the database does not keep
    the order of names."""
    return [
        {**row, "input": [{"name": name, **field} for name, field in row.get("input", {}).items()]}
        for row in actions(manifest)
    ]


def event_patterns(manifest: Manifest) -> list[str]:
    return list(manifest.get("events", {}).get("types", ()))


def event_choices(manifest: Manifest) -> dict[str, Any]:
    """What `[events]` chooses beside its types: signatures, how much of an event comes, which ones, in which order."""
    given = manifest.get("events", {})
    return {
        "signatures": given.get("signatures", ["v1"]),
        "payload": given.get("payload", "full"),
        "filter": given.get("filter"),
        "skip_own": given.get("skip_own", False),
        "order": given.get("order", "parallel"),
        "coalesce_seconds": given.get("coalesce_seconds", 0),
    }


def is_public_client(manifest: Manifest) -> bool:
    return bool(manifest.get("oauth", {}).get("client_type") == "public")


def base_url(manifest: Manifest) -> str:
    return str(manifest["runtime"]["base_url"]).rstrip("/")


def _named(manifest: Manifest) -> dict[str, dict[str, Any]]:
    """What a deployment can change, by kind and name."""
    return {
        "scopes": {row["name"]: row for row in access(manifest, "scopes")},
        "optional_scopes": {row["name"]: row for row in access(manifest, "optional_scopes")},
        "user_scopes": {row["name"]: row for row in access(manifest, "user_scopes")},
        "egress": {row["host"]: row for row in access(manifest, "egress")},
        "surfaces": {row["key"]: row for row in surfaces(manifest)},
        "actions": {row["key"]: row for row in actions(manifest)},
        "events": dict.fromkeys(event_patterns(manifest), event_choices(manifest)),
        "properties": {f"{row['object']}.{row['key']}": row for row in manifest.get("properties", ())},
        "settings": dict(manifest.get("settings", {})),
    }


def difference(before: Manifest, after: Manifest) -> dict[str, dict[str, list[str]]]:
    """By kind, the names that were added, removed and changed; kinds without any are left out."""
    old, new = _named(before), _named(after)
    answer = {}
    for kind in new:
        moved = {
            "added": sorted(new[kind].keys() - old[kind].keys()),
            "removed": sorted(old[kind].keys() - new[kind].keys()),
            "changed": sorted(n for n in new[kind].keys() & old[kind].keys() if new[kind][n] != old[kind][n]),
        }
        if any(moved.values()):
            answer[kind] = moved
    return answer


def parse(source: str) -> dict[str, Any]:
    """A manifest as people paste it: JSON when it begins with a brace, else TOML. Raises ManifestUnreadable."""
    if source.lstrip().startswith("{"):
        return _parse_json(source)
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        message = _TOML_PLACE.sub("", str(error))
        raise sdk.ManifestUnreadable(f"{message}.", int(found[1]) if found else None) from error
    except RecursionError as error:
        raise sdk.ManifestUnreadable(_TOO_DEEP) from error
    except ValueError as error:
        raise sdk.ManifestUnreadable(_TOO_LONG) from error


def _parse_json(source: str) -> dict[str, Any]:
    try:
        read = json.loads(source)
    except json.JSONDecodeError as error:
        raise sdk.ManifestUnreadable(f"{error.msg}.", error.lineno) from error
    except RecursionError as error:
        raise sdk.ManifestUnreadable(_TOO_DEEP) from error
    except ValueError as error:
        raise sdk.ManifestUnreadable(_TOO_LONG) from error
    if not isinstance(read, dict):
        raise sdk.ManifestUnreadable(_NO_TABLE)
    return read


def line_of(source: str, path: str) -> int | None:
    """The line of a finding in what was pasted."""
    return json_lines.line_of(source, path) if source.lstrip().startswith("{") else sdk.line_of(source, path)


_COMPARED = ("app", "runtime", "oauth", "lifecycle")


def changed_fields(before: Manifest, after: Manifest) -> list[tuple[str, Any, Any]]:
    """(path, before, after) of what a person wrote by hand and `difference` does not name; None where there was, or is,
    nothing. Lists count whole."""
    old, new = _leaves(before), _leaves(after)
    return [
        (path, old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _leaves(manifest: Manifest) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(path: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                walk(f"{path}.{name}" if path else str(name), inner)
        else:
            found[path] = value

    walk("", {name: manifest[name] for name in _COMPARED if name in manifest})
    walk("events", {name: manifest.get("events", {}).get(name) for name in ("url",)})
    return found
