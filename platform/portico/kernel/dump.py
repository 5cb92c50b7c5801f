"""From an object to JSON: one function per schema, written as Python and compiled when it is first asked for.

The marshmallow schema stays the one definition. Its per-object walk costs more than the database does on a page of
fifty, so the fields are read once and become one literal, `{"id": source["id"], …}`. What does not fit into it, such as
an object with attributes or an absent field, takes the longer way from closure to closure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from marshmallow import Schema, fields, missing

from portico.kernel import clock

Dump = Callable[[Any], dict[str, Any]]
DumpMany = Callable[[Any], list[Any] | None]
Plan = list[tuple[str, str, Callable[[Any], Any]]]
"""Name in the answer, name in the source, and from the one value to the other."""


class InstantField(fields.AwareDateTime):
    """An instant: RFC 3339 with a zone in, UTC with milliseconds out. Naive or impossible instants are invalid."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "invalid": "Give an instant such as 2026-11-22T09:30:00Z.",
        "invalid_awareness": "The instant lacks its zone; end it with Z or +hh:mm.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if not 1970 <= moment.year <= 9998:
            raise self.make_error("invalid", input=value)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else clock.rfc3339(value)


def _same(value: Any) -> Any:
    return value


def _instant(value: datetime | None) -> str | None:
    return None if value is None else clock.rfc3339(value)


def _date(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _each(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: None if values is None else [convert(value) for value in values]


def _maybe(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def _converter(field: fields.Field[Any]) -> Callable[[Any], Any]:
    match field:
        case fields.DateTime():
            return _instant
        case fields.Date():
            return _date
        case fields.Nested():
            schema = type(field.schema)
            return many_dumper(schema) if field.many else _maybe(dumper(schema))
        case fields.List():
            convert = _converter(field.inner)
            return _same if convert is _same else _each(convert)
        case _:
            return _same


def _getter(source: Any) -> Callable[[Any, str], Any]:
    return _from_mapping if isinstance(source, Mapping) else _from_attribute


def _from_mapping(source: Any, name: str) -> Any:
    return source.get(name, missing)


def _from_attribute(source: Any, name: str) -> Any:
    return getattr(source, name, missing)


def _plans(schema: type[Schema]) -> tuple[Plan, Plan]:
    """What is always there, and what may be absent."""
    known = schema().dump_fields
    plan = [(field.data_key or name, field.attribute or name, _converter(field)) for name, field in known.items()]
    # What may be absent and stands at the end costs nothing where it is: `_redacted` above all.
    end = max((place + 1 for place, field in enumerate(known.values()) if field.required), default=0)
    return plan[:end], plan[end:]


def _written(plan: Plan, template: str) -> Callable[[Any], Any]:
    """The function whose text is `template` with the literal of the plan in it. Of a source it only takes items."""
    known: dict[str, Any] = {}
    parts = []
    for place, (name, attribute, convert) in enumerate(plan):
        value = f"source[{attribute!r}]"
        if convert is not _same:
            known[f"convert_{place}"] = convert
            value = f"convert_{place}({value})"
        parts.append(f"{name!r}: {value}")
    text = template.format(f"{{{', '.join(parts)}}}")
    return eval(text, known)  # type: ignore[no-any-return]  # noqa: S307 - of names in our own schemas


@cache
def dumper(schema: type[Schema]) -> Dump:
    """The dump function of a schema class. What the source lacks is left out of the answer."""
    always, sometimes = _plans(schema)
    plan, literal = [*always, *sometimes], _written(always, "lambda source: {}")

    def dump(source: Any) -> dict[str, Any]:
        answer: dict[str, Any]
        if type(source) is dict:
            try:
                answer = literal(source)
            except KeyError:
                pass  # something is absent that should not be: the longer way
            else:
                for name, attribute, convert in sometimes:
                    if attribute in source:
                        answer[name] = convert(source[attribute])
                return answer
        get = _getter(source)
        answer = {}
        for name, attribute, convert in plan:
            value = get(source, attribute)
            if value is not missing:
                answer[name] = value if convert is _same else convert(value)
        return answer

    return dump


@cache
def many_dumper(schema: type[Schema]) -> DumpMany:
    """The dump function for a list of what `dumper` dumps; for None it is None."""
    always, sometimes = _plans(schema)
    one_by_one = _each(_maybe(dumper(schema)))
    if sometimes:
        return one_by_one
    literals = _written(always, "lambda values: [{} for source in values]")

    def dump_many(values: Any) -> list[Any] | None:
        if type(values) is list:
            try:
                return literals(values)  # type: ignore[no-any-return]
            except (KeyError, TypeError):
                pass  # something is absent, or no dictionary: the longer way
        return one_by_one(values)  # type: ignore[no-any-return]

    return dump_many
