"""Stored rules that nobody can read, such as a zone that is no more: what they spoil is told, the rest goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

UNREADABLE = (LookupError, TypeError, ValueError)
"""What parsing raises over them; a database that does not answer is none of these."""
One = TypeVar("One")
log = logging.getLogger("portico.attendance")


def apart(some: Sequence[One], work: Callable[[Sequence[One]], object], lost: Callable[[One], object]) -> None:
    """Do the work for all of them; where it fails over what cannot be read, by halves, down to the single ones that
    are to blame, which are `lost`. The work must leave nothing behind when it fails."""
    try:
        work(some)
    except UNREADABLE:
        if len(some) == 1:
            log.exception("rules of attendance cannot be read", extra={"about": str(some[0])})
            lost(some[0])
            return
        middle = len(some) // 2
        for half in (some[:middle], some[middle:]):
            apart(half, work, lost)
