"""The times of a shift as a picture: a bar of the day, 1,000 wide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from portico.domains.attendance.schemas.fields import minutes_of

WIDTH = 1000
_STEP = 180


@dataclass(frozen=True, slots=True)
class Block:
    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Picture:
    """`label` says in words what is drawn."""

    blocks: list[Block]
    ticks: list[tuple[float, str]]
    midnight: float | None
    label: str
    hours: float


def picture_of(rules: Mapping[str, Any]) -> Picture:
    """From three hours ahead of the first start to three hours behind the last end, on whole steps of three hours."""
    segments = [(minutes_of(one["start"]), minutes_of(one["end"])) for one in rules["segments"]]
    breaks = [(minutes_of(one["start"]), minutes_of(one["end"]), one["paid"]) for one in rules["breaks"]]
    first = max(0, segments[0][0] - _STEP) // _STEP * _STEP
    last = -(-(segments[-1][1] + _STEP // 2) // _STEP) * _STEP

    def at(minute: float) -> float:
        return round((minute - first) / (last - first) * WIDTH, 1)

    opens = segments[0][0] - rules["segments"][0]["in_open_before"]
    closes = segments[-1][1] + rules["segments"][-1]["out_close_after"]
    edges = (max(first, opens), min(last, closes))
    blocks = [Block("window", at(edges[0]), at(edges[1]) - at(edges[0]))]
    blocks += [Block("worked", at(start), at(end) - at(start)) for start, end in segments]
    blocks += [Block("break", at(start), at(end) - at(start)) for start, end, _ in breaks]
    unpaid = sum(end - start for start, end, paid in breaks if not paid)
    shown = ", ".join(f"{one['start']}–{one['end']}" for one in rules["segments"])
    if breaks:
        pauses = ", ".join(f"{one['start']}–{one['end']}" for one in rules["breaks"])
        shown = gettext("%(times)s with a break %(breaks)s", times=shown, breaks=pauses)
    return Picture(
        blocks,
        [(at(minute), f"{minute // 60 % 24:02}") for minute in range(first, last + 1, _STEP)],
        at(1440) if first < 1440 < last else None,
        shown,
        round((sum(end - start for start, end in segments) - unpaid) / 60, 2),
    )
