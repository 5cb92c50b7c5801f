"""What the API answers, as typed frozen objects. The annotations of a model are its parser.

Answers grow within v1, so nothing here refuses: an unknown field stays in `raw`, an absent one (hidden by
a missing scope, or left out by `fields=`) is `None` or empty, and so is one of an unexpected shape.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from typing import Any, Self, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Model:
    """`raw` is the answer as it came, with the fields that this version does not know yet."""

    raw: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @classmethod
    def parse(cls, raw: Any) -> Self:
        source = raw if isinstance(raw, dict) else {}
        model: Any = cls
        return cls(raw=source, **{name: read(source.get(name)) for name, read in _readers(model).items()})

    @property
    def etag(self) -> str | None:
        """For `if_match=`; None for what has no version."""
        version = self.raw.get("version")
        return f'"{version}"' if isinstance(version, int) else None

    @property
    def redacted(self) -> tuple[str, ...]:
        """The fields that exist but are hidden from this token."""
        return _strings(self.raw.get("_redacted"))


@cache
def _readers(cls: type[Model]) -> Mapping[str, Reader]:
    hints = get_type_hints(cls)
    return {item.name: _reader(hints[item.name]) for item in fields(cls) if item.name != "raw"}


def _reader(hint: Any) -> Reader:
    if get_origin(hint) in (Union, types.UnionType):
        return _reader(next(arm for arm in get_args(hint) if arm is not types.NoneType))
    if get_origin(hint) is tuple:
        return _tuple_reader(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, Model):
        return _model_reader(hint)
    if isinstance(hint, type) and issubclass(hint, date):
        return _time_reader(hint)
    if get_origin(hint) is Mapping or hint is Mapping:
        return _mapping
    return _as_is


def _tuple_reader(hint: Any) -> Reader:
    if hint is str:
        return _strings
    read = _reader(hint)
    return lambda value: tuple(read(item) for item in value) if isinstance(value, list) else ()


def _model_reader(cls: type[Model]) -> Reader:
    return lambda value: cls.parse(value) if isinstance(value, dict) else None


def _time_reader(cls: type[date]) -> Reader:
    def read(value: Any) -> date | None:
        try:
            return cls.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None

    return read


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _as_is(value: Any) -> Any:
    return value


__all__ = ["Model"]
