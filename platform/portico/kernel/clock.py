"""The one clock. Instants are UTC, in whole milliseconds, so that both databases and JSON agree."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import orjson

_WITH_FRACTION = len('"2026-11-22T09:30:00.123456+00:00"')
_held: datetime | None = None


def now() -> datetime:
    """The present instant in UTC, cut to milliseconds."""
    if _held is None:
        # Each request asks several times, and `replace` costs more than the clock.
        return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC)
    return _held.replace(microsecond=_held.microsecond // 1000 * 1000)


@contextmanager
def held(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` for tests; nests."""
    global _held
    before, _held = _held, moment.astimezone(UTC)
    try:
        yield
    finally:
        _held = before


def advance(by: timedelta) -> None:
    """Move a held clock on."""
    global _held
    if _held is None:
        raise RuntimeError("The clock is not held; use `with clock.held(moment):` first.")
    _held = _held + by


def rfc3339(moment: datetime) -> str:
    """`2026-11-22T09:30:00.000Z` (RFC 3339 section 5.6), always UTC with milliseconds."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    # orjson writes an instant in a third of the time of `isoformat`: `"2026-11-22T09:30:00.123456+00:00"`, and no
    # fraction where there is none.
    text = orjson.dumps(utc).decode()
    return f"{text[1:24]}Z" if len(text) == _WITH_FRACTION else f"{text[1:20]}.000Z"
