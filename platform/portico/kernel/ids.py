"""Public ids: a prefix, `_`, and a UUIDv7 as 26 characters whose text order is time order.

UUIDv7: RFC 9562 section 5.7. The alphabet is base32hex in lower case (RFC 4648 section 7), because it
sorts as the number does.
"""

from __future__ import annotations

import re
import secrets
import threading
from datetime import datetime

from portico.kernel import clock

ALPHABET = "0123456789abcdefghijklmnopqrstuv"
LENGTH = 26
"""Characters behind the prefix."""
_PAIRS = [high + low for high in ALPHABET for low in ALPHABET]
_PLACES = tuple(range(120, -1, -10))
_BODY = re.compile(r"[0-7][0-9a-v]{25}")
_LOW = (1 << 62) - 1
_lock = threading.Lock()
_last = 0


def _uuid7() -> int:
    """A UUIDv7; within one process and millisecond, counted up so that order holds (RFC 9562 section 6.2)."""
    global _last
    milliseconds = int(clock.now().timestamp() * 1000)
    random = secrets.randbits(73)  # asked for at once: each asking is a call to the system
    fresh = (milliseconds << 80) | (0x7 << 76) | (random >> 62 << 64) | (0b10 << 62) | (random & _LOW)
    with _lock:
        if fresh >> 80 == _last >> 80 and fresh <= _last:
            # The low 62 random bits are the counter: a random step keeps ids unguessable.
            fresh = _last + 1 + secrets.randbits(24)
        _last = fresh
    return fresh


def new_id(prefix: str) -> str:
    """A new id, such as `con_01jd…`."""
    number, pairs = _uuid7(), _PAIRS
    return f"{prefix}_{''.join([pairs[number >> place & 1023] for place in _PLACES])}"


def least_id(prefix: str, moment: datetime) -> str:
    """Less than every id of that moment or later, and greater than all before: where a stretch of time begins."""
    milliseconds = int(moment.timestamp() * 1000)
    return f"{prefix}_{''.join(ALPHABET[milliseconds >> place & 31] for place in range(45, -1, -5))}"


def is_id(value: object, prefix: str) -> bool:
    """Whether `value` has the form of an id with this prefix."""
    if not isinstance(value, str):
        return False
    head, separator, body = value.partition("_")
    return bool(separator) and head == prefix and _BODY.fullmatch(body) is not None
