"""Where a place of a manifest stands in JSON that `json` has accepted. The standard library does not tell."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def line_of(text: str, path: str) -> int:
    """The line, from 1, of the place at the JSON Pointer `path` (RFC 6901), or of the nearest place above it."""
    at = _skip(text, 0)
    for part in path.split("/")[1:]:
        found = _inside(text, at, part.replace("~1", "/").replace("~0", "~"))
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _inside(text: str, at: int, part: str) -> int | None:
    """Where the value named `part` begins in the object or list that begins at `at`."""
    if text[at] not in "{[":
        return None
    is_object, index = text[at] == "{", 0
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        name = str(index)
        if is_object:
            name, at = scanstring(text, at + 1)
            at = _skip(text, _skip(text, at) + 1)  # past the colon
        if name == part:
            return at
        at = _skip(text, _DECODER.raw_decode(text, at)[1])
        index += 1
        if text[at] == ",":
            at = _skip(text, at + 1)
    return None
