"""Shapes of shifts, of their versions and of the roster."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.domains.attendance.schemas.fields import COLORS, Clock, Day, minutes_of
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Name, Reference

_HALF_DAY = validate.Range(0, 720)
_DAY = validate.Range(0, 1440)


def _minutes(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=_DAY, **kwargs)


class SegmentRules(Input):
    """A stretch of work. One may clock in from `in_open_before` minutes ahead of its start, and out until
    `out_close_after` minutes behind its end."""

    start = Clock(required=True)
    end = Clock(required=True)
    in_open_before = fields.Integer(strict=True, validate=_HALF_DAY, load_default=120)
    in_close_after = _minutes(allow_none=True, load_default=None)
    out_open_before = _minutes(allow_none=True, load_default=None)
    out_close_after = fields.Integer(strict=True, validate=_HALF_DAY, load_default=240)
    out_required = fields.Boolean(load_default=True)


class BreakRules(Input):
    start = Clock(required=True)
    end = Clock(required=True)
    paid = fields.Boolean(load_default=False)


class GraceRules(Input):
    """Minutes that are forgiven; more than `serious_late` is seriously late, more than `absent_late` is absence."""

    late = _minutes(load_default=0)
    serious_late = _minutes(allow_none=True, load_default=None)
    absent_late = _minutes(allow_none=True, load_default=None)
    early = _minutes(load_default=0)
    absent_early = _minutes(allow_none=True, load_default=None)


class FlexRules(Input):
    """`move`: who comes later leaves later, and who comes earlier may leave earlier. `forgive`: nothing is asked."""

    come_late_max = _minutes(load_default=0)
    leave_early_max = _minutes(load_default=0)
    mode = Choice("move", "forgive", load_default="move")


class LateOffRules(Input):
    """Who left the day before at `left_after` or later may come so many minutes later."""

    left_after = Clock(required=True)
    may_come_later = _minutes(required=True)


class RoundingRules(Input):
    """Work in whole units of so many minutes, once, at the end; 0 leaves it to the second."""

    unit = fields.Integer(strict=True, validate=validate.OneOf((0, 1, 5, 6, 10, 15, 30, 60)), load_default=0)
    mode = Choice("down", "nearest", "up", load_default="down")


def _whole(schema: type[Schema]) -> Any:
    """What the shape is when nothing is said."""
    return lambda: schema().load({})


class ShiftRules(Input):
    """The times of a shift and what follows from them."""

    segments = fields.List(fields.Nested(SegmentRules), required=True, validate=validate.Length(1, 3))
    breaks = fields.List(fields.Nested(BreakRules), load_default=list, validate=validate.Length(max=6))
    grace = fields.Nested(GraceRules, load_default=_whole(GraceRules))
    flex = fields.Nested(FlexRules, allow_none=True, load_default=None)
    late_off_late_on = fields.List(fields.Nested(LateOffRules), load_default=list, validate=validate.Length(max=5))
    rounding = fields.Nested(RoundingRules, load_default=_whole(RoundingRules))
    min_half_day = _minutes(allow_none=True, load_default=None)
    min_full_day = _minutes(allow_none=True, load_default=None)
    day_credit = fields.Integer(strict=True, validate=validate.Range(0, 300), load_default=100)
    dst_pay = Choice("elapsed", "nominal", load_default="elapsed")

    @validates_schema(skip_on_field_errors=True)
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        edges = [(minutes_of(one["start"]), minutes_of(one["end"])) for one in data["segments"]]
        if edges[0][0] >= 1440:
            raise ValidationError({"segments": {0: {"start": ["A shift starts on its own date, before 24:00."]}}})
        for place, (start, end) in enumerate(edges):
            if end <= start:
                raise ValidationError({"segments": {place: {"end": ["The end comes after the start."]}}})
            if place and start < edges[place - 1][1]:
                raise ValidationError({"segments": {place: {"start": ["It starts before the one ahead of it ends."]}}})
        if edges[-1][1] - edges[0][0] > 1440:
            raise ValidationError(
                {"segments": ["A shift is at most 24 hours long, from its first start to its last end."]}
            )
        for place, one in enumerate(data["breaks"]):
            start, end = minutes_of(one["start"]), minutes_of(one["end"])
            if end <= start:
                raise ValidationError({"breaks": {place: {"end": ["The end comes after the start."]}}})
            if not any(first <= start and end <= last for first, last in edges):
                raise ValidationError({"breaks": {place: ["A break lies within a segment."]}})
        half, full = data["min_half_day"], data["min_full_day"]
        if half is not None and full is not None and half > full:
            raise ValidationError({"min_half_day": ["Half a day is not longer than a whole one."]})


class ShiftVersion(Schema):
    """`used`: a day was computed by it, so it stays as it is; change the shift by a new version."""

    id = fields.String(required=True)
    shift_id = fields.String(required=True)
    effective_from = fields.Date(required=True)
    rules = fields.Nested(ShiftRules, required=True)
    used = fields.Boolean(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class ShiftVersionCreate(Input):
    effective_from = Day(required=True)
    rules = fields.Nested(ShiftRules, required=True)


class ShiftVersionUpdate(Input):
    effective_from = Day()
    rules = fields.Nested(ShiftRules)


class Shift(Schema):
    """`current`: the version that holds today, or the first one."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    color = fields.String(required=True)
    archived_at = InstantField(allow_none=True, required=True)
    current = fields.Nested(ShiftVersion, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class ShiftCreate(Input):
    """A shift with its first version, which holds for all that comes before another."""

    name = Name(longest=100, required=True)
    color = Choice(*COLORS, load_default="blue")
    rules = fields.Nested(ShiftRules, required=True)
    effective_from = Day(load_default=None, allow_none=True)


class ShiftUpdate(Input):
    name = Name(longest=100)
    color = Choice(*COLORS)


class RosterEntry(Schema):
    """What somebody works on a date; `shift_id` is null for a day of rest. A draft stands beside what is published."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    work_on = fields.Date(required=True)
    slot = fields.Integer(required=True)
    shift_id = fields.String(allow_none=True, required=True)
    location_id = fields.String(allow_none=True, required=True)
    published = fields.Boolean(required=True)
    source = fields.String(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class RosterItem(Input):
    """`slot`: of the first, second or third shift of a date."""

    employee_id = Reference("emp", required=True)
    work_on = Day(required=True)
    slot = fields.Integer(strict=True, validate=validate.Range(0, 2), load_default=0)
    shift_id = Reference("shf", allow_none=True, load_default=None)
    location_id = Reference("loc", allow_none=True, load_default=None)


class RosterPut(Input):
    """Up to 500 entries; each takes the place of the draft of the same person, date and slot."""

    entries = fields.List(fields.Nested(RosterItem), required=True, validate=validate.Length(1, 500))

    @validates_schema(skip_on_field_errors=True)
    def _once(self, data: dict[str, Any], **_: Any) -> None:
        seen = set()
        for place, one in enumerate(data["entries"]):
            key = (one["employee_id"], one["work_on"], one["slot"])
            if key in seen:
                raise ValidationError({"entries": {place: ["This person, date and slot stand here twice."]}})
            seen.add(key)


class _Range(Input):
    employee_ids = fields.List(Reference("emp"), load_default=None, allow_none=True, validate=validate.Length(1, 500))
    """Of these people; without it, of all."""


class RosterPublish(_Range):
    from_on = Day(required=True)
    until_on = Day(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _a_while(self, data: dict[str, Any], **_: Any) -> None:
        days = (data["until_on"] - data["from_on"]).days
        if not 0 <= days <= 92:
            raise ValidationError({"until_on": ["Not before the first date, and at most 93 days at once."]})


class RosterCopy(_Range):
    """From the week of one date to the week of another, as drafts."""

    from_week_on = Day(required=True)
    to_week_on = Day(required=True)


class RosterDone(Schema):
    """How many entries it was."""

    entries = fields.Integer(required=True)
    days = fields.Integer(required=True)
