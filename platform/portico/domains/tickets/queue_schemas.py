"""What queues look like, and what may be sent for them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Name, Reference

ASSIGNMENTS = ("manual", "round_robin", "least_loaded")
MAX_MEMBERS = 500


class QueueMember(Schema):
    employee_id = fields.String(required=True)
    capacity = fields.Integer(allow_none=True, required=True)


class Queue(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    assignment = fields.String(required=True, validate=validate.OneOf(ASSIGNMENTS))
    members = fields.List(fields.Nested(QueueMember), required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class QueueMemberInput(Input):
    """`capacity` is the most unsolved tickets of the queue that they are given by turns; null is as many as come."""

    employee_id = Reference("emp", required=True)
    capacity = fields.Integer(strict=True, allow_none=True, load_default=None, validate=validate.Range(0, 10_000))


class _QueueFields(Input):
    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        ids = [member["employee_id"] for member in data.get("members", ())]
        if len(set(ids)) < len(ids):
            raise ValidationError("Name each member once.", "members")


def _members(**more: Any) -> Any:
    return fields.List(fields.Nested(QueueMemberInput), validate=validate.Length(max=MAX_MEMBERS), **more)


class QueueCreate(_QueueFields):
    name = Name(longest=100, required=True)
    assignment = Choice(*ASSIGNMENTS, load_default="manual")
    members = _members(load_default=list)


class QueueUpdate(_QueueFields):
    """`members` replaces them all."""

    name = Name(longest=100)
    assignment = Choice(*ASSIGNMENTS)
    members = _members()
