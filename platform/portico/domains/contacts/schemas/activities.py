"""What happened with a contact, and what they agreed to."""

from __future__ import annotations

from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Name

KINDS = ("note", "call", "meeting", "email")
OF_APP = r"app:[a-z][a-z0-9_-]{1,39}:[a-z][a-z0-9_]{0,39}"
VISIBILITIES = ("all", "team", "private")
MAX_DATA = 16 * 1024
STATUSES = ("granted", "denied", "withdrawn")
BASES = ("consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interests")
_WORD = validate.Regexp(r"^[a-z][a-z0-9_]{0,39}$", error="Use a-z, 0-9 and _; begin with a-z.")


class ActivityAuthor(Schema):
    kind = fields.String(required=True)
    id = fields.String(required=True)
    display_name = fields.String(allow_none=True)
    on_behalf_of = fields.String()


class Activity(Schema):
    id = fields.String(required=True)
    contact_id = fields.String(required=True)
    kind = fields.String(required=True)
    occurred_at = InstantField(required=True)
    recorded_at = InstantField(required=True)
    author = fields.Nested(ActivityAuthor, required=True)
    body = fields.String(allow_none=True, required=True)
    data = fields.Dict(required=True)
    visibility = fields.String(required=True)
    source_ref = fields.String(allow_none=True, required=True)


class ActivityCreate(Input):
    kind = fields.String(
        required=True,
        validate=validate.Regexp(
            rf"^({'|'.join(KINDS)}|{OF_APP})$", error=f"Give one of {', '.join(KINDS)}, or app:<key>:<type> as an app."
        ),
    )
    body = LongText(allow_none=True, load_default=None)
    occurred_at = InstantField()
    data = fields.Dict(keys=fields.String(), load_default=dict)
    visibility = Choice(*VISIBILITIES, load_default="all")
    source_ref = Name(longest=200, allow_none=True, load_default=None)

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("body") and not data.get("data"):
            raise ValidationError({"body": ["Say what happened: a body, or data."]})
        if len(orjson.dumps(data.get("data") or {})) > MAX_DATA:
            raise ValidationError({"data": [f"It holds at most {MAX_DATA} bytes of JSON."]})


class Consent(Schema):
    id = fields.String(required=True)
    contact_id = fields.String(required=True)
    channel = fields.String(required=True)
    purpose = fields.String(required=True)
    status = fields.String(required=True)
    basis = fields.String(allow_none=True, required=True)
    source = fields.String(allow_none=True, required=True)
    at = InstantField(required=True)
    recorded_at = InstantField(required=True)
    author = fields.Nested(ActivityAuthor, required=True)
    is_current = fields.Boolean(required=True)


class ConsentCreate(Input):
    channel = fields.String(required=True, validate=_WORD)
    purpose = fields.String(required=True, validate=_WORD)
    status = Choice(*STATUSES, required=True)
    basis = Choice(*BASES, allow_none=True, load_default=None)
    source = Name(longest=200, allow_none=True, load_default=None)
    at = InstantField()
