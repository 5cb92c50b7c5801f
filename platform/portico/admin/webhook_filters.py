"""The filter of an endpoint as people write it: a condition a line, `data.status = open, new`.

What it shows reads back as the same filter, whatever stands in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_VALUE = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,]+)\s*(?:,|\Z)')


def shown(wanted: Mapping[str, Any] | None) -> str:
    return "\n".join(f"{path} = {', '.join(map(_text, values))}" for path, values in (wanted or {}).items())


def read(text: str | None) -> dict[str, list[Any]] | None:
    """The filter; None where nothing stands. What is wrong with it, its check says."""
    wanted: dict[str, list[Any]] = {}
    for line in (text or "").replace("\r\n", "\n").split("\n"):
        path, _, values = line.partition("=")
        if line.strip():
            wanted.setdefault(path.strip(), []).extend(_value(found) for found in _VALUE.findall(values))
    return wanted or None


def _text(value: Any) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str) or not value.isprintable() or not _VALUE.fullmatch(value):
        return quoted
    return value if _value(value) == value else quoted


def _value(text: str) -> Any:
    """As JSON where it is a number, true, false, null or a quoted text; else the text itself."""
    try:
        value = json.loads(text)
    except ValueError:
        return text.strip()
    return text.strip() if isinstance(value, list | dict) else value
