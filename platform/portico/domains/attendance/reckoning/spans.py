"""Sets of stretches of time: sorted, apart, none empty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from portico.domains.attendance.reckoning.values import Span


def joined(spans: Iterable[Span]) -> list[Span]:
    """Sorted, what touches or overlaps as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def both(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """What lies in each of the two."""
    others = joined(other)
    return [
        (max(start, begin), min(end, stop))
        for start, end in joined(one)
        for begin, stop in others
        if max(start, begin) < min(end, stop)
    ]


def without(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """What lies in the first and not in the second."""
    left = joined(one)
    for begin, stop in joined(other):
        left = [
            part
            for start, end in left
            for part in ((start, min(end, begin)), (max(start, stop), end))
            if part[0] < part[1]
        ]
    return left


def seconds(spans: Iterable[Span]) -> int:
    return int(sum((end - start for start, end in spans), timedelta()).total_seconds())


def clipped(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    return both(spans, [(start, end)])
