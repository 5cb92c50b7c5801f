"""What a day comes to, edge by edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from portico.domains.attendance.reckoning import attach, inputs_hash, instances, plan_day, workday
from portico.domains.attendance.reckoning.values import (
    AbsenceFact,
    Flex,
    Grace,
    HolidayRule,
    Inputs,
    LateOff,
    OvertimeFact,
    OvertimePolicy,
    PunchFact,
    Rounding,
)
from tests.support.days import BERLIN, DAY, FREE, HOUR, NIGHT, ROSTER, at, codes, day, plans, punches, shift

IN, OUT = ("in", "09:00"), ("out", "18:00")


@pytest.mark.parametrize(
    ("on", "hours"), [("2026-11-10", 8), ("2026-03-28", 7), ("2026-10-24", 9)], ids=["normal", "spring", "autumn"]
)
def test_e_p_01_a_night_has_the_hours_that_pass(on, hours):
    found = day(on, NIGHT, ("in", "22:00"), ("out", "30:00"))
    assert (found.planned_s, found.worked_s, found.paid_s) == (hours * HOUR,) * 3
    assert (found.status, found.exceptions) == ("computed", ())
    nominal = day(on, replace(NIGHT, dst_pay="nominal"), ("in", "22:00"), ("out", "30:00"))
    assert (nominal.worked_s, nominal.paid_s) == (hours * HOUR, 8 * HOUR)


def test_e_p_02_the_next_morning_belongs_to_the_date_of_the_shift():
    taps = punches("2026-11-10", ("in", "21:58"), ("out", "29:59"))
    here = workday(Inputs(date(2026, 11, 10), plans("2026-11-10", NIGHT), taps))
    assert here.worked_s == 8 * HOUR + 60
    after = workday(Inputs(date(2026, 11, 11), plans("2026-11-11", NIGHT), taps))
    assert (after.worked_s, codes(after)) == (0, ["absent"])


def test_e_p_03_at_the_boundary_of_two_shifts_who_is_in_leaves_the_first():
    early, late = shift("06:00-14:00", name="Early"), shift("14:00-22:00", name="Late")
    first, second = instances(plans("2026-11-10", early, late, eve=(), morrow=()))
    assert first.window_to == second.window_from == at("2026-11-10", "14:00")
    taps = punches("2026-11-10", ("in", "06:00"), ("out", "14:00"), ("in", "14:00"), ("out", "22:00"))
    found = attach(taps, (first, second), "Europe/Berlin")
    assert [(span.key, span.in_id, span.out_id) for span in found.spans] == [
        (first.key, "pun_0", "pun_1"),
        (second.key, "pun_2", "pun_3"),
    ]
    assert day("2026-11-10", early, late, eve=(), morrow=(), also=taps).worked_s == 16 * HOUR
    alone = attach(punches("2026-11-10", ("in", "14:00"), ("out", "22:00")), (first, second), "Europe/Berlin")
    assert [span.key for span in alone.spans] == [second.key]


def test_windows_of_neighbours_meet_in_the_middle_and_never_overlap():
    early, late = shift("06:00-14:00"), shift("15:00-23:00")
    first, second = instances(plans("2026-11-10", early, late, eve=(), morrow=()))
    assert first.window_to == second.window_from == at("2026-11-10", "14:30")
    over = shift("06:00-15:00")
    first, second = instances(plans("2026-11-10", over, shift("14:00-22:00"), eve=(), morrow=()))
    assert first.window_to == second.window_from == at("2026-11-10", "14:30")


def test_e_p_08_a_shift_to_26_00_ends_at_two_in_the_morning():
    late = shift("18:00-26:00")
    [one] = instances(plans("2026-11-10", late, eve=(), morrow=()))
    assert one.ends_at == at("2026-11-11", "02:00")
    assert day("2026-11-10", late, ("in", "18:00"), ("out", "26:00")).worked_s == 8 * HOUR


def test_e_p_09_a_shift_of_24_hours_and_one_of_three_segments():
    whole = shift("08:00-32:00")
    found = day("2026-11-10", whole, ("in", "08:00"), ("out", "32:00"))
    assert (found.planned_s, found.worked_s, found.exceptions) == (24 * HOUR, 24 * HOUR, ())
    split = shift("06:00-09:00", "11:00-14:00", "16:00-19:00")
    taps = (("in", "06:00"), ("out", "09:00"), ("in", "11:20"), ("out", "14:00"), ("in", "16:00"), ("out", "18:30"))
    pairs = day("2026-11-10", split, *taps, rules=replace(BERLIN, counting="every_pair"))
    assert (pairs.planned_s, pairs.worked_s) == (9 * HOUR, 8 * HOUR + 600)
    assert (pairs.late_s, pairs.early_s, codes(pairs)) == (1200, 1800, ["late", "early"])
    whole_day = day("2026-11-10", split, ("in", "06:00"), ("out", "19:00"))
    assert (whole_day.worked_s, codes(whole_day)) == (9 * HOUR, [])
    missing = day("2026-11-10", split, ("in", "06:00"), ("out", "14:00"))
    assert (missing.absent_s, codes(missing)) == (3 * HOUR, ["absent"])


def test_e_p_06_a_double_tap_is_one():
    taps = (("in", "09:00"), ("in", "09:01"), ("out", "18:00"), ("out", "18:01"))
    found = day("2026-11-10", DAY, *taps)
    assert (found.worked_s, codes(found)) == (8 * HOUR, [])
    remarks = attach(punches("2026-11-10", *taps), instances(plans("2026-11-10", DAY)), "Europe/Berlin").remarks
    assert remarks == {"pun_1": "duplicate", "pun_3": "duplicate"}


def test_a_second_in_is_not_taken_for_an_out():
    found = day("2026-11-10", DAY, IN, ("in", "12:00"), OUT)
    assert found.worked_s == 8 * HOUR
    assert [step.about["why"] for step in found.steps if step.code == "ignored"] == ["repeated_in"]


def test_what_a_terminal_sends_alternates_and_strict_groups_take_only_what_is_said():
    taps = (("auto", "09:00"), ("auto", "18:00"))
    assert day("2026-11-10", DAY, *taps).worked_s == 8 * HOUR
    strict = day("2026-11-10", DAY, *taps, rules=replace(BERLIN, pairing="strict"))
    assert (strict.worked_s, codes(strict)) == (0, ["absent"])


def test_e_p_07_in_without_out_is_an_exception_and_never_work():
    found = day("2026-11-10", DAY, ("in", "09:20"))
    assert found.worked_s == 0
    assert codes(found) == ["late", "missing_out"]
    [missing] = [one for one in found.exceptions if one["code"] == "missing_out"]
    assert missing["assumed_out_at"] == at("2026-11-10", "18:00")
    still = day("2026-11-10", DAY, ("in", "09:00"), as_of=at("2026-11-10", "21:59"))
    assert (still.status, codes(still)) == ("open", [])
    over = day("2026-11-10", DAY, ("in", "09:00"), as_of=at("2026-11-10", "22:00"))
    assert (over.status, codes(over)) == ("exception", ["missing_out"])
    out = day("2026-11-10", DAY, ("out", "18:00"))
    assert (out.worked_s, codes(out)) == (0, ["absent", "missing_in"])


def test_with_the_first_in_and_the_last_out_a_second_out_moves_the_end():
    taps = (("in", "09:00"), ("out", "12:00"), ("out", "18:30"))
    found = day("2026-11-10", DAY, *taps)
    assert (found.worked_s, found.break_s, codes(found)) == (8 * HOUR + HOUR // 2, HOUR, [])
    assert found.details["last_out_at"] == at("2026-11-10", "18:30")
    assert [step.about for step in found.steps if step.code == "ignored"] == [{"why": "left_later", "punch": "pun_1"}]
    pairs = day("2026-11-10", DAY, *taps, rules=replace(BERLIN, counting="every_pair"))
    assert (pairs.worked_s, codes(pairs)) == (3 * HOUR, ["early", "missing_in"])
    alone = day("2026-11-10", DAY, ("out", "12:00"), ("out", "18:00"))
    assert (alone.worked_s, codes(alone)) == (0, ["absent", "missing_in", "missing_in"])


def test_without_a_shift_a_second_out_moves_the_end_for_as_long_as_its_in_is_open():
    late = day("2026-11-10", ("in", "09:00"), ("out", "17:00"), ("out", "24:30"), rules=FREE)
    assert (late.worked_s, codes(late)) == (15 * HOUR + HOUR // 2, [])
    taps = punches("2026-11-10", ("in", "09:00"), ("out", "17:00"), ("out", "41:00"))
    first = workday(Inputs(date(2026, 11, 10), plans("2026-11-10", rules=FREE), taps))
    second = workday(Inputs(date(2026, 11, 11), plans("2026-11-11", rules=FREE), taps))
    assert (first.worked_s, second.worked_s, codes(second)) == (8 * HOUR, 0, ["missing_in"])


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Pacific/Honolulu", "Pacific/Kiritimati"])
def test_e_p_07_a_day_is_over_by_the_clocks_of_its_zone(zone):
    rules = replace(BERLIN, timezone=zone)
    edge = at("2026-11-10", "22:00", zone)
    before = day("2026-11-10", DAY, ("in", "09:00"), rules=rules, as_of=edge - timedelta(seconds=1))
    after = day("2026-11-10", DAY, ("in", "09:00"), rules=rules, as_of=edge)
    assert (codes(before), codes(after)) == ([], ["missing_out"])


def test_e_p_21_half_a_day_off_on_a_holiday_takes_nothing():
    holiday = HolidayRule("off", "Unity")
    found = day("2026-11-10", DAY, holiday=holiday, absences=(AbsenceFact("vacation", True, "am"),))
    assert (found.day_kind, found.absence_s, found.planned_s, codes(found)) == ("holiday", 0, 0, [])


def test_e_p_25_makeup_partial_and_holiday_on_a_day_of_rest():
    # 2026-11-14 is a Saturday.
    week = [(DAY,)] * 5 + [()] * 2
    saturday = date(2026, 11, 14)
    assert plan_day(BERLIN, saturday, week=week).day_kind == "restday"
    makeup = plan_day(BERLIN, saturday, week=week, holiday=HolidayRule("makeup", "for Friday"))
    assert (makeup.day_kind, makeup.shifts) == ("makeup", (DAY,))
    free = plan_day(BERLIN, saturday, week=week, holiday=HolidayRule("off", "Feast"))
    assert (free.day_kind, free.shifts) == ("holiday", ())
    partial = HolidayRule("partial", "Eve", off_from=14 * 60)
    found = day("2026-11-10", DAY, ("in", "09:00"), ("out", "14:00"), holiday=partial)
    assert (found.day_kind, found.planned_s, found.worked_s, codes(found)) == ("workday", 4 * HOUR, 4 * HOUR, [])


def test_e_p_25_a_makeup_day_is_worked_as_the_calendar_says():
    short = shift("09:00-12:00", name="Friday")
    week = [(DAY,)] * 4 + [(short,)] + [()] * 2
    rule = HolidayRule("makeup", "for Friday", works_as=5)
    assert plan_day(BERLIN, date(2026, 11, 14), week=week, holiday=rule).shifts == (short,)


@pytest.mark.parametrize(
    ("mode", "approved", "counted"), [("approved", 1, 1), ("approved", 9, 3), ("actual", 0, 3), ("none", 9, 0)]
)
def test_e_p_26_overtime_on_a_holiday_is_no_more_than_approved(mode, approved, counted):
    rules = replace(BERLIN, overtime=OvertimePolicy(mode))
    given = (OvertimeFact(approved * HOUR),) if approved else ()
    holiday = HolidayRule("off", "Feast")
    found = day(
        "2026-11-10",
        DAY,
        ("in", "10:00"),
        ("out", "13:00"),
        rules=rules,
        holiday=holiday,
        overtime=given,
        eve=(),
        morrow=(),
    )
    assert (found.day_kind, found.overtime_s, found.details["beyond_plan_s"]) == ("holiday", counted * HOUR, 3 * HOUR)


def test_overtime_on_a_workday_is_what_goes_beyond_the_plan():
    rules = replace(BERLIN, overtime=OvertimePolicy("actual", min_minutes=30))
    assert day("2026-11-10", DAY, IN, ("out", "20:00"), rules=rules).overtime_s == 2 * HOUR
    assert day("2026-11-10", DAY, IN, ("out", "18:29"), rules=rules).overtime_s == 0


def test_e_p_27_who_comes_later_may_leave_later():
    flexible = replace(DAY, flex=Flex(60, 30))
    assert codes(day("2026-11-10", flexible, ("in", "09:40"), ("out", "18:40"))) == []
    early = day("2026-11-10", flexible, ("in", "09:40"), ("out", "18:00"))
    assert (early.early_s, codes(early)) == (40 * 60, ["early"])
    late = day("2026-11-10", flexible, ("in", "10:10"), ("out", "19:00"))
    assert (late.late_s, codes(late)) == (600, ["late"])
    assert codes(day("2026-11-10", flexible, ("in", "08:40"), ("out", "17:40"))) == []
    forgiving = replace(DAY, flex=Flex(15, 15, "forgive"))
    assert codes(day("2026-11-10", forgiving, ("in", "09:15"), ("out", "17:45"))) == []


def test_e_p_27_who_left_late_may_come_later_the_next_day():
    rested = replace(DAY, late_off_late_on=(LateOff(21 * 60, 60), LateOff(24 * 60, 120)))
    eve = (PunchFact("pun_a", "in", at("2026-11-09", "09:00")), PunchFact("pun_b", "out", at("2026-11-09", "21:30")))
    assert codes(day("2026-11-10", rested, ("in", "10:00"), OUT, also=eve)) == []
    assert day("2026-11-10", rested, ("in", "10:30"), OUT, also=eve).late_s == 1800
    assert day("2026-11-10", rested, ("in", "10:00"), OUT).late_s == HOUR


def test_e_p_28_a_break_counts_as_far_as_one_was_there():
    assert day("2026-11-10", DAY, ("in", "12:30"), OUT).worked_s == 5 * HOUR
    pairs = replace(BERLIN, counting="every_pair")
    taps = (IN, ("out", "12:20"), ("in", "12:50"), OUT)
    found = day("2026-11-10", DAY, *taps, rules=pairs)
    assert (found.worked_s, found.break_s) == (8 * HOUR, 30 * 60)
    clocked = day("2026-11-10", DAY, IN, ("break_start", "12:45"), ("break_end", "13:15"), OUT)
    assert (clocked.worked_s, clocked.break_s) == (7 * HOUR + 45 * 60, 75 * 60)


def test_grace_forgives_and_beyond_it_all_of_it_counts():
    strict = replace(DAY, grace=Grace(late=5, serious_late=30, absent_late=120, early=5, absent_early=60))
    assert codes(day("2026-11-10", strict, ("in", "09:05"), ("out", "17:55"))) == []
    late = day("2026-11-10", strict, ("in", "09:12"), OUT)
    assert (late.late_s, late.late_level, codes(late)) == (720, "late", ["late"])
    serious = day("2026-11-10", strict, ("in", "09:40"), OUT)
    assert (serious.late_level, codes(serious)) == ("serious", ["serious_late"])
    absent = day("2026-11-10", strict, ("in", "11:30"), OUT)
    assert (absent.late_s, absent.absent_s, codes(absent)) == (0, 9000, ["absent"])
    gone = day("2026-11-10", strict, IN, ("out", "16:30"))
    assert (gone.early_s, gone.absent_s) == (0, 5400)


def test_e_p_35_an_absence_that_covers_the_day_leaves_nothing_to_ask():
    none = day("2026-11-10", DAY)
    assert (none.absent_s, codes(none)) == (8 * HOUR, ["absent"])
    whole = day("2026-11-10", DAY, absences=(AbsenceFact("sick", True),))
    assert (whole.absent_s, whole.absence_s, codes(whole)) == (0, 8 * HOUR, [])
    assert whole.details["absence_by_type"] == {"sick": 8 * HOUR}


def test_half_an_absence_leaves_the_other_half_with_its_grace():
    morning = (AbsenceFact("vacation", True, "am"),)
    strict = replace(DAY, grace=Grace(late=5))
    assert codes(day("2026-11-10", strict, ("in", "13:04"), OUT, absences=morning)) == []
    late = day("2026-11-10", strict, ("in", "13:20"), OUT, absences=morning)
    assert (late.late_s, late.absence_s) == (1200, 3 * HOUR)
    both = (AbsenceFact("vacation", True, "am"), AbsenceFact("sick", True, "pm"))
    assert (day("2026-11-10", DAY, absences=both).absence_s, codes(day("2026-11-10", DAY, absences=both))) == (
        8 * HOUR,
        [],
    )
    hours = (AbsenceFact("doctor", True, None, at("2026-11-10", "09:00"), at("2026-11-10", "11:00")),)
    assert codes(day("2026-11-10", DAY, ("in", "11:00"), OUT, absences=hours)) == []


def test_rounding_happens_once_and_at_the_end():
    quarter = replace(DAY, rounding=Rounding(15, "down"))
    taps = (IN, ("out", "11:07"), ("in", "11:08"), ("out", "17:59"))
    found = day("2026-11-10", quarter, *taps, rules=replace(BERLIN, counting="every_pair"))
    assert found.worked_s == 7 * HOUR + 45 * 60
    up = replace(DAY, rounding=Rounding(30, "up"))
    assert day("2026-11-10", up, IN, ("out", "17:31")).worked_s == 8 * HOUR


def test_free_groups_count_what_was_worked_and_what_is_missing():
    rules = replace(FREE, target_minutes=480)
    found = day("2026-11-10", ("in", "22:00"), ("out", "29:00"), rules=rules)
    assert (found.worked_s, codes(found)) == (7 * HOUR, ["short"])
    assert codes(day("2026-11-10", ("in", "08:00"), ("out", "16:00"), rules=rules)) == []
    assert codes(day("2026-11-10", rules=rules)) == ["absent"]
    assert codes(day("2026-11-14", rules=rules)) == []
    half = (AbsenceFact("vacation", True, "pm"),)
    assert codes(day("2026-11-10", ("in", "08:00"), ("out", "12:00"), rules=rules, absences=half)) == []


def test_work_without_a_shift_belongs_to_the_date_of_the_in():
    found = day("2026-11-10", ("in", "23:00"), ("out", "26:00"), rules=ROSTER)
    assert (found.worked_s, codes(found)) == (3 * HOUR, ["unscheduled_work"])
    assert (
        codes(day("2026-11-10", ("in", "23:00"), ("out", "26:00"), rules=ROSTER, overtime=(OvertimeFact(HOUR),))) == []
    )


def test_a_pending_punch_is_seen_and_not_counted():
    waiting = PunchFact("pun_w", "out", at("2026-11-10", "18:00"), status="pending")
    found = day("2026-11-10", DAY, IN, also=(waiting,))
    assert (found.worked_s, codes(found)) == (0, ["missing_out", "pending_punch"])


def test_a_day_put_right_by_a_correction_says_so():
    made = PunchFact("pun_c", "out", at("2026-11-10", "18:00"), method="correction")
    found = day("2026-11-10", DAY, IN, also=(made,))
    assert (found.status, found.details["corrections"]) == ("corrected", 1)


def test_e_p_12_and_13_neighbours_may_stand_in_other_zones():
    """Yesterday in Shanghai, today in Berlin: each shift by the clocks of its own day."""
    shanghai = replace(BERLIN, timezone="Asia/Shanghai", group_id="atg_2")
    first = plans("2026-11-10", DAY, rules=shanghai)[:1]
    found = instances((*first, *plans("2026-11-10", DAY)[1:]))
    assert [one.starts_at for one in found][:2] == [
        at("2026-11-09", "09:00", "Asia/Shanghai"),
        at("2026-11-10", "09:00"),
    ]
    assert all(one.window_to <= two.window_from for one, two in pairwise(found))


def test_the_hash_is_of_what_matters():
    inputs = Inputs(date(2026, 11, 10), plans("2026-11-10", DAY), punches("2026-11-10", IN, OUT))
    assert inputs_hash(inputs) == inputs_hash(replace(inputs, punches=inputs.punches[::-1]))
    assert inputs_hash(inputs) != inputs_hash(replace(inputs, absences=(AbsenceFact("sick", True),)))
    early, later = at("2026-11-10", "15:00"), at("2026-11-10", "15:01")
    assert inputs_hash(replace(inputs, as_of=early)) == inputs_hash(replace(inputs, as_of=later))
    assert inputs_hash(replace(inputs, as_of=early)) != inputs_hash(inputs)
