"""What absences and their types look like, and what may be sent for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.domains.attendance.models.absences import STATUSES
from portico.domains.directory.schemas import Day
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Name, Reference

SLOTS = ("am", "pm", "full")
CHANGES = ("cancel", "shorten")
APPROVERS = ("manager", "department_lead", "role:hr_admin", "role:admin", "role:owner")
MOST_DAYS = 366
MOST_HOURS = 24
_KEY = r"[a-z][a-z0-9_]{1,39}"


class AbsenceType(Schema):
    """`approvers` decide, a step each; with none, nobody has to. `source`: `core`, or the installation."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    label = fields.String(required=True)
    paid = fields.Boolean(required=True)
    hourly = fields.Boolean(required=True)
    approvers = fields.List(fields.String(), required=True)
    source = fields.String(required=True)
    archived_at = InstantField(allow_none=True, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class _TypeFields(Input):
    label = Name(longest=60)
    paid = fields.Boolean()
    hourly = fields.Boolean()
    approvers = fields.List(fields.String(validate=validate.OneOf(APPROVERS)), validate=validate.Length(max=5))


class AbsenceTypeCreate(_TypeFields):
    key = fields.String(required=True, validate=validate.Regexp(rf"{_KEY}\Z"), metadata={"pattern": f"^{_KEY}$"})
    label = Name(longest=60, required=True)


class AbsenceTypeUpdate(_TypeFields):
    archived = fields.Boolean()


class AbsenceEdge(Schema):
    """`full` where the whole date is taken, else the half at which it begins or ends."""

    on = fields.Date(required=True)
    slot = fields.String(required=True, validate=validate.OneOf(SLOTS))


class AbsenceChange(Schema):
    """What is asked of an approved absence and not decided yet."""

    kind = fields.String(required=True, validate=validate.OneOf(CHANGES))
    from_ = fields.Nested(AbsenceEdge, data_key="from", allow_none=True, required=True)
    to = fields.Nested(AbsenceEdge, allow_none=True, required=True)


class AbsenceAuthor(Schema):
    kind = fields.String(required=True)
    id = fields.String(required=True)
    on_behalf_of = fields.String()


class Absence(Schema):
    """By dates and halves of them (`from`, `to`), or by the hour (`from_at`, `until_at`, with the dates of both).
    The dates are those of `timezone`."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    type_key = fields.String(required=True)
    from_ = fields.Nested(AbsenceEdge, data_key="from", allow_none=True, required=True)
    to = fields.Nested(AbsenceEdge, allow_none=True, required=True)
    from_at = InstantField(allow_none=True, required=True)
    until_at = InstantField(allow_none=True, required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    timezone = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    paid = fields.Boolean(required=True)
    note = fields.String(allow_none=True, required=True)
    source = fields.String(required=True)
    source_ref = fields.String(allow_none=True, required=True)
    pending_change = fields.Nested(AbsenceChange, allow_none=True, required=True)
    created_by = fields.Nested(AbsenceAuthor, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class AbsenceDay(Schema):
    """`slots` are taken; `counted` are those of them in which the person was to work."""

    on = fields.Date(required=True)
    day_kind = fields.String(required=True)
    holiday = fields.String(allow_none=True, required=True)
    slots = fields.List(fields.String(), required=True)
    counted = fields.List(fields.String(), required=True)


class AbsenceDays(Schema):
    """`half_days` counts halves of working days, in all and by the year of the date."""

    days = fields.List(fields.Nested(AbsenceDay), required=True)
    half_days = fields.Integer(required=True)
    by_year = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    conflicts = fields.List(fields.String(), required=True)


class AbsenceEdgeInput(Input):
    on = Day(required=True)
    slot = Choice(*SLOTS, load_default="full")


class _Span(Input):
    from_ = fields.Nested(AbsenceEdgeInput, data_key="from")
    to = fields.Nested(AbsenceEdgeInput)
    from_at = InstantField()
    until_at = InstantField()

    @validates_schema(skip_on_field_errors=True)
    def _one_way(self, data: dict[str, Any], **_: Any) -> None:
        by_day, by_hour = "from_" in data or "to" in data, "from_at" in data or "until_at" in data
        if by_day == by_hour:
            raise ValidationError("Give from and to, or from_at and until_at.")
        needed = (("from_", "from"), ("to", "to")) if by_day else (("from_at", "from_at"), ("until_at", "until_at"))
        for name, shown in needed:
            if name not in data:
                raise ValidationError("Give both ends.", shown)
        if by_hour:
            _require_hours(data)
        else:
            require_halves(data["from_"], data["to"])


def _require_hours(data: dict[str, Any]) -> None:
    if data["until_at"] <= data["from_at"]:
        raise ValidationError("It ends before it begins.", "until_at")
    if data["until_at"] - data["from_at"] > timedelta(hours=MOST_HOURS):
        raise ValidationError(f"By the hour, at most {MOST_HOURS} hours; give dates.", "until_at")


def require_halves(first: dict[str, Any], last: dict[str, Any]) -> None:
    """Raises ValidationError for what is no stretch of halves."""
    if last["on"] < first["on"]:
        raise ValidationError("It ends before it begins.", "to")
    if (last["on"] - first["on"]).days >= MOST_DAYS:
        raise ValidationError(f"At most {MOST_DAYS} days; give a second absence for the rest.", "to")
    if last["on"] == first["on"] and (first["slot"], last["slot"]) in (("pm", "am"), ("full", "am"), ("pm", "full")):
        raise ValidationError("On one date it begins before it ends: am to am, pm to pm, am to pm, or full.", "to")


class AbsencePreview(_Span):
    """For whom, when it is not oneself; and by which dates or hours."""

    employee_id = Reference("emp")


class AbsenceCreate(_Span):
    employee_id = Reference("emp")
    type_key = fields.String(required=True, validate=validate.Length(min=1, max=40))
    note = LongText(longest=1000, allow_none=True)
    paid = fields.Boolean()
    status = Choice("requested", "approved")
    source_ref = Name(longest=200)


class AbsenceShorten(Input):
    """The halves that remain; one end may stay as it is."""

    from_ = fields.Nested(AbsenceEdgeInput, data_key="from")
    to = fields.Nested(AbsenceEdgeInput)

    @validates_schema(skip_on_field_errors=True)
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Give a new from or to.")


class AbsenceNote(Input):
    note = LongText(longest=500, allow_none=True, blank=False)
