"""How Python values travel: JSON bodies, query strings and paths, by the rules of the API."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

OPERATORS = frozenset({"eq", "ne", "in", "lt", "lte", "gt", "gte", "exists"})


def instant(value: datetime) -> str:
    """RFC 3339 in UTC with milliseconds. A naive time names no instant, so it is refused."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone: use an aware datetime")
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json_default(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")


def json_body(value: object) -> bytes:
    """UTF-8 JSON; NaN and infinity, which JSON has no word for, raise `ValueError`."""
    return json.dumps(value, default=_json_default, ensure_ascii=False, allow_nan=False).encode()


def one_file(name: str, content: bytes) -> tuple[bytes, str]:
    """A form with one file (RFC 7578), and its content type. The boundary is random, so no content holds it."""
    boundary = uuid.uuid4().hex
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def path(*segments: str) -> str:
    """A path whose segments are escaped. An empty one would silently address the collection."""
    for segment in segments:
        if not segment or segment in {".", ".."}:
            raise ValueError(f"{segment!r} is not an id")
    return "/" + "/".join(quote(segment, safe="") for segment in segments)


def scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, int, float)):
        return str(value)
    raise TypeError(f"{value!r} cannot stand in a query: use text, a number, a truth value or a time")


def comma_joined(values: object) -> str:
    if isinstance(values, str) or not isinstance(values, Iterable):
        return scalar(values)
    parts = [scalar(value) for value in values]
    if any("," in part for part in parts):
        raise ValueError("a value with a comma cannot be one of several: ask for each alone")
    return ",".join(parts)


def query(params: Mapping[str, Any]) -> dict[str, str]:
    """Plain parameters; `None` means "not given"."""
    return {name: comma_joined(value) for name, value in params.items() if value is not None}


def filters(keywords: Mapping[str, Any]) -> dict[str, str]:
    """`status="open"` → `filter[status]`, `priority__in=[…]` → `filter[priority][in]`,
    `requester__contact_id=…` → `filter[requester.contact_id]`, `properties__tier="gold"` → `filter[properties.tier]`
    (keys of properties may hold two underscores themselves)."""
    return dict(_filter(keyword, value) for keyword, value in keywords.items())


def _filter(keyword: str, value: object) -> tuple[str, str]:
    if value is None:
        raise ValueError(f"{keyword}=None is ambiguous: leave it out, or ask {keyword}__exists=False")
    *names, last = keyword.split("__")
    if names and names[0] == "properties":
        operator = [last] if len(names) > 1 and last in OPERATORS else []
        key = "__".join([*names[1:], *([] if operator else [last])])
        names, last = ["properties", *([key] if operator else [])], operator[0] if operator else key
    if names and last in OPERATORS:
        return f"filter[{'.'.join(names)}][{last}]", comma_joined(value)
    return f"filter[{'.'.join([*names, last])}]", scalar(value)
