"""What views look like, and what may be sent for them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from portico.domains.views.objects import OBJECTS
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Name

NAMES = tuple(each.name for each in OBJECTS)
MOST_CONDITIONS = 50


class Trouble(Schema):
    pointer = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class View(Schema):
    """`troubles` say why a view is not `valid` for you."""

    id = fields.String(required=True)
    object = fields.String(required=True, validate=validate.OneOf(NAMES))
    name = fields.String(required=True)
    shared = fields.Boolean(required=True)
    mine = fields.Boolean(required=True)
    filter = fields.Dict(keys=fields.String(), required=True)
    columns = fields.List(fields.String(), required=True)
    sort = fields.String(allow_none=True, required=True)
    valid = fields.Boolean(required=True)
    troubles = fields.List(fields.Nested(Trouble), required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class Count(Schema):
    """Exact up to 1,000; with `more` there are more than that."""

    count = fields.Integer(required=True)
    more = fields.Boolean(required=True)


_SCALAR = (str, int, bool)


def _a_filter(given: dict[str, Any]) -> None:
    """`{"status": {"in": ["open", "pending"]}, "assignee_id": "me"}`: the grammar of the list's query string."""
    leaves = 0
    for name, wanted in given.items():
        for value in wanted.values() if isinstance(wanted, dict) else [wanted]:
            leaves += 1
            parts = value if isinstance(value, list) else [value]
            if not parts or not all(isinstance(part, _SCALAR) for part in parts):
                raise ValidationError(f"{name}: give a text, a number, true or false, or a list of them.")
            if isinstance(value, list) and any("," in str(part) for part in parts):
                raise ValidationError(f"{name}: a value in a list holds no comma.")
    if leaves > MOST_CONDITIONS:
        raise ValidationError(f"A view has at most {MOST_CONDITIONS} conditions.")


class _ViewFields(Input):
    name = Name(longest=100)
    shared = fields.Boolean()
    filter = fields.Dict(keys=fields.String(validate=validate.Length(max=100)), validate=_a_filter)
    columns = fields.List(fields.String(validate=validate.Length(max=100)), validate=validate.Length(max=30))
    sort = fields.String(allow_none=True, validate=validate.Length(max=100))


class ViewCreate(_ViewFields):
    object = Choice(*NAMES, required=True)
    name = Name(longest=100, required=True)


class ViewUpdate(_ViewFields):
    """Absent keeps; `filter` and `columns` are replaced whole."""
