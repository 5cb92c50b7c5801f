"""What presence looks like, and what may be sent for it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.kernel import clock
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Name

AVAILABILITIES = ("available", "busy", "in_meeting", "on_break", "off_shift", "on_leave", "offline")
CHOSEN = ("available", "busy", "in_meeting", "offline")
"""What a person says of themselves. A break has its own door, the rest is known from absences and shifts."""
LONGEST_BREAK = 2 * 24 * 60


class Presence(Schema):
    """`source` says what decided: `dnd`, `on_leave`, `break`, `chosen`, `off_shift`, `working_hours` or `last_seen`."""

    employee_id = fields.String(required=True)
    availability = fields.String(required=True, validate=validate.OneOf(AVAILABILITIES))
    source = fields.String(required=True)
    until = InstantField(allow_none=True, required=True)
    text = fields.String(allow_none=True, required=True)
    emoji = fields.String(allow_none=True, required=True)
    dnd_until = InstantField(allow_none=True, required=True)
    version = fields.Integer(required=True)


class Presences(Schema):
    data = fields.List(fields.Nested(Presence), required=True)


def _ahead(data: dict[str, Any], *names: str) -> None:
    for name in names:
        if data.get(name) is not None and data[name] <= clock.now():
            raise ValidationError("This is over already; give an instant to come.", name)


class PresencePut(Input):
    """The whole of it: what is absent is taken back. A break goes on."""

    availability = Choice(*CHOSEN, allow_none=True)
    text = Name(longest=100, allow_none=True)
    emoji = Name(longest=16, allow_none=True)
    clears_at = InstantField(allow_none=True)
    dnd_until = InstantField(allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _to_come(self, data: dict[str, Any], **_: Any) -> None:
        _ahead(data, "clears_at", "dnd_until")


class Break(Input):
    minutes = fields.Integer(required=True, strict=True, validate=validate.Range(1, LONGEST_BREAK))
