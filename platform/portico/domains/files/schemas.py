"""What attachments look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input, Reference

MOST_AT_ONCE = 10


class Owner(Schema):
    kind = fields.String(required=True)
    id = fields.String(required=True)


class Attachment(Schema):
    """`type` is what the content is. `width` and `height` are null for what is no picture; `linked_to` and
    `expires_at` exclude one another."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    size = fields.Integer(required=True)
    type = fields.String(required=True)
    sha256 = fields.String(required=True)
    width = fields.Integer(allow_none=True, required=True)
    height = fields.Integer(allow_none=True, required=True)
    linked_to = fields.Nested(Owner, allow_none=True, required=True)
    created_at = InstantField(required=True)
    expires_at = InstantField(allow_none=True, required=True)


class Attached(Schema):
    """An attachment as its owner shows it."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    size = fields.Integer(required=True)
    type = fields.String(required=True)
    width = fields.Integer(allow_none=True, required=True)
    height = fields.Integer(allow_none=True, required=True)


class LogoPut(Input):
    attachment_id = Reference("att", required=True)


def ids_input(**more: Any) -> fields.List[Any]:
    """`attachment_ids` of what files can be attached to."""
    return fields.List(Reference("att"), validate=validate.Length(max=MOST_AT_ONCE), **more)
