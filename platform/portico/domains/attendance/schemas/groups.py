"""Shapes of attendance groups and of their versions."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.domains.attendance.schemas.fields import Day
from portico.domains.directory.audiences import Audience
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Name, Reference

KINDS = ("fixed", "roster", "free")
METHODS = ("web", "mobile", "kiosk", "device", "api")
_ZONES = available_timezones()
_MINUTES = validate.Range(0, 1440)


def _zone(value: str) -> None:
    if value not in _ZONES:
        raise ValidationError("Use a zone name such as Europe/Berlin or Asia/Shanghai.")


def _ids(prefix: str) -> fields.List[str]:
    return fields.List(Reference(prefix), load_default=list, validate=validate.Length(max=100))


class OvertimeRules(Input):
    """What of the work beyond the plan counts: nothing, no more than was approved, or all of it. Less than
    `min_minutes` counts as none."""

    mode = Choice("none", "approved", "actual", load_default="approved")
    min_minutes = fields.Integer(strict=True, validate=_MINUTES, load_default=0)


class CorrectionRules(Input):
    """How many corrections a person may ask for in a month, within how many days, and who decides, in this order."""

    per_month = fields.Integer(strict=True, validate=validate.Range(0, 100), allow_none=True, load_default=None)
    within_days = fields.Integer(strict=True, validate=validate.Range(0, 366), allow_none=True, load_default=None)
    approver_chain = fields.List(
        Choice("manager", "department_lead", "hr_admin"),
        load_default=lambda: ["manager"],
        validate=validate.Length(1, 3),
    )


class AttendanceGroupRules(Input):
    """`members`: who is in it. Somebody who is named as an employee is meant, before every other rule of any group.
    `week`: of a fixed group, the shifts of Monday to Sunday. `work_days` and `target_minutes`: of a free one, when
    one is expected and for how long."""

    kind = Choice(*KINDS, required=True)
    timezone = fields.String(required=True, validate=_zone)
    members = fields.Nested(Audience, required=True)
    week = fields.List(
        fields.List(Reference("shf"), validate=validate.Length(max=3)),
        load_default=lambda: [[] for _ in range(7)],
        validate=validate.Length(equal=7),
    )
    holiday_calendar_id = Reference("cal", allow_none=True, load_default=None)
    pairing = Choice("auto", "strict", load_default="auto")
    counting = Choice("first_last", "every_pair", load_default="first_last")
    work_days = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 7)),
        load_default=lambda: [1, 2, 3, 4, 5],
        validate=validate.Length(max=7),
    )
    target_minutes = fields.Integer(strict=True, validate=_MINUTES, load_default=0)
    punch_methods = fields.List(
        Choice(*METHODS), load_default=lambda: ["web", "mobile", "kiosk", "device"], validate=validate.Length(1, 5)
    )
    location_ids = _ids("loc")
    wifi_ids = _ids("wif")
    device_ids = _ids("atd")
    photo_policy = Choice("none", "optional", "required", load_default="none")
    field_punch = Choice("no", "allowed", "approval", load_default="no")
    no_evidence = Choice("allow", "pending", "reject", load_default="pending")
    overtime = fields.Nested(OvertimeRules, load_default=lambda: OvertimeRules().load({}))
    correction = fields.Nested(CorrectionRules, load_default=lambda: CorrectionRules().load({}))

    @validates_schema(skip_on_field_errors=True)
    def _week(self, data: dict[str, Any], **_: Any) -> None:
        if data["kind"] == "fixed" and not any(data["week"]):
            raise ValidationError({"week": ["A fixed group works on some day of the week."]})
        if data["kind"] != "fixed" and any(data["week"]):
            raise ValidationError({"week": ["Only a fixed group has a week; leave it out."]})


class AttendanceGroupVersion(Schema):
    """The rules of a group from a date on."""

    id = fields.String(required=True)
    group_id = fields.String(required=True)
    effective_from = fields.Date(required=True)
    rules = fields.Nested(AttendanceGroupRules, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class AttendanceGroupVersionCreate(Input):
    effective_from = Day(required=True)
    rules = fields.Nested(AttendanceGroupRules, required=True)


class AttendanceGroup(Schema):
    """`current`: the version that holds today, or the first one. `people`: how many are in it today."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    priority = fields.Integer(required=True)
    ends_on = fields.Date(allow_none=True, required=True)
    current = fields.Nested(AttendanceGroupVersion, required=True)
    people = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


_PRIORITY = validate.Range(0, 1000)


class AttendanceGroupCreate(Input):
    """A group with its first version; without `effective_from` it begins today."""

    name = Name(longest=100, required=True)
    priority = fields.Integer(strict=True, load_default=0, validate=_PRIORITY)
    effective_from = Day(load_default=None, allow_none=True)
    rules = fields.Nested(AttendanceGroupRules, required=True)


class AttendanceGroupUpdate(Input):
    """`ends_on`: the first date on which it holds no more; null lets it go on."""

    name = Name(longest=100)
    priority = fields.Integer(strict=True, validate=_PRIORITY)
    ends_on = Day(allow_none=True)


class AttendanceAssignment(Schema):
    """In which group somebody is, from a date on. Without a group several claim them, the `contenders`."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    display_name = fields.String(required=True)
    group_id = fields.String(allow_none=True, required=True)
    contenders = fields.List(fields.String(), required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(allow_none=True, required=True)
