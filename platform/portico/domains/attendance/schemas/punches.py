"""Shapes of punches, of the sessions that they open and close, and of somebody's today."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.domains.attendance.evidence import EVIDENCE, canonical_bssid
from portico.domains.attendance.models.punches import KINDS, METHODS, SESSION_STATES, STATUSES
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Name, Reference

ZONES = available_timezones()
STEPS = ("in", "out", "break_start", "break_end")
CLAIMED_METHODS = ("web", "mobile", "kiosk", "api")
HINTS = ("offline", "clock_differs", "mock_location", "impossible_travel")


class PunchPosition(Schema):
    lat = fields.Float(required=True)
    lng = fields.Float(required=True)
    accuracy_m = fields.Float(required=True)


class PunchFact(Schema):
    """A punch as events carry it: without where it was, which is kept for 90 days and no longer."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    occurred_at = InstantField(required=True)
    timezone = fields.String(required=True)
    work_on = fields.Date(required=True)
    method = fields.String(required=True, validate=validate.OneOf(METHODS))
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    evidence = fields.String(required=True, validate=validate.OneOf(EVIDENCE))
    hints = fields.List(fields.String(validate=validate.OneOf(HINTS)), required=True)
    shift_instance_key = fields.String(required=True, allow_none=True, attribute="instance_key")
    location_id = fields.String(required=True, allow_none=True)
    device_id = fields.String(required=True, allow_none=True)
    device_seq = fields.Integer(required=True, allow_none=True)
    client_at = InstantField(required=True, allow_none=True)
    offset_s = fields.Integer(required=True, allow_none=True)
    client_timezone = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    correction_id = fields.String(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = InstantField(required=True, allow_none=True)
    decision_note = fields.String(required=True, allow_none=True)
    created_by = fields.String(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class Punch(PunchFact):
    """`position` and `bssid` are for the person themselves and for `attendance.location:read`; after 90 days they are
    gone, and `evidence` stays."""

    position = fields.Nested(PunchPosition, allow_none=True)
    bssid = fields.String(allow_none=True)
    redacted = fields.List(fields.String(), data_key="_redacted")


class WorkSession(Schema):
    """From one clock-in to its end. `auto_closed`: nobody clocked out, which is an exception and no working time."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(SESSION_STATES))
    work_on = fields.Date(required=True)
    timezone = fields.String(required=True)
    in_punch_id = fields.String(required=True)
    out_punch_id = fields.String(required=True, allow_none=True)
    shift_instance_key = fields.String(required=True, allow_none=True, attribute="instance_key")
    opened_at = InstantField(required=True)
    break_since = InstantField(required=True, allow_none=True)
    closed_at = InstantField(required=True, allow_none=True)


class Bssid(fields.String):
    """The address of an access point in any usual writing; kept as `aa:bb:cc:dd:ee:ff`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = canonical_bssid(super()._deserialize(value, attr, data, **kwargs))
        if found is None:
            raise ValidationError("Give the address of the access point, such as aa:bb:cc:dd:ee:ff.")
        return found


def _a_zone(value: str) -> None:
    if value not in ZONES:
        raise ValidationError("Use a zone name such as Europe/Berlin or Asia/Shanghai.")


class PositionInput(Input):
    """As the device measured it. Infinity and NaN are no places."""

    lat = fields.Float(required=True, validate=validate.Range(-90, 90))
    lng = fields.Float(required=True, validate=validate.Range(-180, 180))
    accuracy_m = fields.Float(required=True, validate=validate.Range(0, 20_100_000))


class PunchCreate(Input):
    """The server's clock says when. What was pressed without a network comes with `offset_s`, the seconds that the
    device has counted since; it waits for a decision. `position`, `bssid` and `device_id` are looked at only where
    the group asks for them."""

    kind = Choice(*STEPS, required=True)
    method = Choice(*CLAIMED_METHODS, load_default="web")
    client_at = InstantField(allow_none=True, load_default=None)
    offset_s = fields.Integer(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(0, 365 * 24 * 3600)
    )
    timezone = fields.String(allow_none=True, load_default=None, validate=_a_zone)
    position = fields.Nested(PositionInput, allow_none=True, load_default=None)
    mock_location = fields.Boolean(load_default=False)
    bssid = Bssid(allow_none=True, load_default=None, validate=validate.Length(max=40))
    device_id = Name(longest=100, allow_none=True, load_default=None)
    note = LongText(longest=500, allow_none=True, load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def _offline_says_when(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["offset_s"] is not None and data["client_at"] is None:
            raise ValidationError("Say with offset_s what the device's clock showed.", "client_at")


class PunchRow(Input):
    """One punch of a device. `auto` is what a terminal sends that knows one button."""

    employee_id = Reference("emp")
    employee_no = Name(longest=100)
    kind = Choice(*KINDS, load_default="auto")
    occurred_at = InstantField(required=True)
    device_id = Name(longest=100, required=True)
    device_seq = fields.Integer(strict=True, allow_none=True, load_default=None, validate=validate.Range(0, 2**63 - 1))

    @validates_schema(skip_on_field_errors=True)
    def _one_person(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("employee_id" in data) == ("employee_no" in data):
            raise ValidationError("Name the person once, by employee_id or by employee_no.", "employee_id")


class PunchDecision(Input):
    note = LongText(longest=500, allow_none=True, load_default=None)


class PlannedShift(Schema):
    """An instance of a shift: when it is planned, and from when until when one can clock for it."""

    key = fields.String(required=True)
    work_on = fields.Date(required=True)
    name = fields.String(required=True, allow_none=True)
    starts_at = InstantField(required=True)
    ends_at = InstantField(required=True)
    window_from = InstantField(required=True)
    window_to = InstantField(required=True)


class AskedEvidence(Schema):
    """What the group's rule looks at, and what happens without: `allow`, `pending` or `reject`."""

    position = fields.Boolean(required=True)
    wifi = fields.Boolean(required=True)
    device = fields.Boolean(required=True)
    outside = fields.String(required=True, validate=validate.OneOf(("allow", "pending", "reject")))
    no_evidence = fields.String(required=True, validate=validate.OneOf(("allow", "pending", "reject")))


class GroupName(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class Today(Schema):
    """The rule that holds now in the zone of the group, and what one can do next. `local_timezone` is the person's
    own; where it differs, show both."""

    employee_id = fields.String(required=True)
    now = InstantField(required=True)
    work_on = fields.Date(required=True)
    timezone = fields.String(required=True)
    local_timezone = fields.String(required=True)
    group = fields.Nested(GroupName, required=True, allow_none=True)
    methods = fields.List(fields.String(), required=True)
    evidence = fields.Nested(AskedEvidence, required=True)
    shifts = fields.List(fields.Nested(PlannedShift), required=True)
    session = fields.Nested(WorkSession, required=True, allow_none=True)
    punches = fields.List(fields.Nested(Punch), required=True)
    next_action = fields.String(required=True, allow_none=True, validate=validate.OneOf(STEPS))
    actions = fields.List(fields.String(validate=validate.OneOf(STEPS)), required=True)
