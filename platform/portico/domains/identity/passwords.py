"""Passwords: argon2id (RFC 9106), never hashed inside a unit of work, at most a few at once.

The parameters cost about 100 ms on one core of a small server: 32 MiB, three passes, one lane.
"""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portico.kernel.errors import Invalid, invalid

SHORTEST = 10
LONGEST = 1024
_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_few = threading.BoundedSemaphore(4)


def check(password: str, pointer: str = "/password") -> None:
    """Raises Invalid for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise _length(pointer)


def _length(pointer: str) -> Invalid:
    return invalid(pointer, "length", f"A password has {SHORTEST} to {LONGEST} characters.")


def hashed(password: str) -> str:
    with _few:
        return _hasher.hash(password)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def verified(password: str, against: str | None) -> bool:
    """Whether the password fits. Costs the same when there is no such user."""
    if len(password) > LONGEST:
        return False
    with _few:
        try:
            return _hasher.verify(against or _nobody(), password) and against is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(against: str) -> bool:
    """Whether the hash was made with other parameters and should be made anew."""
    return _hasher.check_needs_rehash(against)
