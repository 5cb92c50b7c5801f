"""The JSON Schema (2020-12) of the manifest, derived from the marshmallow one, for editors."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from portico_sdk.manifest._fields import KEY, EventFilter, Flag, In, Line, ListOf, MapOf, Number, OneOf, Table, Text
from portico_sdk.manifest._schema import ManifestTable

__all__ = ["json_schema"]


def json_schema() -> dict[str, Any]:
    return schema_of(ManifestTable, "Portico app manifest")


def schema_of(table: type[Table], title: str) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **_table(table())}


def _table(schema: Schema) -> dict[str, Any]:
    required = [name for name, field in schema.fields.items() if field.required]
    described: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _field(field) for name, field in schema.fields.items()},
    }
    return {**described, "required": required} if required else described


def _field(field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, Text):
        line = {"type": "string", "minLength": 1, "maxLength": field.limit}
        by_language = {"type": "object", "required": ["en"], "additionalProperties": line}
        return {"anyOf": [line, by_language]}
    if isinstance(field, MapOf):
        names = {"pattern": f"^{KEY}$"}
        return {"type": "object", "propertyNames": names, "additionalProperties": _table(field.table())}
    if isinstance(field, OneOf):
        return {"oneOf": [_table(table()) for table in field.tables.values()]}
    if isinstance(field, In):
        return _table(field.schema)
    if isinstance(field, ListOf):
        return {"type": "array", "maxItems": field.limit, "items": _field(field.inner)}
    return _simple(field)


def _simple(field: fields.Field[Any]) -> dict[str, Any]:
    described: dict[str, Any] = dict(getattr(field, "json_schema", {}))
    if isinstance(field, EventFilter):
        described["type"] = "object"
    elif isinstance(field, Flag):
        described["type"] = "boolean"
    elif isinstance(field, Number):
        described["type"] = "integer"
    elif isinstance(field, fields.String):
        described["type"] = "string"
    if isinstance(field, Line):
        described |= {"minLength": 1, "maxLength": field.limit}
    for validator in field.validators:
        described |= _constraint(validator)
    return described


def _constraint(validator: object) -> dict[str, Any]:
    if isinstance(validator, validate.OneOf):
        return {"enum": list(validator.choices)}
    if isinstance(validator, validate.Equal):
        return {"const": validator.comparable}
    if isinstance(validator, validate.Range):
        return {"minimum": validator.min, "maximum": validator.max}
    if isinstance(validator, validate.Regexp):
        return {"pattern": str(validator.regex.pattern).replace(r"\Z", "$")}  # ECMA 262 has no \Z
    return {}
