"""A tree asked of one object in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from portico.kernel.predicates import operands, shape
from portico.kernel.predicates.checking import PredicateInvalid, bind
from portico.kernel.predicates.fields import Field, Fields
from portico.kernel.predicates.operands import Test
from portico.kernel.predicates.shape import Leaf, Node


def holds(tree: Any, fields: Fields, values: Mapping[str, Any], *, today: date, zone: ZoneInfo) -> bool:
    """Whether an object with these values matches: by field name, as the API shows them. Raises PredicateInvalid."""
    root, _, errors = shape.read(tree)
    if errors or root is None:
        raise PredicateInvalid(errors)
    return _node(root, fields, values, today, zone)


def _node(node: Node, fields: Fields, values: Mapping[str, Any], today: date, zone: ZoneInfo) -> bool:
    if isinstance(node, Leaf):
        one = bind(node, fields)
        test = operands.test_of(one.field, one.op, one.value, today=today, zone=zone)
        return _passes(_keys(one.field, values), test) != test.negated
    found = [_node(child, fields, values, today, zone) for child in node.children]
    if node.form == "not":
        return not found[0]
    return all(found) if node.form == "all" else any(found)


def _keys(field: Field, values: Mapping[str, Any]) -> list[Any]:
    """The keys of what the object has: none, one, or several."""
    held = field.value_in(values)
    if held is None:
        return []
    return [field.key_of(_normal(field, one)) for one in (held if field.many else [held])]


def _normal(field: Field, value: Any) -> Any:
    if field.kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if field.kind == "instant":
        return operands.in_milliseconds(datetime.fromisoformat(value) if isinstance(value, str) else value)
    return value


def _passes(keys: list[Any], test: Test) -> bool:
    match test.form:
        case "exists":
            return bool(keys)
        case "among":
            return any(key in test.keys for key in keys)
        case "every":
            return all(wanted in keys for wanted in test.keys)
        case "part":
            return any(test.keys[0] in key for key in keys)
        case _:
            return any(_between(key, test) for key in keys)


def _between(key: Any, test: Test) -> bool:
    if test.low is not None and not (key >= test.low[0] if test.low[1] else key > test.low[0]):
        return False
    return test.high is None or bool(key <= test.high[0] if test.high[1] else key < test.high[0])
