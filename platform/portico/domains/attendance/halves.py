"""Dates and their halves: an absence goes from the beginning of a half to the end of a half. Nothing here asks anybody.

`am` and `pm` are what a person calls the first and the second half of their work of the date, whenever that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Half:
    on: date
    slot: str
    """`am` sorts before `pm`."""

    def before(self) -> Half:
        return Half(self.on, "am") if self.slot == "pm" else Half(self.on - _DAY, "pm")

    def after(self) -> Half:
        return Half(self.on, "pm") if self.slot == "am" else Half(self.on + _DAY, "am")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Both halves are within."""

    first: Half
    last: Half

    def halves(self) -> Iterator[Half]:
        half = self.first
        while half <= self.last:
            yield half
            half = half.after()

    def days(self) -> Iterator[tuple[date, tuple[str, ...]]]:
        """Each date with its halves that are within."""
        on = self.first.on
        while on <= self.last.on:
            yield on, tuple(slot for slot in ("am", "pm") if self.first <= Half(on, slot) <= self.last)
            on += _DAY

    def holds(self, other: Stretch) -> bool:
        return self.first <= other.first and other.last <= self.last

    def edges(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """As `from` and `to` are shown: `full` where the whole date is within."""
        whole_first = self.first.slot == "am" and (self.first.on < self.last.on or self.last.slot == "pm")
        whole_last = self.last.slot == "pm" and (self.first.on < self.last.on or self.first.slot == "am")
        return (
            {"on": self.first.on, "slot": "full" if whole_first else self.first.slot},
            {"on": self.last.on, "slot": "full" if whole_last else self.last.slot},
        )


def stretch(first: Mapping[str, Any], last: Mapping[str, Any]) -> Stretch:
    """From what was sent."""
    return Stretch(
        Half(first["on"], "pm" if first["slot"] == "pm" else "am"),
        Half(last["on"], "am" if last["slot"] == "am" else "pm"),
    )


def of_row(row: Mapping[str, Any]) -> Stretch | None:
    """From a row of `absence`; None for one by the hour."""
    if row["from_slot"] is None:
        return None
    return Stretch(Half(row["from_on"], row["from_slot"]), Half(row["until_on"], row["until_slot"]))
