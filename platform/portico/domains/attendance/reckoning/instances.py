"""Shifts on dates, and which punches could be theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from portico.domains.attendance.reckoning.instants import instant
from portico.domains.attendance.reckoning.spans import joined, without
from portico.domains.attendance.reckoning.values import Plan, PlannedSegment, ShiftInstance, ShiftRules, Span


def instances(plans: Iterable[Plan]) -> list[ShiftInstance]:
    """The shifts of these dates in the order of time, each in the zone of its own group. Where the windows of two
    neighbours overlap, they meet in the middle between the end of the one and the start of the other."""
    found = sorted(
        (_instance(plan, slot, shift) for plan in plans for slot, shift in enumerate(plan.shifts)),
        key=lambda one: (one.starts_at, one.ends_at, one.key),
    )
    for place in range(1, len(found)):
        before, after = found[place - 1], found[place]
        if before.window_to > after.window_from:
            middle = before.ends_at + (after.starts_at - before.ends_at) / 2
            # A shift that lies within another leaves it what is before.
            middle = max(middle, before.window_from)
            found[place - 1] = replace(before, window_to=middle)
            found[place] = replace(after, window_from=middle, window_to=max(after.window_to, middle))
    return found


def _instance(plan: Plan, slot: int, shift: ShiftRules) -> ShiftInstance:
    zone, on = plan.rules.timezone, plan.on
    segments = tuple(
        PlannedSegment(instant(zone, on, one.start), instant(zone, on, one.end), one) for one in shift.segments
    )
    first, last = segments[0], segments[-1]
    return ShiftInstance(
        key=f"{on.isoformat()}#{slot}",
        work_on=on,
        shift=shift,
        rules=plan.rules,
        starts_at=first.starts_at,
        ends_at=last.ends_at,
        window_from=first.starts_at - timedelta(minutes=first.segment.in_open_before),
        window_to=last.ends_at + timedelta(minutes=last.segment.out_close_after),
        segments=segments,
        unpaid=_apart(
            (instant(zone, on, one.start), instant(zone, on, one.end)) for one in shift.breaks if not one.paid
        ),
        between=_apart((one.ends_at, two.starts_at) for one, two in pairwise(segments)),
        off=_apart((instant(zone, on, start), instant(zone, on, end)) for start, end in plan.off),
    )


def _apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(joined(spans))


def planned(instance: ShiftInstance) -> list[Span]:
    """When one is to work: the segments without unpaid breaks, and without what a holiday takes out."""
    whole = [(one.starts_at, one.ends_at) for one in instance.segments]
    return without(whole, (*instance.unpaid, *instance.off))


def attended(instance: ShiftInstance) -> list[Span]:
    """When one is to be there: with the breaks, without what lies between segments and what a holiday takes out."""
    return without(((one.starts_at, one.ends_at) for one in instance.segments), instance.off)
