"""Shapes of holiday calendars."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.domains.attendance.schemas.fields import Clock, Day, minutes_of
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Name, Reference

KINDS = ("off", "makeup", "partial")


class HolidayCalendar(Schema):
    """Of the company, or of a region, which has the holidays of its `parent_id` besides its own."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    region = fields.String(allow_none=True, required=True)
    parent_id = fields.String(allow_none=True, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class HolidayCalendarCreate(Input):
    name = Name(longest=100, required=True)
    region = Name(longest=60, allow_none=True, load_default=None)
    parent_id = Reference("cal", allow_none=True, load_default=None)


class HolidayCalendarUpdate(Input):
    name = Name(longest=100)
    region = Name(longest=60, allow_none=True)
    parent_id = Reference("cal", allow_none=True)


class Holiday(Schema):
    """`off`: nobody works. `makeup`: one works as on the weekday `works_as`, 1 for Monday. `partial`: one is off from
    `off_from` to `off_until`."""

    id = fields.String(required=True)
    calendar_id = fields.String(required=True)
    on = fields.Date(required=True, attribute="on_date")
    kind = fields.String(required=True)
    name = fields.String(required=True)
    works_as = fields.Integer(allow_none=True, required=True)
    off_from = fields.String(allow_none=True, required=True)
    off_until = fields.String(allow_none=True, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class HolidayCreate(Input):
    on = Day(required=True)
    kind = Choice(*KINDS, load_default="off")
    name = Name(longest=100, required=True)
    works_as = fields.Integer(strict=True, allow_none=True, load_default=None, validate=validate.Range(1, 7))
    off_from = Clock(latest=24 * 60, allow_none=True, load_default=None)
    off_until = Clock(latest=24 * 60, allow_none=True, load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        if data["works_as"] is not None and data["kind"] != "makeup":
            raise ValidationError({"works_as": ["Only of a makeup day."]})
        edges = (data["off_from"], data["off_until"])
        if data["kind"] != "partial":
            if any(edges):
                raise ValidationError({"off_from": ["Only of a partial holiday."]})
            return
        if not any(edges):
            raise ValidationError({"off_from": ["Say from when one is off, or until when."]})
        if all(edges) and minutes_of(edges[0]) >= minutes_of(edges[1]):
            raise ValidationError({"off_until": ["The end comes after the start."]})


class HolidayImport(Input):
    """A calendar file (iCalendar, RFC 5545). Each all-day event is a holiday of each of its dates."""

    ics = LongText(longest=1_000_000, required=True)


class HolidaysImported(Schema):
    """`skipped` have a time of day, repeat by a rule, or are cancelled."""

    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    skipped = fields.Integer(required=True)


class HolidayChanges(Input):
    """What would be changed at once: holidays that are put, each in the place of what the calendar says of its date,
    holidays that go, and another calendar to inherit from."""

    holidays = fields.List(fields.Nested(HolidayCreate), load_default=list, validate=validate.Length(max=400))
    removed_ids = fields.List(Reference("hol"), load_default=list, validate=validate.Length(max=400))
    parent_id = Reference("cal", allow_none=True)


class HolidayRule(Schema):
    kind = fields.String(required=True)
    name = fields.String(required=True)
    works_as = fields.Integer(allow_none=True, required=True)
    off_from = fields.String(allow_none=True, required=True)
    off_until = fields.String(allow_none=True, required=True)


class HolidayEffect(Schema):
    """What holds of a date and what would; null is a day like others. `people`: who goes by the calendar then."""

    on = fields.Date(required=True)
    before = fields.Nested(HolidayRule, allow_none=True, required=True)
    after = fields.Nested(HolidayRule, allow_none=True, required=True)
    people = fields.Integer(required=True)
    locked = fields.Boolean(required=True)


class HolidayEffects(Schema):
    """Days that were computed are computed anew, those of locked months (`locked_days`) stay as they are. `people`
    counts each once, `dates` names those on which something changes."""

    people = fields.Integer(required=True)
    recomputed_days = fields.Integer(required=True)
    locked_days = fields.Integer(required=True)
    locked_months = fields.List(fields.String(), required=True)
    dates = fields.List(fields.Nested(HolidayEffect), required=True)
