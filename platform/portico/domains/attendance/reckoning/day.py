"""What a day came to: a pure function of its inputs. Computed twice it is the same, whatever came in what order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from portico.domains.attendance.reckoning.instances import instances
from portico.domains.attendance.reckoning.instants import instant, shown_seconds
from portico.domains.attendance.reckoning.judging import Judged, judge
from portico.domains.attendance.reckoning.pairing import LONGEST_FREE, attach
from portico.domains.attendance.reckoning.spans import both, joined, seconds, without
from portico.domains.attendance.reckoning.values import (
    AbsenceFact,
    Attached,
    Inputs,
    Plan,
    Reckoned,
    ShiftInstance,
    Span,
    Step,
    WorkSpan,
)

DEFINITION_VERSION = 2
"""Raised when the same inputs are to come to something else."""


@dataclass(slots=True)
class _Day:
    plan: Plan
    worked_s: int = 0
    paid_s: int = 0
    break_s: int = 0
    exact_s: int = 0
    """Worked, before it is rounded."""
    asked_s: int = 0
    over: bool = True
    credit: int = 0
    judged: list[Judged] = field(default_factory=list)
    exceptions: list[dict[str, Any]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


Found = Sequence[ShiftInstance]
"""The instances of the three days, where the caller has them already."""


@dataclass(slots=True)
class Known:
    """What days have in common, computed once for as long as somebody holds this: many people share a plan."""

    _instances: dict[tuple[int, ...], tuple[tuple[Plan, ...], Found]] = field(default_factory=dict)
    _digests: dict[int, tuple[Plan, str]] = field(default_factory=dict)

    def instances(self, plans: tuple[Plan, ...]) -> Found:
        key = tuple(map(id, plans))
        if key not in self._instances:
            # The plans are kept too, so that their ids stay theirs.
            self._instances[key] = (plans, instances(plans))
        return self._instances[key][1]

    def digest(self, plan: Plan) -> str:
        if id(plan) not in self._digests:
            self._digests[id(plan)] = (plan, hashlib.sha256(orjson.dumps(plan)).hexdigest())
        return self._digests[id(plan)][1]


def inputs_hash(inputs: Inputs, found: Found | None = None, known: Known | None = None) -> str:
    """The same for the same inputs in whatever order; time matters only as far as shifts are over or not."""
    known = known or Known()
    ordered = [
        inputs.on,
        [known.digest(plan) for plan in inputs.plans],
        sorted(inputs.punches, key=lambda one: (one.occurred_at, one.kind, one.id)),
        sorted(inputs.absences, key=repr),
        sorted(inputs.overtime, key=repr),
    ]
    over = [_is_over(inputs.as_of, edge) for edge in _edges(inputs, found)]
    return hashlib.sha256(orjson.dumps([DEFINITION_VERSION, ordered, over])).hexdigest()


def _edges(inputs: Inputs, found: Found | None) -> list[datetime]:
    """The moments at which the day begins to be judged otherwise."""
    plan = _plan_of(inputs)
    edges = [one.window_to for one in _instances(inputs, found) if one.work_on == inputs.on]
    edges += [punch.occurred_at + LONGEST_FREE for punch in inputs.punches if punch.kind in ("in", "auto")]
    return [*edges, instant(plan.rules.timezone, plan.on, 1440)]


def _instances(inputs: Inputs, found: Found | None) -> Found:
    return instances(inputs.plans) if found is None else found


def next_edge(inputs: Inputs, found: Found | None = None) -> datetime | None:
    """When the day is to be looked at again although nothing changed."""
    if inputs.as_of is None:
        return None
    return min((edge for edge in _edges(inputs, found) if edge > inputs.as_of), default=None)


def _is_over(as_of: datetime | None, edge: datetime) -> bool:
    return as_of is None or as_of >= edge


def _plan_of(inputs: Inputs) -> Plan:
    return next(plan for plan in inputs.plans if plan.on == inputs.on)


def workday(inputs: Inputs, found: Found | None = None) -> Reckoned:
    """The day `inputs.on`."""
    plan = _plan_of(inputs)
    if not plan.employed:
        return Reckoned(plan.on, plan.day_kind, "computed", steps=(Step("not_employed"),))
    found = _instances(inputs, found)
    counted = [punch for punch in inputs.punches if punch.status == "accepted"]
    attached = attach(counted, found, plan.rules.timezone, plan.rules.pairing, _counting(plan))
    day = _Day(plan)
    day.steps.append(Step("plan", {"day_kind": plan.day_kind, "holiday": plan.holiday, "group": plan.rules.name}))
    left_before = _left_before(inputs, attached)
    for instance in (one for one in found if one.work_on == plan.on):
        mine = [span for span in attached.spans if span.key == instance.key]
        _shift(day, inputs, instance, mine, left_before)
    _free(day, inputs, [span for span in attached.spans if span.key is None and span.work_on == plan.on])
    _remark(day, inputs, found, attached)
    return _whole(day, inputs, attached)


def _counting(plan: Plan) -> str:
    """How punches count that belong to no shift: on a day of rest of who has shifts, each pair."""
    return plan.rules.counting if plan.rules.kind == "free" and not plan.shifts else "every_pair"


def _left_before(inputs: Inputs, attached: Attached) -> datetime | None:
    """When one left at last on the day before."""
    eve = inputs.on - timedelta(days=1)
    return max((span.out_at for span in attached.spans if span.work_on == eve and span.out_at), default=None)


def _shift(
    day: _Day, inputs: Inputs, instance: ShiftInstance, spans: Sequence[WorkSpan], left_before: datetime | None
) -> None:
    over = _is_over(inputs.as_of, instance.window_to)
    day.over &= over
    about = {"shift": instance.shift.name, "starts_at": instance.starts_at, "ends_at": instance.ends_at}
    day.steps.append(Step("shift", about))
    found = judge(instance, spans, inputs.absences, over=over, left_before=left_before)
    day.judged.append(found)
    day.asked_s += seconds(found.asked)
    whole = instance.rules.counting == "first_last"
    work = _work(spans, whole=whole)
    pauses = [*instance.unpaid, *(instance.between if whole else ()), *(p for span in spans for p in span.pauses)]
    net = without(work, pauses)
    day.break_s += seconds(both(work, pauses))
    exact = seconds(net)
    paid = exact
    if instance.shift.dst_pay == "nominal":
        paid = sum(shown_seconds(instance.rules.timezone, start, end) for start, end in net)
        if paid != exact:
            day.steps.append(Step("nominal", {"elapsed": exact, "nominal": paid}))
    rounding = instance.shift.rounding
    day.exact_s += exact
    day.worked_s += _rounded(exact, rounding.unit * 60, rounding.mode)
    day.paid_s += _rounded(paid, rounding.unit * 60, rounding.mode)
    for start, end in work:
        day.steps.append(Step("work", {"from": start, "until": end}))
    if over:
        day.credit += _credit(instance, paid + found.absence_s, bool(work) or bool(found.absence_s))
    _loose_ends(day, spans, over, instance)


def _credit(instance: ShiftInstance, paid: int, came: bool) -> int:
    """Hundredths of a day."""
    shift = instance.shift
    if not came or (shift.min_half_day is not None and paid < shift.min_half_day * 60):
        return 0
    if shift.min_full_day is not None and paid < shift.min_full_day * 60:
        return shift.day_credit // 2
    return shift.day_credit


def _work(spans: Sequence[WorkSpan], *, whole: bool) -> list[Span]:
    """What is known of the work: who never clocked out has no end, so that stretch is not work yet."""
    known = [(span.in_at, span.out_at) for span in spans if span.in_at is not None and span.out_at is not None]
    if known and whole:
        return [(min(start for start, _ in known), max(end for _, end in known))]
    return joined(known)


def _loose_ends(day: _Day, spans: Sequence[WorkSpan], over: bool, instance: ShiftInstance | None) -> None:
    for span in spans:
        if span.out_at is None and over and not _needs_no_out(span, instance):
            assumed = instance.ends_at if instance else None
            day.exceptions.append({"code": "missing_out", "in_at": span.in_at, "assumed_out_at": assumed})
            day.steps.append(Step("missing_out", {"in_at": span.in_at, "assumed_out_at": assumed}))
        if span.in_at is None:
            day.exceptions.append({"code": "missing_in", "out_at": span.out_at})
            day.steps.append(Step("missing_in", {"out_at": span.out_at}))


def _needs_no_out(span: WorkSpan, instance: ShiftInstance | None) -> bool:
    if instance is None or span.in_at is None:
        return False
    mine = next((one for one in instance.segments if span.in_at < one.ends_at), instance.segments[-1])
    return not mine.segment.out_required


def _free(day: _Day, inputs: Inputs, spans: Sequence[WorkSpan]) -> None:
    """What was worked without a shift: by a free group every day, else on a day of rest."""
    rules = day.plan.rules
    free = rules.kind == "free" and not day.plan.shifts
    if free:
        day.over &= _is_over(inputs.as_of, instant(rules.timezone, day.plan.on, 1440))
    work = _work(spans, whole=_counting(day.plan) == "first_last")
    pauses = [pause for span in spans for pause in span.pauses]
    length = seconds(without(work, pauses))
    day.break_s += seconds(both(work, pauses))
    day.exact_s += length
    day.worked_s += length
    day.paid_s += length
    for start, end in work:
        day.steps.append(Step("work", {"from": start, "until": end}))
    if length and not free and not inputs.overtime:
        day.exceptions.append({"code": "unscheduled_work", "seconds": length})
    for span in spans:
        over = _is_over(inputs.as_of, (span.in_at or span.out_at or day_end(day.plan)) + LONGEST_FREE)
        day.over &= over or span.out_at is not None
        _loose_ends(day, [span], over, None)
    if free:
        _target(day, inputs)


def day_end(plan: Plan) -> datetime:
    return instant(plan.rules.timezone, plan.on, 1440)


def _target(day: _Day, inputs: Inputs) -> None:
    """A free day that should come to so much: an absence of half a day is half of it."""
    found = Judged(over=day.over)
    if day.plan.day_kind in ("workday", "makeup"):
        found.planned_s = day.plan.rules.target_minutes * 60
        for absence in inputs.absences:
            part = _share(absence, found.planned_s)
            part = min(part, found.planned_s - found.absence_s)
            found.absence_s += part
            found.absence_by_type[absence.type_key] = found.absence_by_type.get(absence.type_key, 0) + part
        day.asked_s += found.planned_s - found.absence_s
    short = found.planned_s - found.absence_s - day.exact_s
    if day.over and short > 0:
        if day.exact_s:
            found.exceptions.append({"code": "short", "seconds": short})
        else:
            found.absent_s = short
            found.exceptions.append({"code": "absent", "seconds": short})
        found.steps.append(Step("short", {"seconds": short}))
    if day.over and day.exact_s:
        day.credit += 100
    day.judged.append(found)


def _share(absence: AbsenceFact, planned: int) -> int:
    if absence.slot is None and absence.from_at and absence.until_at:
        return int((absence.until_at - absence.from_at).total_seconds())
    return planned if absence.slot == "full" else planned // 2


def _remark(day: _Day, inputs: Inputs, found: Sequence[ShiftInstance], attached: Attached) -> None:
    """What else is to be known: no group, punches that wait, punches that made no pair."""
    rules = day.plan.rules
    if rules.group_id is None:
        code = "groups_overlap" if rules.contenders else "no_group"
        if code == "groups_overlap":
            day.exceptions.append({"code": code, "group_ids": list(rules.contenders)})
        day.steps.append(Step(code))
    for punch in inputs.punches:
        if punch.status == "pending":
            on, _ = attach([punch], found, rules.timezone).places[punch.id]
            if on == day.plan.on:
                day.exceptions.append({"code": "pending_punch", "punch_id": punch.id, "at": punch.occurred_at})
    for punch_id, remark in sorted(attached.remarks.items()):
        on, _ = attached.places[punch_id]
        if on == day.plan.on:
            day.steps.append(
                Step("ignored" if remark != "out_without_in" else remark, {"why": remark, "punch": punch_id})
            )


def _whole(day: _Day, inputs: Inputs, attached: Attached) -> Reckoned:
    judged = day.judged
    exceptions = [one for each in judged for one in each.exceptions] + day.exceptions
    beyond, overtime = _overtime(day, inputs)
    mine = [span for span in attached.spans if span.work_on == day.plan.on]
    corrected = {punch.id for punch in inputs.punches if punch.method == "correction"}
    touched = any(span.in_id in corrected or span.out_id in corrected for span in mine)
    by_type: dict[str, int] = {}
    for each in judged:
        for key, value in each.absence_by_type.items():
            by_type[key] = by_type.get(key, 0) + value
    levels = {each.late_level for each in judged}
    status = "open" if not day.over else "exception" if exceptions else "corrected" if touched else "computed"
    return Reckoned(
        on=day.plan.on,
        day_kind=day.plan.day_kind,
        status=status,
        planned_s=sum(each.planned_s for each in judged),
        worked_s=day.worked_s,
        paid_s=day.paid_s,
        break_s=day.break_s,
        late_s=sum(each.late_s for each in judged),
        early_s=sum(each.early_s for each in judged),
        absent_s=sum(each.absent_s for each in judged),
        overtime_s=overtime,
        absence_s=sum(each.absence_s for each in judged),
        late_level="serious" if "serious" in levels else "late" if "late" in levels else None,
        exceptions=tuple(exceptions),
        details={
            "first_in_at": min((span.in_at for span in mine if span.in_at), default=None),
            "last_out_at": max((span.out_at for span in mine if span.out_at), default=None),
            "absence_by_type": by_type,
            "beyond_plan_s": beyond,
            "day_credit": day.credit,
            "corrections": len({i for span in mine for i in (span.in_id, span.out_id)} & corrected),
            "holiday": day.plan.holiday,
            "shifts": [shift.name for shift in day.plan.shifts],
        },
        steps=(*day.steps, *(step for each in judged for step in each.steps)),
    )


def _overtime(day: _Day, inputs: Inputs) -> tuple[int, int]:
    """Work beyond the plan, and what of it counts as overtime. On a holiday all work is beyond."""
    plan, policy = day.plan, day.plan.rules.overtime
    asked = day.asked_s
    if plan.rules.kind == "free" and plan.day_kind in ("workday", "makeup") and not plan.rules.target_minutes:
        asked = day.exact_s
    beyond = day.exact_s if plan.day_kind == "holiday" else max(0, day.exact_s - asked)
    approved = sum(one.seconds for one in inputs.overtime)
    counted = {"none": 0, "actual": beyond}.get(policy.mode, min(approved, beyond))
    if counted < policy.min_minutes * 60:
        counted = 0
    rounding = plan.shifts[0].rounding if plan.shifts else None
    if rounding is not None:
        counted = _rounded(counted, rounding.unit * 60, "down")
    if beyond:
        about = {"beyond": beyond, "approved": approved, "counted": counted, "mode": policy.mode}
        day.steps.append(Step("overtime", about))
    return beyond, counted


def _rounded(length: int, unit: int, mode: str) -> int:
    if unit <= 0:
        return length
    if mode == "up":
        return -(-length // unit) * unit
    if mode == "nearest":
        return (length + unit // 2) // unit * unit
    return length // unit * unit
