"""The check: all findings at once, from the schema and from what one key says about another."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields
from marshmallow.exceptions import SCHEMA

from portico_sdk import _registry
from portico_sdk.manifest._fields import In, ListOf, MapOf, OneOf, Table
from portico_sdk.manifest._findings import KNOWN_HERE, PLAIN, Finding, finding, nearest, pointer
from portico_sdk.manifest._rules import cross_findings
from portico_sdk.manifest._schema import ManifestTable

__all__ = ["Registry", "check", "digest", "of_schema", "ordered"]

Place = tuple[str | int, ...]
_CLOSE = 0.6


@dataclass(frozen=True)
class Registry:
    """What exists: the names that a manifest may use."""

    scopes: frozenset[str]
    events: frozenset[str]
    places: frozenset[str]


KNOWN = Registry(frozenset(_registry.SCOPES), frozenset(_registry.EVENTS), frozenset(_registry.PLACES))


def check(manifest: Mapping[str, Any], *, registry: Registry | None = None, development: bool = False) -> list[Finding]:
    """Every finding, in the order of the manifest's places; an empty list means that it may be released.

    `registry` is the platform's own when it checks; the default is the copy in this SDK. `development` lets
    `runtime.base_url` be http on this machine.
    """
    if not isinstance(manifest, dict):
        return [finding("wrong_type", "", "a table")]
    return ordered(
        manifest, [*of_schema(ManifestTable, manifest), *cross_findings(manifest, registry or KNOWN, development)]
    )


def of_schema(table: type[Table], value: Mapping[str, Any]) -> list[Finding]:
    """What the schema alone finds, and what could not be kept as JSON."""
    found = [_schema_finding(table, value, place, rule) for place, rule in _flat(table().validate(value), ())]
    return found + [finding("not_json", pointer(*place)) for place in _foreign(value, ())]


def ordered(value: Mapping[str, Any], found: Iterable[Finding]) -> list[Finding]:
    """Each finding once, in the order of the places."""
    unique = {(item.path, item.rule): item for item in found}
    return sorted(unique.values(), key=lambda item: _order(value, item.path))


def digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the manifest as canonical JSON: names sorted, no blanks, UTF-8."""
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _flat(messages: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """marshmallow's tree of errors as places and rules."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _flat(below, place if key == SCHEMA else (*place, key))
        return
    for rule in messages:
        yield place, rule


def _schema_finding(table: type[Table], value: Any, place: Place, rule: str) -> Finding:
    name, _, detail = rule.partition(":")
    hint = PLAIN
    if name == "unknown_key":
        detail, hint = nearest(str(place[-1]), _keys_at(table, value, place[:-1]), _CLOSE, KNOWN_HERE)
    return finding(name, pointer(*place), detail, hint)


def _keys_at(table: type[Table], value: Any, place: Place) -> list[str]:
    """The keys that the table at `place` may have."""
    field: Any = In(table)
    for part in place:
        field, value = _below(field, value, part), value[part]
    return sorted(_table(field, value)().fields)


def _below(field: fields.Field[Any], value: Any, part: str | int) -> fields.Field[Any]:
    if isinstance(field, ListOf):
        return field.inner
    if isinstance(field, MapOf):
        return In(field.table)
    return _table(field, value)().fields[str(part)]


def _table(field: Any, value: Any) -> type[Table]:
    table: type[Table] = field.table_of(value) if isinstance(field, OneOf) else field.nested
    return table


def _foreign(value: Any, place: Place) -> Iterator[Place]:
    """What cannot be kept: manifests are kept as JSON, which has no dates and no infinities."""
    if isinstance(value, dict):
        for key, below in value.items():
            if not _is_text(key):
                yield place
            yield from _foreign(below, (*place, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _foreign(below, (*place, index))
    elif not _has_json_form(value):
        yield place


def _has_json_form(value: Any) -> bool:
    if isinstance(value, str):
        return _is_text(value)
    return math.isfinite(value) if isinstance(value, float) else isinstance(value, (int, type(None)))


def _is_text(value: str) -> bool:
    """Half characters (lone surrogates) and NUL come through JSON escapes, and no database keeps them."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _order(whole: Mapping[str, Any], path: str) -> tuple[tuple[int, str], ...]:
    """Where `path` stands; what is missing comes behind what is there."""
    value: Any = whole
    order: list[tuple[int, str]] = []
    for part in path.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdigit():
            order.append((int(name), ""))
            value = value[int(name)]
        else:
            names = list(value) if isinstance(value, dict) else []
            order.append((names.index(name) if name in names else len(names), name))
            value = value.get(name) if isinstance(value, dict) else None
    return tuple(order)
