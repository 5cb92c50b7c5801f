"""The kinds of values in a manifest. Their error texts are rule names; `_findings` turns them into sentences.

A rule may carry a detail behind a colon: `too_long:60`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import RAISE, Schema, ValidationError, fields, types, validate
from marshmallow.exceptions import SCHEMA

from portico_sdk import filters

KEY = r"[a-z][a-z0-9_-]{1,39}"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?")
_AUTHORITY = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


class Table(Schema):
    """A table that knows all of its keys."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "unknown_key", "type": "wrong_type:a table"}  # noqa: RUF012  marshmallow's way


def _errors(expected: str) -> types.ErrorMessages:
    errors: types.ErrorMessages = {"required": "required"}
    for code in ("invalid", "null", "type", "invalid_utf8"):
        errors[code] = f"wrong_type:{expected}"
    return errors


class Line(fields.String):
    """Text of one kind: bounded, and never empty."""

    default_error_messages = _errors("text")

    def __init__(self, *validators: Callable[[str], object], limit: int = 200, **options: Any) -> None:
        self.limit = limit
        checks = [validate.Length(min=1, error="empty"), validate.Length(max=limit, error="too_long:{max}")]
        super().__init__(validate=[*checks, *validators], **options)


class Key(Line):
    """A name for machines, which never changes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate.Regexp(f"^{KEY}\\Z", error="key_format"), limit=40, **options)


class Choice(fields.String):
    default_error_messages = _errors("text")

    def __init__(self, *choices: str, **options: Any) -> None:
        super().__init__(validate=validate.OneOf(choices, error="choice:{choices}"), **options)


class Path(Line):
    """Where the app answers, below its base_url: a path, so that it can never be another host."""

    def __init__(self, **options: Any) -> None:
        below = validate.Regexp(r"^/(?!/)[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*\Z", error="path_format")
        super().__init__(below, limit=500, **options)


class Link(Line):
    """An address for people."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_https, limit=500, **options)


def _https(value: str) -> None:
    if not is_origin(value, schemes={"https"}, path_allowed=True):
        raise ValidationError("link_https")


def is_origin(value: str, *, schemes: set[str], path_allowed: bool = False) -> bool:
    """Whether `value` is scheme and host (and port), without user, path, query or fragment.

    Strict, because origins stand in Content-Security-Policy headers, where a stray `;` would be a directive.
    """
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  raises for a port that is none
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment) and _PRINTABLE.fullmatch(value) is not None
    bare = path_allowed or parts.path in {"", "/"}
    return parts.scheme in schemes and _AUTHORITY.fullmatch(parts.netloc) is not None and bare and plain


class Number(fields.Integer):
    default_error_messages = _errors("a whole number")

    def _validated(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Flag(fields.Boolean):
    default_error_messages = _errors("true or false")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class ListOf(fields.List[Any]):
    default_error_messages = _errors("a list")

    def __init__(self, inner: fields.Field[Any], *, limit: int = 200, **options: Any) -> None:
        self.limit = limit
        super().__init__(inner, validate=validate.Length(max=limit, error="too_many:{max}"), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **options) or []


class In(fields.Nested):
    """One table inside another."""

    default_error_messages = _errors("a table")


class TablesOf(ListOf):
    """`[[…]]`, or a list of inline tables."""

    def __init__(self, table: type[Table], **options: Any) -> None:
        super().__init__(In(table), **options)


class MapOf(fields.Field[dict[str, Any]]):
    """Names of the developer's choice, each with a table of the same kind."""

    default_error_messages = _errors("a table")

    def __init__(self, table: type[Table], **options: Any) -> None:
        self.table = table
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        found = {str(name): self._entry(str(name), entry) for name, entry in value.items()}
        if refused := {name: messages for name, messages in found.items() if messages}:
            raise ValidationError(refused)
        return value

    def _entry(self, name: str, entry: Any) -> Any:
        messages: Any = self.table().validate(entry) if isinstance(entry, dict) else ["wrong_type:a table"]
        return messages if messages or re.fullmatch(KEY, name) else ["key_format"]


class OneOf(fields.Field[dict[str, Any]]):
    """A table of one of several kinds; its `type` says which."""

    default_error_messages = _errors("a table")

    def __init__(self, tables: Mapping[str, type[Table]], **options: Any) -> None:
        self.tables = tables
        super().__init__(**options)

    def table_of(self, value: Any) -> type[Table]:
        return self.tables[value["type"]]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        kind = value.get("type")
        if kind is None:
            raise ValidationError({"type": ["required"]})
        if not isinstance(kind, str) or kind not in self.tables:
            raise ValidationError({"type": ["choice:" + ", ".join(self.tables)]})
        if refused := self.table_of(value)().validate(value):
            raise ValidationError(dict(refused))
        return value


class EventFilter(fields.Field[dict[str, Any]]):
    """Which events are wanted, by what stands in them: `portico_sdk.filters` says how it looks."""

    default_error_messages = _errors("a table")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        refused: dict[Any, Any] = {}
        for place, message in filters.wrong(value):
            below = refused
            for step in place:
                below = below.setdefault(step, {})
            below.setdefault(SCHEMA, []).append(f"event_filter:{message}")
        if refused:
            raise ValidationError(refused)
        return dict(value)


class Text(fields.Field[Any]):
    """Text for people: a string, which is English, or a table by language, in which `en` is required."""

    default_error_messages = _errors("text, or a table by language")

    def __init__(self, *, limit: int, **options: Any) -> None:
        self.limit = limit
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if isinstance(value, str):
            _refuse([*self._line(value)])
        elif isinstance(value, Mapping):
            self._table(value)
        else:
            raise self.make_error("invalid")
        return value

    def _table(self, value: Mapping[str, Any]) -> None:
        refused = {language: [*self._line(text, language)] for language, text in value.items()}
        refused = {language: rules for language, rules in refused.items() if rules}
        if "en" not in value:
            refused["en"] = ["english_missing"]
        _refuse(refused)

    def _line(self, text: Any, language: str = "en") -> list[str]:
        if not isinstance(text, str):
            return ["wrong_type:text"]
        if not _LANGUAGE.fullmatch(language):
            return ["language_format"]
        if not text.strip():
            return ["empty"]
        return [f"too_long:{self.limit}"] if len(text) > self.limit else []


def _refuse(rules: list[str] | dict[str, list[str]]) -> None:
    if rules:
        raise ValidationError(rules)
