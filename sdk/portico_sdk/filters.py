"""Filters of events: which of them an endpoint wants, by what stands in them.

    {"data.status": ["open", "new"], "changes": ["assignee_id"]}

Every condition has to hold; in one condition any of its values will do. A path begins with `data`, `resource` or
`actor`; where it leads to a list, one element is enough. `changes` holds when one of these fields has changed. What is
not there matches nothing, so a filter finds out nothing about fields that its endpoint does not receive.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["LONGEST_VALUE", "MOST_BYTES", "MOST_CONDITIONS", "MOST_VALUES", "SENTENCES", "matches", "wrong"]

MOST_CONDITIONS = 10
MOST_VALUES = 50
LONGEST_VALUE = 200
MOST_BYTES = 4096
_PATH = re.compile(r"changes|(data|resource|actor)(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,99}){1,4}")
_ABSENT = object()
_NO_FILTER = f"A filter is an object of 1 to {MOST_CONDITIONS} conditions."
_NO_PATH = "Use changes, or a path below data, resource or actor, such as data.status."
_NO_VALUES = f"Give a list of 1 to {MOST_VALUES} values, of which any will do."
_TOO_LARGE = f"A filter has at most {MOST_BYTES} bytes."
_TEXT_TOO_LONG = f"A text has at most {LONGEST_VALUE} characters."
_NO_FIELD = "Name a field."
_NOT_PLAIN = "Use text, a number, true, false or null."
SENTENCES = (_NO_FILTER, _NO_PATH, _NO_VALUES, _TOO_LARGE, _TEXT_TOO_LONG, _NO_FIELD, _NOT_PLAIN)
"""All that `wrong` may say."""


def matches(wanted: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event, as its receiver would get it whole, is one that the filter takes."""
    return all(_holds(_at(event, path), values) for path, values in wanted.items())


def _at(event: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(event, Mapping) or name not in event:
            return _ABSENT
        event = event[name]
    return event


def _holds(found: Any, values: Any) -> bool:
    there = found if isinstance(found, list) else [found]
    return any(_same(one, value) for one in there for value in values)


def _same(one: Any, value: Any) -> bool:
    """As JSON has it: true is not 1."""
    return isinstance(one, bool) == isinstance(value, bool) and bool(one == value)


def wrong(wanted: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with a filter: where, and how it should be. Nothing is asked of any data or schema."""
    if not isinstance(wanted, dict) or not 1 <= len(wanted) <= MOST_CONDITIONS:
        yield (), _NO_FILTER
        return
    for path, values in wanted.items():
        if not isinstance(path, str) or not _PATH.fullmatch(path):
            yield (path,), _NO_PATH
        elif not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
            yield (path,), _NO_VALUES
        else:
            yield from _wrong_values(path, values)
    if _bytes(wanted) > MOST_BYTES:
        yield (), _TOO_LARGE


def _wrong_values(path: str, values: list[Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for place, value in enumerate(values):
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            yield (path, place), _TEXT_TOO_LONG
        elif path == "changes" and not isinstance(value, str):
            yield (path, place), _NO_FIELD
        elif not _is_plain(value):
            yield (path, place), _NOT_PLAIN


def _is_plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)


def _bytes(wanted: dict[Any, Any]) -> int:
    try:
        return len(json.dumps(wanted, ensure_ascii=False).encode())
    except (TypeError, ValueError):  # what is no JSON was named already
        return 0
