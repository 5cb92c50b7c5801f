"""The time that this package believes: the system's, or the one that a test's workspace holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_source: Callable[[], float] = time.time


def now() -> float:
    """Unix seconds."""
    return _source()


@contextmanager
def told_by(source: Callable[[], float]) -> Iterator[None]:
    """For tests: every check of signatures and tokens follows this clock, unless it was given one of its own."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
