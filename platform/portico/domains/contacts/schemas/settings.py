"""How a workspace keeps its contacts."""

from __future__ import annotations

from typing import Any

import phonenumbers
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input, Name

MAX_STAGES = 30
STAGE_KEY = r"^[a-z][a-z0-9_]{0,39}$"


class Stage(Schema):
    key = fields.String(required=True)
    label = fields.String(required=True)


class ContactSettings(Schema):
    default_country = fields.String(allow_none=True, required=True)
    link_by_domain = fields.Boolean(required=True)
    stages = fields.List(fields.Nested(Stage), required=True)
    updated_at = InstantField(allow_none=True, required=True)
    version = fields.Integer(required=True)


class StageInput(Input):
    key = fields.String(required=True, validate=validate.Regexp(STAGE_KEY, error="Use a-z, 0-9 and _; begin with a-z."))
    label = Name(longest=60, required=True)


class ContactSettingsInput(Input):
    """What is absent stays as it is."""

    default_country = fields.String(
        allow_none=True,
        validate=validate.OneOf(
            sorted(phonenumbers.SUPPORTED_REGIONS), error="Give a country by its two letters, such as CN."
        ),
    )
    link_by_domain = fields.Boolean()
    stages = fields.List(fields.Nested(StageInput), validate=validate.Length(1, MAX_STAGES))

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        keys = [one["key"] for one in data.get("stages", ())]
        twice = {place: ["This key is there twice."] for place, key in enumerate(keys) if key in keys[:place]}
        if twice:
            raise ValidationError({"stages": twice})
