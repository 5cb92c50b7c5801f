"""The compiled dump functions answer what marshmallow does, for every answer of the API."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from marshmallow import Schema, fields

from portico.kernel.dump import InstantField, dumper
from portico.kernel.events import EVENT_TYPES
from portico.web.api import OPERATIONS

MOMENT = datetime(2026, 11, 22, 9, 30, 0, 123_000, tzinfo=UTC)
SCHEMAS = sorted(
    {operation.answer for operation in OPERATIONS if operation.answer} | {kind.schema for kind in EVENT_TYPES},
    key=lambda schema: f"{schema.__module__}.{schema.__name__}",
)


def example(field: fields.Field[Any]) -> Any:
    """A value as a query would bring it."""
    match field:
        case InstantField():
            return MOMENT
        case fields.Date():
            return date(2026, 11, 22)
        case fields.Integer():
            return 7
        case fields.Float():
            return 4.5
        case fields.Boolean():
            return True
        case fields.Dict():
            return {"key": ["value", None, 1] if field.value_field is None else example(field.value_field)}
        case fields.Nested():
            inner = example_of(type(field.schema))
            return [inner, inner] if field.many else inner
        case fields.List():
            return [example(field.inner), example(field.inner)]
        case _:
            return "text ü 北"


def example_of(schema: type[Schema]) -> dict[str, Any]:
    return {field.attribute or name: example(field) for name, field in schema().dump_fields.items()}


def same(schema: type[Schema], source: Any) -> None:
    compiled = dumper(schema)(source)
    assert compiled == schema().dump(source)
    assert list(compiled) == list(schema().dump(source))
    assert orjson.loads(orjson.dumps(compiled)) == compiled


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: f"{schema.__module__.split('.')[-2]}.{schema.__name__}")
def test_the_compiled_function_answers_what_marshmallow_does(schema: type[Schema]) -> None:
    whole = example_of(schema)
    same(schema, whole)
    same(schema, SimpleNamespace(**whole))
    same(schema, dict.fromkeys(whole))
    for name in whole:
        same(schema, {key: value for key, value in whole.items() if key != name})


class _Item(Schema):
    at = InstantField(required=True)
    name = fields.String(required=True)


class _Whole(Schema):
    items = fields.List(fields.Nested(_Item), required=True)
    many = fields.Nested(_Item, many=True, required=True)


def test_lists_of_dictionaries_with_gaps_and_of_objects_are_dumped_too() -> None:
    whole, bare = {"at": MOMENT, "name": "one"}, {"name": "bare"}
    for items in ([whole, bare], [SimpleNamespace(**whole), whole], [], (whole, bare), [{"at": None, "name": None}]):
        same(_Whole, {"items": items, "many": items})


def test_there_are_schemas_to_compare() -> None:
    assert len(SCHEMAS) > 15
