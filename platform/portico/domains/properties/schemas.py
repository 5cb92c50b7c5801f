"""What properties look like, and what may be sent for one."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from portico.domains.properties.values import TYPES, WITH_OPTIONS
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Name
from portico.kernel.text import N_

STATES = ("active", "archived", "hidden")
MAX_OPTIONS = 200
OF_APPS = "app_"
_KEY = r"^[a-z][a-z0-9_]{1,49}\Z"


class Option(Schema):
    key = fields.String(required=True)
    label = fields.String(required=True)
    archived = fields.Boolean(required=True)


class Property(Schema):
    id = fields.String(required=True)
    object = fields.String(required=True)
    key = fields.String(required=True)
    label = fields.String(required=True)
    type = fields.String(required=True, validate=validate.OneOf(TYPES))
    options = fields.List(fields.Nested(Option), required=True)
    sensitive = fields.Boolean(required=True)
    app_key = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class _OptionInput(Input):
    key = Name(longest=60, required=True)
    label = Name(longest=60)
    archived = fields.Boolean()


class OptionField(fields.Field[dict[str, Any]]):
    """A text, which is key and label, or `{key, label, archived}`. Lists of values separate keys by commas."""

    _whole = _OptionInput()

    def __init__(self, **kwargs: Any) -> None:
        of_object = {"type": "object", "required": ["key"], "properties": {"key": {"type": "string"}}}
        super().__init__(metadata={"oneOf": [{"type": "string"}, of_object]}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, (str, dict)):
            raise ValidationError("Give a text, or an object with key and label.")
        option: dict[str, Any] = self._whole.load({"key": value} if isinstance(value, str) else value)
        if "," in option["key"]:
            raise ValidationError("The key of an option holds no comma; its label may.")
        return option


class _PropertyFields(Input):
    label = Name(longest=100)
    options = fields.List(OptionField(), validate=validate.Length(max=MAX_OPTIONS))
    sensitive = fields.Boolean()

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        keys = [option["key"] for option in data.get("options", ())]
        wrong = {place: ["This key is named twice."] for place, key in enumerate(keys) if key in keys[:place]}
        if wrong:
            raise ValidationError({"options": wrong})


class PropertyCreate(_PropertyFields):
    key = fields.String(
        required=True,
        validate=validate.Regexp(_KEY, error=N_("2 to 50 of a-z, 0-9 and _, beginning with a letter.")),
    )
    label = Name(longest=100, required=True)
    type = Choice(*TYPES, required=True)

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        if data["key"].startswith(OF_APPS):
            raise ValidationError({"key": ["Keys that begin with app_ are those of apps; take another."]})
        if data["type"] in WITH_OPTIONS and not data.get("options"):
            raise ValidationError({"options": [f"A property of type {data['type']} needs options to choose from."]})
        if data["type"] not in WITH_OPTIONS and data.get("options"):
            raise ValidationError({"options": [f"Only {' and '.join(WITH_OPTIONS)} have options."]})

    @post_load
    def _whole(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"options": [], "sensitive": False, **data}


class PropertyUpdate(_PropertyFields):
    """Key and type never change. `options` replaces the list; one that is used and not named is archived."""


def values_field() -> fields.Dict:
    """How an object shows its values: by key, without those that have none."""
    return fields.Dict(keys=fields.String(), required=True)


def values_input() -> fields.Dict:
    """How values are sent: merged by key, null clears. What each must be says the property of that key."""
    return fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))
