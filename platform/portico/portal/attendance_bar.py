"""A day as a bar: the plan, what was worked, the breaks and the present moment. Numbers for a drawing 1,000 wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

WIDTH = 1000
_MARGIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Block:
    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    starts_at: datetime
    ends_at: datetime
    blocks: list[Block] = field(default_factory=list)
    now: float | None = None


def bar_of(
    shifts: Sequence[dict[str, Any]],
    sessions: Sequence[dict[str, Any]],
    punches: Sequence[dict[str, Any]],
    now: datetime,
) -> Bar | None:
    """None, where there is neither a plan nor a punch to draw."""
    worked = [(one["opened_at"], _end(one, now)) for one in sessions]
    planned = [(one["starts_at"], one["ends_at"]) for one in shifts]
    spans = [*worked, *planned]
    if not spans:
        return None
    first, last = min(start for start, _ in spans) - _MARGIN, max(end for _, end in spans) + _MARGIN
    whole = (last - first).total_seconds()

    def at(moment: datetime) -> float:
        return float(round((moment - first).total_seconds() / whole * WIDTH, 1))

    layers = (("plan", planned), ("worked", worked), ("break", _breaks(punches, worked)))
    blocks = [Block(kind, at(start), round(at(end) - at(start), 1)) for kind, found in layers for start, end in found]
    return Bar(first, last, blocks, at(now) if first <= now <= last else None)


def _end(session: dict[str, Any], now: datetime) -> datetime:
    """Of a session that nobody ended, only the beginning is known."""
    opened: datetime = session["opened_at"]
    if session["state"] == "open":
        return max(now, opened)
    closed: datetime | None = session["closed_at"] if session["state"] == "closed" else None
    return closed or opened


def _breaks(
    punches: Sequence[dict[str, Any]], worked: Sequence[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """From the start of each break to its end, or to the end of the session that it lies in."""
    found = []
    since: datetime | None = None
    for punch in punches:
        if punch["status"] in ("rejected", "void"):
            continue
        if punch["kind"] == "break_start":
            since = since or punch["occurred_at"]
        elif since is not None:
            found.append((since, punch["occurred_at"]))
            since = None
    if since is not None:
        ends = [end for start, end in worked if start <= since <= end]
        found.append((since, ends[0] if ends else since))
    return found
