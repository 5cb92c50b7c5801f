"""Shapes of long work."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input

FORMATS = ("csv", "jsonl")
STATES = ("queued", "running", "succeeded", "failed")


class ExportCreate(Input):
    """`filter` is that of the resource's list: `{"action": "ticket.solved", "at": {"gte": "2026-11-01T00:00:00Z"}}`."""

    resource = fields.String(required=True, validate=validate.Length(max=40))
    format = Choice(*FORMATS, load_default="jsonl")
    filter = fields.Dict(keys=fields.String(validate=validate.Length(max=100)), load_default=dict)


class Progress(Schema):
    done = fields.Integer(required=True)
    total = fields.Integer(required=True, allow_none=True)


class JobResult(Schema):
    """`url` is for whoever asked, with the same kind of token, until `expires_at`."""

    url = fields.String(required=True)
    expires_at = InstantField(required=True)
    name = fields.String(required=True)
    rows = fields.Integer(required=True)
    size = fields.Integer(required=True)


class Job(Schema):
    id = fields.String(required=True)
    kind = fields.String(required=True)
    state = Choice(*STATES, required=True)
    progress = fields.Nested(Progress, required=True)
    result = fields.Nested(JobResult, required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    errors_url = fields.String(required=True, allow_none=True)
    created_at = InstantField(required=True)
    finished_at = InstantField(required=True, allow_none=True)


class ExportEvent(Schema):
    """What the record says of an export: what was taken out, in which form."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    resource = fields.String(required=True)
    format = fields.String(required=True)
    filter = fields.Dict(required=True)


class ExportFinishedEvent(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    rows = fields.Integer(required=True)
    employee_id = fields.String(required=True)
