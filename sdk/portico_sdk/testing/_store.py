"""The records of the fake: dictionaries as the API shows them, found by filter, words and page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from portico_sdk._encoding import instant

Record = dict[str, Any]

_FILTER = re.compile(r"filter\[([^\]]+)\](?:\[([a-z]+)\])?")
_COMPARE: Mapping[str, Callable[[Any, str], bool]] = {
    "eq": lambda have, want: _text(have) == want,
    "ne": lambda have, want: _text(have) != want,
    "in": lambda have, want: _text(have) in want.split(","),
    "lt": lambda have, want: have is not None and _text(have) < want,
    "lte": lambda have, want: have is not None and _text(have) <= want,
    "gt": lambda have, want: have is not None and _text(have) > want,
    "gte": lambda have, want: have is not None and _text(have) >= want,
    "exists": lambda have, want: (have is not None) == (want == "true"),
}


class Store:
    """Tables by name; ids count up, so that a test can foresee them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self.tables: dict[str, dict[str, Record]] = {"contacts": {}, "tickets": {}, "comments": {}, "interactions": {}}
        self.trash: dict[str, Record] = {}

    def now(self) -> str:
        return instant(datetime.fromtimestamp(self._clock(), UTC))

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):026d}"

    def add(self, table: str, prefix: str, fields: Mapping[str, Any]) -> Record:
        now = self.now()
        record = {"id": self.new_id(prefix), "created_at": now, "updated_at": now, "version": 1, **fields}
        self.tables[table][record["id"]] = record
        return record

    def change(self, record: Record, fields: Mapping[str, Any]) -> Record:
        record.update(fields)
        record["version"] += 1
        record["updated_at"] = self.now()
        return record


def select(records: Iterable[Record], params: Mapping[str, str]) -> list[Record]:
    found = [record for record in records if _matches(record, params)]
    sort = params.get("sort", "-created_at")
    found.sort(key=lambda record: (_text(_value(record, sort.lstrip("-"))), record["id"]))
    return found[::-1] if sort.startswith("-") else found


def paged(records: list[Record], params: Mapping[str, str]) -> Record:
    """A cursor of the fake is the number of rows before it; apps pass it on and never look inside."""
    limit = int(params.get("limit", 50))
    start = int(params.get("cursor", "0"))
    rest = len(records) - start - limit
    page = {"next_cursor": str(start + limit) if rest > 0 else None, "has_more": rest > 0}
    return {"data": records[start : start + limit], "page": page}


def _matches(record: Record, params: Mapping[str, str]) -> bool:
    words = params.get("q", "").casefold().split()
    text = " ".join(str(record.get(name, "")) for name in ("display_name", "subject", "number")).casefold()
    if not all(any(have.startswith(word) for have in text.split()) for word in words):
        return False
    filters = ((_FILTER.fullmatch(name), value) for name, value in params.items())
    return all(_COMPARE[found[2] or "eq"](_value(record, found[1]), want) for found, want in filters if found)


def _value(record: Any, dotted: str) -> Any:
    for name in dotted.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
