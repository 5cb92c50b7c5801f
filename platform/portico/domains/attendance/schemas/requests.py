"""What requests for overtime and for corrections look like, and what may be sent for them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.domains.attendance.models.requests import CORRECTED_KINDS, CORRECTION_STATUSES, OVERTIME_STATUSES
from portico.domains.directory.schemas import Day
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Reference

MOST_MINUTES = 16 * 60


class OvertimeRequest(Schema):
    """`credited_minutes` is what the day came to, once it was reckoned: no more than was approved, unless the rules of
    the group count what was worked."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    work_on = fields.Date(required=True)
    requested_minutes = fields.Integer(required=True)
    approved_minutes = fields.Integer(allow_none=True, required=True)
    credited_minutes = fields.Integer(allow_none=True, required=True)
    reason = fields.String(allow_none=True, required=True)
    status = fields.String(required=True, validate=validate.OneOf(OVERTIME_STATUSES))
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class OvertimeCreate(Input):
    employee_id = Reference("emp")
    work_on = Day(required=True)
    minutes = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_MINUTES))
    reason = LongText(longest=1000, allow_none=True)


class OvertimeApproval(Input):
    """Fewer minutes than were asked for, perhaps."""

    minutes = fields.Integer(strict=True, validate=validate.Range(1, MOST_MINUTES))
    note = LongText(longest=500, allow_none=True, blank=False)


class AttendanceCorrection(Schema):
    """A punch of `kind` at `occurred_at` that is missing; with `punch_id`, in place of one that is wrong. Without
    `kind`, that punch only goes."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    work_on = fields.Date(required=True)
    kind = fields.String(allow_none=True, required=True, validate=validate.OneOf(CORRECTED_KINDS))
    occurred_at = InstantField(allow_none=True, required=True)
    punch_id = fields.String(allow_none=True, required=True)
    reason = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(CORRECTION_STATUSES))
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class AttendanceCorrectionCreate(Input):
    work_on = Day(required=True)
    kind = Choice(*CORRECTED_KINDS)
    occurred_at = InstantField()
    punch_id = Reference("pun")
    reason = LongText(longest=1000, required=True, blank=False)

    @validates_schema(skip_on_field_errors=True)
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        if ("kind" in data) != ("occurred_at" in data):
            raise ValidationError("A punch has a kind and a time.", "occurred_at")
        if "kind" not in data and "punch_id" not in data:
            raise ValidationError("Say which punch is missing, or which one is wrong.", "kind")


class RequestNote(Input):
    note = LongText(longest=500, allow_none=True, blank=False)
