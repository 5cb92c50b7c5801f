"""What goes into the reckoning of a day and what comes out: frozen values.

A *minute* of a plan counts from midnight of the work date by the clock on the wall: 26:00 is 1,560, two in the morning
of the date after. An *instant* is UTC. Durations are seconds between instants, never between clocks on walls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Span = tuple[datetime, datetime]
"""From an instant to a later one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of work. One may clock in from `in_open_before` minutes ahead of it, and out until `out_close_after`
    minutes behind it; a clocking later than `in_close_after`, or before `out_open_before`, is remarked upon."""

    start: int
    end: int
    in_open_before: int = 120
    in_close_after: int | None = None
    out_open_before: int | None = None
    out_close_after: int = 240
    out_required: bool = True


@dataclass(frozen=True, slots=True)
class Break:
    start: int
    end: int
    paid: bool = False


@dataclass(frozen=True, slots=True)
class Grace:
    """Minutes. So much is forgiven; more than `serious_late` is seriously late, more than `absent_late` is absence."""

    late: int = 0
    serious_late: int | None = None
    absent_late: int | None = None
    early: int = 0
    absent_early: int | None = None


@dataclass(frozen=True, slots=True)
class Flex:
    """`move`: who comes later leaves later, who comes earlier may leave earlier. `forgive`: it is not asked for."""

    come_late_max: int
    leave_early_max: int
    mode: str = "move"


@dataclass(frozen=True, slots=True)
class LateOff:
    """Who left at this minute of the day before, or later, may come so many minutes later."""

    left_after: int
    may_come_later: int


@dataclass(frozen=True, slots=True)
class Rounding:
    """To whole units of so many minutes, once, at the end; 0 leaves the seconds as they are."""

    unit: int = 0
    mode: str = "down"


@dataclass(frozen=True, slots=True)
class ShiftRules:
    """A version of a shift."""

    shift_id: str
    version_id: str
    name: str
    segments: tuple[Segment, ...]
    breaks: tuple[Break, ...] = ()
    grace: Grace = Grace()
    flex: Flex | None = None
    late_off_late_on: tuple[LateOff, ...] = ()
    rounding: Rounding = Rounding()
    min_half_day: int | None = None
    """Minutes of work that make half a day, and a whole one."""
    min_full_day: int | None = None
    day_credit: int = 100
    """Hundredths of a day that the whole shift counts."""
    dst_pay: str = "elapsed"


@dataclass(frozen=True, slots=True)
class OvertimePolicy:
    """`none`, `approved` (no more than was approved) or `actual`; less than `min_minutes` is none."""

    mode: str = "approved"
    min_minutes: int = 0


@dataclass(frozen=True, slots=True)
class CorrectionPolicy:
    per_month: int | None = None
    within_days: int | None = None
    approver_chain: tuple[str, ...] = ("manager",)


@dataclass(frozen=True, slots=True)
class Rules:
    """By which rules somebody works on a date: a version of a group. Without a group: `group_id` is None."""

    timezone: str
    kind: str = "free"
    group_id: str | None = None
    version_id: str | None = None
    name: str = ""
    contenders: tuple[str, ...] = ()
    """The groups that all claim them, where nobody said which."""
    pairing: str = "auto"
    counting: str = "first_last"
    holiday_calendar_id: str | None = None
    work_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    """Of a free group: on which weekdays one is expected, 1 for Monday."""
    target_minutes: int = 0
    """Of a free group: how much a working day should come to."""
    punch_methods: tuple[str, ...] = ("web", "mobile", "kiosk", "device")
    location_ids: tuple[str, ...] = ()
    wifi_ids: tuple[str, ...] = ()
    device_ids: tuple[str, ...] = ()
    photo_policy: str = "none"
    field_punch: str = "no"
    no_evidence: str = "pending"
    overtime: OvertimePolicy = OvertimePolicy()
    correction: CorrectionPolicy = CorrectionPolicy()


@dataclass(frozen=True, slots=True)
class HolidayRule:
    kind: str
    name: str
    works_as: int | None = None
    off_from: int | None = None
    off_until: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a date was meant to be. `off` are stretches of minutes that a partial holiday takes out."""

    on: date
    rules: Rules
    day_kind: str
    shifts: tuple[ShiftRules, ...] = ()
    off: tuple[tuple[int, int], ...] = ()
    holiday: str | None = None
    employed: bool = True
    """False before one was hired and after one left."""


@dataclass(frozen=True, slots=True)
class PlannedSegment:
    starts_at: datetime
    ends_at: datetime
    segment: Segment


@dataclass(frozen=True, slots=True)
class ShiftInstance:
    """A shift on a date. Punches in `[window_from, window_to)` are its own; windows of neighbours never overlap."""

    key: str
    work_on: date
    shift: ShiftRules
    rules: Rules
    starts_at: datetime
    ends_at: datetime
    window_from: datetime
    window_to: datetime
    segments: tuple[PlannedSegment, ...]
    unpaid: tuple[Span, ...] = ()
    """Unpaid breaks."""
    between: tuple[Span, ...] = ()
    """What lies between segments."""
    off: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class PunchFact:
    """A punch that counts, or waits for a decision (`pending`)."""

    id: str
    kind: str
    occurred_at: datetime
    status: str = "accepted"
    method: str = "web"


@dataclass(frozen=True, slots=True)
class AbsenceFact:
    """`slot` is am, pm or full; an absence by the hour has instants instead."""

    type_key: str
    paid: bool
    slot: str | None = "full"
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OvertimeFact:
    """Overtime that was approved for the date."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a day depends on. `plans` are those of the day before, the day and the day after; `punches` those of
    the three days. What is over at `as_of` is judged; what is not yet, is open."""

    on: date
    plans: tuple[Plan, ...]
    punches: tuple[PunchFact, ...] = ()
    absences: tuple[AbsenceFact, ...] = ()
    overtime: tuple[OvertimeFact, ...] = ()
    as_of: datetime | None = None
    """None: all is over."""


@dataclass(frozen=True, slots=True)
class WorkSpan:
    """An in with its out. `work_on` and `key` say to which date and instance of a shift it belongs."""

    work_on: date
    key: str | None
    in_at: datetime | None
    out_at: datetime | None
    in_id: str | None = None
    out_id: str | None = None
    pauses: tuple[Span, ...] = ()
    """Breaks that were clocked."""


@dataclass(frozen=True, slots=True)
class Attached:
    """Punches in pairs, and a word on each that made none: `duplicate`, `repeated_in`, `left_later`, …"""

    spans: tuple[WorkSpan, ...]
    remarks: Mapping[str, str]
    places: Mapping[str, tuple[date, str | None]]
    """Of each punch: the work date, and the instance of a shift."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the reckoning, for who asks why."""

    code: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a day came to. All durations are seconds of time that passed."""

    on: date
    day_kind: str
    status: str
    planned_s: int = 0
    worked_s: int = 0
    paid_s: int = 0
    break_s: int = 0
    late_s: int = 0
    early_s: int = 0
    absent_s: int = 0
    overtime_s: int = 0
    absence_s: int = 0
    late_level: str | None = None
    exceptions: tuple[Mapping[str, Any], ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
