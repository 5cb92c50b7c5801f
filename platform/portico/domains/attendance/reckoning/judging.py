"""How presence compares with a plan: late, early, absent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portico.domains.attendance.reckoning.instances import planned
from portico.domains.attendance.reckoning.instants import minute_of
from portico.domains.attendance.reckoning.spans import clipped, joined, seconds, without
from portico.domains.attendance.reckoning.values import (
    AbsenceFact,
    PlannedSegment,
    ShiftInstance,
    Span,
    Step,
    WorkSpan,
)


@dataclass(slots=True)
class Judged:
    """What one instance of a shift came to, but for the work itself."""

    planned_s: int = 0
    absence_s: int = 0
    absence_by_type: dict[str, int] = field(default_factory=dict)
    asked: list[Span] = field(default_factory=list)
    """When one was to be there: the plan without approved absences."""
    late_s: int = 0
    late_level: str | None = None
    early_s: int = 0
    absent_s: int = 0
    over: bool = True
    exceptions: list[dict[str, Any]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def absence_spans(instance: ShiftInstance, absence: AbsenceFact) -> list[Span]:
    """What an absence takes out of a shift: all of it, the half before the middle or after it, or the given hours."""
    if absence.slot is None:
        if absence.from_at is None or absence.until_at is None:
            return []
        return clipped(planned(instance), absence.from_at, absence.until_at)
    start, end = instance.starts_at, instance.ends_at
    if absence.slot == "full":
        return planned(instance)
    middle = middle_of(instance)
    return clipped(planned(instance), *((start, middle) if absence.slot == "am" else (middle, end)))


def middle_of(instance: ShiftInstance) -> datetime:
    """Where the morning of a shift ends: in the middle of its longest pause, else when half of the work is done."""
    inside = clipped((*instance.unpaid, *instance.between), instance.starts_at, instance.ends_at)
    if inside:
        start, end = max(inside, key=lambda span: (span[1] - span[0], -span[0].timestamp()))
        return start + (end - start) / 2
    half = (instance.ends_at - instance.starts_at) / 2
    return instance.starts_at + timedelta(seconds=half.total_seconds() // 1)


def judge(
    instance: ShiftInstance,
    spans: Sequence[WorkSpan],
    absences: Sequence[AbsenceFact],
    *,
    over: bool,
    left_before: datetime | None,
) -> Judged:
    """`left_before`: when one left at last on the day before."""
    found = Judged(over=over)
    plan = planned(instance)
    found.planned_s = seconds(plan)
    taken: list[Span] = []
    for absence in absences:
        part = without(absence_spans(instance, absence), taken)
        length = seconds(part)
        if length:
            found.absence_by_type[absence.type_key] = found.absence_by_type.get(absence.type_key, 0) + length
            found.steps.append(Step("absence", {"type_key": absence.type_key, "seconds": length}))
        taken = joined([*taken, *part])
    found.absence_s = seconds(taken)
    found.asked = without(plan, taken)
    _edges(found, instance, spans, left_before)
    return found


def _edges(found: Judged, instance: ShiftInstance, spans: Sequence[WorkSpan], left_before: datetime | None) -> None:
    if not found.asked:
        return
    if not spans:
        if found.over:
            found.absent_s = seconds(found.asked)
            found.exceptions.append({"code": "absent", "seconds": found.absent_s})
            found.steps.append(Step("absent", {"seconds": found.absent_s}))
        return
    allowed = _allowance(found, instance, left_before)
    moved = timedelta()
    present = _presence(spans, instance)
    whole = instance.rules.counting == "first_last"
    for place, segment in enumerate(instance.segments):
        asked = clipped(found.asked, segment.starts_at, segment.ends_at)
        if not asked:
            continue
        here = clipped(present, segment.starts_at, segment.ends_at)
        if not here:
            if found.over and (not whole or _is_behind(spans, segment)):
                _absent(found, seconds(asked), place)
            continue
        first = place == 0 or not whole
        if first or here[0][0] > segment.starts_at:
            moves = _late(found, instance, asked[0][0], allowed if place == 0 else timedelta(), here, spans, place)
            moved = moves if place == 0 else moved
        if found.over:
            last = place == len(instance.segments) - 1
            _early(found, instance, asked[-1][1] + (moved if last else timedelta()), segment, spans, place)


def _is_behind(spans: Sequence[WorkSpan], segment: PlannedSegment) -> bool:
    """Whether nobody who is still in could be there in this segment."""
    return all(span.out_at is not None or (span.in_at or segment.ends_at) >= segment.ends_at for span in spans)


def _presence(spans: Sequence[WorkSpan], instance: ShiftInstance) -> list[Span]:
    """When one was there; of who never clocked out, from the in to the end of the shift: they are not early."""
    known = [(span.in_at, span.out_at or max(instance.ends_at, span.in_at)) for span in spans if span.in_at]
    if known and instance.rules.counting == "first_last":
        return [(min(start for start, _ in known), max(end for _, end in known))]
    return joined(known)


def _allowance(found: Judged, instance: ShiftInstance, left_before: datetime | None) -> timedelta:
    """How much later one may come for having stayed long on the day before."""
    rules = instance.shift.late_off_late_on
    if left_before is None or not rules:
        return timedelta()
    minute = minute_of(instance.rules.timezone, instance.work_on - timedelta(days=1), left_before)
    best = max((one.may_come_later for one in rules if minute >= one.left_after), default=0)
    if best:
        found.steps.append(Step("late_off_late_on", {"minutes": best, "left_at": left_before}))
    return timedelta(minutes=best)


def _absent(found: Judged, length: int, place: int) -> None:
    found.absent_s += length
    found.exceptions.append({"code": "absent", "seconds": length, "segment": place})
    found.steps.append(Step("absent_from_segment", {"seconds": length, "segment": place + 1}))


def _late(
    found: Judged,
    instance: ShiftInstance,
    asked_from: datetime,
    allowed: timedelta,
    here: Sequence[Span],
    spans: Sequence[WorkSpan],
    place: int,
) -> timedelta:
    """Judge the coming; answers by how much the going may move with it."""
    came = here[0][0]
    if came == instance.segments[place].starts_at:
        # They were there when it began; they may have come before.
        came = max((span.in_at for span in spans if span.in_at and span.in_at <= came), default=came)
    expected = asked_from + allowed
    delta = came - expected
    grace, flex = instance.shift.grace, instance.shift.flex
    moved = timedelta()
    # Where an absence takes the beginning, the rest begins on the minute.
    if flex is not None and place == 0 and asked_from == instance.starts_at:
        delta, moved = _flexed(found, delta, flex.come_late_max, flex.leave_early_max, flex.mode)
    late = int(delta.total_seconds())
    if late <= 0:
        return moved
    about = {"seconds": late, "expected": expected + moved, "came": came, "segment": place + 1}
    if late <= grace.late * 60:
        found.steps.append(Step("late_forgiven", {**about, "grace_minutes": grace.late}))
        return moved
    if grace.absent_late is not None and late > grace.absent_late * 60:
        _absent(found, late, place)
        return moved
    serious = grace.serious_late is not None and late > grace.serious_late * 60
    level = "serious" if serious else "late"
    found.late_s += late
    found.late_level = "serious" if "serious" in (level, found.late_level) else "late"
    found.exceptions.append({"code": "serious_late" if serious else "late", "seconds": late, "segment": place})
    found.steps.append(Step("serious_late" if serious else "late", about))
    return moved


def _flexed(found: Judged, delta: timedelta, late_max: int, early_max: int, mode: str) -> tuple[timedelta, timedelta]:
    """What is left of coming late, and by how much the going moves: later, or (below nothing) earlier."""
    most, least = timedelta(minutes=late_max), -timedelta(minutes=early_max)
    within = min(max(delta, least if mode == "move" else timedelta()), most)
    if within:
        found.steps.append(Step(f"flex_{mode}", {"seconds": int(within.total_seconds())}))
    return delta - within, within if mode == "move" else timedelta()


def _early(
    found: Judged,
    instance: ShiftInstance,
    expected: datetime,
    segment: PlannedSegment,
    spans: Sequence[WorkSpan],
    place: int,
) -> None:
    if any(span.out_at is None for span in spans) or not segment.segment.out_required:
        return
    whole = instance.rules.counting == "first_last"
    # The first in and the last out make one presence: only at the very end can one go early.
    if whole and place != len(instance.segments) - 1 and max(s.out_at for s in spans if s.out_at) > segment.ends_at:
        return
    outs = [span.out_at for span in spans if span.out_at and span.in_at and span.in_at < max(expected, segment.ends_at)]
    if not outs:
        return
    left = max(outs)
    flex, grace = instance.shift.flex, instance.shift.grace
    early = int((expected - left).total_seconds())
    if flex is not None and flex.mode == "forgive" and 0 < early <= flex.leave_early_max * 60:
        found.steps.append(Step("flex_forgive", {"seconds": early}))
        return
    if early <= 0:
        return
    about = {"seconds": early, "expected": expected, "left": left, "segment": place + 1}
    if early <= grace.early * 60:
        found.steps.append(Step("early_forgiven", {**about, "grace_minutes": grace.early}))
    elif grace.absent_early is not None and early > grace.absent_early * 60:
        _absent(found, early, place)
    else:
        found.early_s += early
        found.exceptions.append({"code": "early", "seconds": early, "segment": place})
        found.steps.append(Step("early", about))
