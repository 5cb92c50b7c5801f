"""What holds of every day: the order in which punches arrive, computing twice, and the changes of clocks."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.domains.attendance.reckoning import inputs_hash, instances, instant, workday
from portico.domains.attendance.reckoning.values import Inputs, PunchFact, Rules
from tests.support.days import BERLIN, DAY, FREE, NIGHT, at, plans, shift

SPLIT = shift("08:00-12:00", "14:00-18:00")
WAYS = [
    (BERLIN, (DAY,)),
    (BERLIN, (NIGHT,)),
    (replace(BERLIN, counting="every_pair"), (SPLIT,)),
    (replace(BERLIN, pairing="strict"), (shift("06:00-14:00"), shift("14:00-22:00"))),
    (FREE, ()),
]
TAPS = st.lists(
    st.tuples(st.sampled_from(["in", "out", "auto", "break_start", "break_end"]), st.integers(-1440, 2880)),
    max_size=12,
)


@settings(max_examples=60)
@given(taps=TAPS, way=st.sampled_from(WAYS), seed=st.integers(0, 1000))
def test_e_p_29_any_order_of_arrival_gives_the_same(taps, way, seed):
    rules, shifts = way
    start = at("2026-03-28", "00:00")
    facts = [
        PunchFact(f"pun_{place}", kind, start + timedelta(minutes=minute)) for place, (kind, minute) in enumerate(taps)
    ]
    inputs = Inputs(date(2026, 3, 28), plans("2026-03-28", *shifts, rules=rules), tuple(facts))
    shuffled = facts[:]
    random.Random(seed).shuffle(shuffled)
    again = replace(inputs, punches=tuple(shuffled))
    assert workday(again) == workday(inputs) == workday(inputs)
    assert inputs_hash(again) == inputs_hash(inputs)


@settings(max_examples=60)
@given(taps=TAPS, way=st.sampled_from(WAYS))
def test_figures_stay_within_what_is_possible(taps, way):
    rules, shifts = way
    start = at("2026-11-10", "00:00")
    facts = tuple(
        PunchFact(f"pun_{place}", kind, start + timedelta(minutes=minute)) for place, (kind, minute) in enumerate(taps)
    )
    inputs = Inputs(date(2026, 11, 10), plans("2026-11-10", *shifts, rules=rules), facts)
    found = workday(inputs)
    figures = (found.planned_s, found.worked_s, found.break_s, found.late_s, found.early_s, found.absent_s)
    assert all(0 <= figure <= 3 * 86_400 for figure in figures)
    assert found.absent_s + found.absence_s <= found.planned_s
    windows = instances(inputs.plans)
    assert all(one.window_to <= two.window_from for one, two in pairwise(windows))


@cache
def changes_of_clocks() -> dict[tuple, str]:
    """One zone for each way in which clocks change in 2026 and 2027."""
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=5 * place) for place in range(147)]
    found: dict[tuple, str] = {}
    for name in sorted(available_timezones()):
        there = ZoneInfo(name)
        offsets = [moment.astimezone(there).utcoffset() for moment in days]
        turns = [
            _turn(there, before, after)
            for (before, one), (after, two) in pairwise(zip(days, offsets, strict=True))
            if one != two
        ]
        found.setdefault(tuple(turns), name)
    return found


def _turn(there, before, after):
    """The first second with the new offset, and both offsets."""
    old, new = before.astimezone(there).utcoffset(), after.astimezone(there).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
        if middle.astimezone(there).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after, old, new


@pytest.mark.parametrize("nominal", [False, True], ids=["elapsed", "nominal"])
def test_work_is_the_time_that_passes_over_each_change_of_clocks(nominal):
    """In one zone for each distinct rule: a night with a break over every change, clocked in and out at its edges."""
    rules_of_change = changes_of_clocks()
    assert len(rules_of_change) > 20
    night = shift("20:00-32:00", breaks=("21:00-21:30",), dst_pay="nominal" if nominal else "elapsed")
    looked_at = 0
    for turns, zone in rules_of_change.items():
        for moment, old, new in turns:
            local = (moment + old).replace(tzinfo=None)
            # The night that has the change inside, far from its edges.
            on = (local - timedelta(hours=12)).date()
            rules = Rules(zone, kind="fixed", group_id="g", version_id="v")
            start, end = _wall(zone, on, 20), _wall(zone, on, 32)
            taps = (PunchFact("pun_1", "in", start), PunchFact("pun_2", "out", end))
            found = workday(Inputs(on, plans(on.isoformat(), night, rules=rules), taps))
            elapsed = int((end - start).total_seconds())
            assert elapsed == 12 * 3600 - int((new - old).total_seconds()), (zone, on)
            assert found.worked_s == found.planned_s == elapsed - 1800, (zone, on)
            assert found.paid_s == (12 * 3600 if nominal else elapsed) - 1800, (zone, on)
            assert found.exceptions == (), (zone, on)
            looked_at += 1
    assert looked_at > 80


def _wall(zone, on, hour):
    wall = datetime.combine(on, time()) + timedelta(hours=hour)
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_a_time_that_is_jumped_over_is_the_first_after_it_and_one_shown_twice_the_first():
    """Of each distinct rule: the minute in the middle of the gap, and of the fold."""
    for turns, zone in changes_of_clocks().items():
        for moment, old, new in turns:
            width = new - old
            shown = (moment + old).replace(tzinfo=None)
            middle = shown + width / 2 if width > timedelta() else shown - abs(width) / 2
            on = middle.date()
            minute = int((middle - datetime.combine(on, time())).total_seconds() // 60)
            found = instant(zone, on, minute)
            if width > timedelta():
                assert found == moment, (zone, middle)
            else:
                assert found == moment - abs(width) / 2, (zone, middle)
