"""The kinds of events as the API tells them: what they are called, what it takes, and the form of their data."""

from __future__ import annotations

from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from portico.kernel.events import EVENT_TYPES, EventType
from portico.web.catalogues import translations

_LANGUAGES = {"en": "en", "zh-CN": "zh_Hans_CN"}


def event_types() -> list[dict[str, Any]]:
    """All that can be received, by name."""
    return [_described(kind.name) for kind in EVENT_TYPES]


@cache
def _described(name: str) -> dict[str, Any]:
    kind = EVENT_TYPES[name]
    return {
        "type": kind.name,
        "title": {tag: translations(locale).gettext(kind.title) for tag, locale in _LANGUAGES.items()},
        "resource": kind.resource,
        "version": kind.version,
        "scope": kind.scope,
        "batched": kind.batched,
        "schema": _schema(kind),
    }


def _schema(kind: EventType) -> dict[str, Any]:
    """JSON Schema without references: a schema without a name stands where it is used."""
    plugin = MarshmallowPlugin(schema_name_resolver=lambda schema: "")
    APISpec("", "", "3.1.0", plugins=[plugin])
    made: dict[str, Any] = plugin.converter.schema2jsonschema(kind.schema)  # type: ignore[union-attr]  # set by APISpec
    return made
