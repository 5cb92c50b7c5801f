"""Waiting for what another process or thread does: until it is so, and never longer than a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
INTERVAL = 0.02  # seconds between two looks


def until(condition: Callable[[], T], within: float = 10.0, what: str = "") -> T:
    """The first true answer of `condition`; an AssertionError naming `what` after `within` seconds."""
    deadline = time.monotonic() + within
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not so after {within:g} s: {what or getattr(condition, '__name__', condition)}")
        time.sleep(INTERVAL)
    return answer
