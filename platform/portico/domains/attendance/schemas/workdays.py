"""Shapes of workdays, of months and of reports."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.domains.attendance.models.workdays import STATES, STATUSES
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input, LongText

DAY_KINDS = ("workday", "restday", "holiday", "makeup")


class Workday(Schema):
    """What a date of somebody came to. Minutes are whole ones that have passed; `worked_seconds` is exact."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    work_on = fields.Date(required=True)
    group_id = fields.String(allow_none=True, required=True)
    shift_version_ids = fields.List(fields.String(), required=True)
    shifts = fields.List(fields.String(), required=True)
    day_kind = fields.String(allow_none=True, required=True, validate=validate.OneOf(DAY_KINDS))
    holiday = fields.String(allow_none=True, required=True)
    timezone = fields.String(allow_none=True, required=True)
    planned_minutes = fields.Integer(required=True)
    worked_minutes = fields.Integer(required=True)
    worked_seconds = fields.Integer(required=True)
    paid_minutes = fields.Integer(required=True)
    break_minutes = fields.Integer(required=True)
    late_minutes = fields.Integer(required=True)
    early_minutes = fields.Integer(required=True)
    absent_minutes = fields.Integer(required=True)
    overtime_minutes = fields.Integer(required=True)
    absence_minutes = fields.Integer(required=True)
    absence_by_type = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    first_in_at = InstantField(allow_none=True, required=True)
    last_out_at = InstantField(allow_none=True, required=True)
    day_credit = fields.Integer(required=True)
    exceptions = fields.List(fields.Dict(), required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    stale = fields.Boolean(required=True)
    computed_at = InstantField(allow_none=True, required=True)
    definition_version = fields.Integer(required=True)
    tzdb_version = fields.String(allow_none=True, required=True)
    version = fields.Integer(required=True)


class ExplainedStep(Schema):
    code = fields.String(required=True)
    about = fields.Dict(required=True)
    text = fields.String(required=True)


class Explained(Schema):
    """From which inputs a day was computed, and step by step how. `matches`: computing it now gives what is stored."""

    workday = fields.Nested(Workday, required=True)
    inputs = fields.Dict(required=True)
    inputs_hash = fields.String(required=True)
    matches = fields.Boolean(required=True)
    steps = fields.List(fields.Nested(ExplainedStep), required=True)


class AttendancePeriod(Schema):
    id = fields.String(required=True)
    month = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    reason = fields.String(allow_none=True, required=True)
    tzdb_version = fields.String(allow_none=True, required=True)
    closed_at = InstantField(allow_none=True, required=True)
    locked_at = InstantField(allow_none=True, required=True)
    reopened_at = InstantField(allow_none=True, required=True)
    unresolved = fields.Integer(required=True)
    version = fields.Integer(required=True)


class Unresolved(Schema):
    """A day that stands in the way of locking: still open, to be computed anew, or with exceptions nobody confirmed."""

    workday_id = fields.String(allow_none=True, required=True)
    employee_id = fields.String(required=True)
    work_on = fields.Date(required=True)
    why = fields.String(required=True)
    exceptions = fields.List(fields.String(), required=True)


class AttendanceClosedPeriod(AttendancePeriod):
    """`list` are the first 200 of the unresolved."""

    list = fields.List(fields.Nested(Unresolved), required=True)


class AttendancePeriodLock(Input):
    """`anyway`: with exceptions that nobody confirmed; they stay on record. Days still to be computed always hinder."""

    anyway = fields.Boolean(load_default=False)


class AttendancePeriodReopen(Input):
    reason = LongText(longest=500, required=True, blank=False)


class ReportAbout(Schema):
    as_of = InstantField(required=True)
    definition_version = fields.Integer(required=True)


class DailyRow(Schema):
    employee_id = fields.String(required=True)
    display_name = fields.String(required=True)
    work_on = fields.Date(required=True)
    group_id = fields.String(allow_none=True, required=True)
    group_name = fields.String(allow_none=True, required=True)
    department_ids = fields.List(fields.String(), required=True)
    shifts = fields.List(fields.String(), required=True)
    day_kind = fields.String(allow_none=True, required=True)
    status = fields.String(required=True)
    planned_minutes = fields.Integer(required=True)
    worked_minutes = fields.Integer(required=True)
    late_count = fields.Integer(required=True)
    late_minutes = fields.Integer(required=True)
    serious_late_count = fields.Integer(required=True)
    early_count = fields.Integer(required=True)
    early_minutes = fields.Integer(required=True)
    missing_count = fields.Integer(required=True)
    absent_minutes = fields.Integer(required=True)
    absence_minutes = fields.Integer(required=True)
    absence_by_type = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    overtime_minutes = fields.Integer(required=True)
    corrections = fields.Integer(required=True)
    exceptions = fields.List(fields.String(), required=True)


class DailyReport(ReportAbout):
    data = fields.List(fields.Nested(DailyRow), required=True)


class MonthlyRow(Schema):
    employee_id = fields.String(required=True)
    display_name = fields.String(required=True)
    department_ids = fields.List(fields.String(), required=True)
    group_ids = fields.List(fields.String(), required=True)
    days = fields.Integer(required=True)
    planned_days = fields.Integer(required=True)
    worked_days = fields.Integer(required=True)
    planned_minutes = fields.Integer(required=True)
    worked_minutes = fields.Integer(required=True)
    late_count = fields.Integer(required=True)
    late_minutes = fields.Integer(required=True)
    serious_late_count = fields.Integer(required=True)
    early_count = fields.Integer(required=True)
    early_minutes = fields.Integer(required=True)
    missing_count = fields.Integer(required=True)
    absent_minutes = fields.Integer(required=True)
    absence_minutes = fields.Integer(required=True)
    absence_by_type = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    overtime_minutes = fields.Integer(required=True)
    overtime_by_kind = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    corrections = fields.Integer(required=True)
    unresolved = fields.Integer(required=True)


class MonthlyReport(ReportAbout):
    month = fields.String(required=True)
    locked = fields.Boolean(required=True)
    data = fields.List(fields.Nested(MonthlyRow), required=True)
