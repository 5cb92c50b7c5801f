"""Days as the reckoning takes them, in few words: `day("2026-03-28", NIGHT, ("in", "22:00"), ("out", "30:00"))`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portico.domains.attendance.reckoning import plan_day, workday
from portico.domains.attendance.reckoning.values import (
    Break,
    HolidayRule,
    Inputs,
    Plan,
    PunchFact,
    Reckoned,
    Rules,
    Segment,
    ShiftRules,
)

BERLIN = Rules("Europe/Berlin", kind="fixed", group_id="atg_1", version_id="agv_1", name="Group")
ROSTER = Rules("Europe/Berlin", kind="roster", group_id="atg_1", version_id="agv_1", name="Group")
FREE = Rules("Europe/Berlin", kind="free", group_id="atg_1", version_id="agv_1", name="Group")
HOUR = 3600


def minute(shown: str) -> int:
    hours, _, rest = shown.partition(":")
    return int(hours) * 60 + int(rest)


def shift(*segments: str, breaks: tuple[str, ...] = (), **rules: Any) -> ShiftRules:
    """`shift("08:00-12:00", "13:00-17:00")`; a break such as `12:00-13:00` is unpaid."""

    def span(text: str) -> tuple[int, int]:
        start, _, end = text.partition("-")
        return minute(start), minute(end)

    name = rules.pop("name", "Shift")
    edges = rules.pop("edges", {})
    return ShiftRules(
        shift_id="shf_1",
        version_id="shv_1",
        name=name,
        segments=tuple(Segment(*span(one), **edges) for one in segments),
        breaks=tuple(Break(*span(one)) for one in breaks),
        **rules,
    )


DAY = shift("09:00-18:00", breaks=("12:00-13:00",))
NIGHT = shift("22:00-30:00", name="Night")


def at(on: str, shown: str, zone: str = "Europe/Berlin", fold: int = 0) -> datetime:
    """The instant when the clocks show it; 30:00 is six in the morning of the next date."""
    wall = datetime.combine(date.fromisoformat(on), datetime.min.time()) + timedelta(minutes=minute(shown))
    return wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def punches(on: str, *taps: tuple[str, str], zone: str = "Europe/Berlin") -> tuple[PunchFact, ...]:
    return tuple(PunchFact(f"pun_{place}", kind, at(on, shown, zone)) for place, (kind, shown) in enumerate(taps))


def plans(
    on: str,
    *shifts: ShiftRules,
    rules: Rules = BERLIN,
    eve: tuple[ShiftRules, ...] | None = None,
    morrow: tuple[ShiftRules, ...] | None = None,
    holiday: HolidayRule | None = None,
) -> tuple[Plan, ...]:
    """Of the day before, the day and the day after; the same shifts on each unless another is said."""
    day = date.fromisoformat(on)
    around = (shifts if eve is None else eve, shifts, shifts if morrow is None else morrow)
    return tuple(
        plan_day(
            rules,
            day + timedelta(days=by),
            week=(found,) * 7,
            roster=found if rules.kind == "roster" else None,
            holiday=holiday if by == 0 else None,
        )
        for by, found in zip((-1, 0, 1), around, strict=True)
    )


def day(on: str, *parts: ShiftRules | tuple[str, str], **more: Any) -> Reckoned:
    """Reckon a day of these shifts with these punches, all over unless `as_of` says otherwise."""
    shifts = [part for part in parts if isinstance(part, ShiftRules)]
    taps = [part for part in parts if not isinstance(part, ShiftRules)]
    inputs = {name: more.pop(name) for name in ("absences", "overtime", "as_of") if name in more}
    zone = more.get("rules", BERLIN).timezone
    extra = more.pop("also", ())
    return workday(
        Inputs(date.fromisoformat(on), plans(on, *shifts, **more), (*punches(on, *taps, zone=zone), *extra), **inputs)
    )


def codes(found: Reckoned) -> list[str]:
    return [one["code"] for one in found.exceptions]
