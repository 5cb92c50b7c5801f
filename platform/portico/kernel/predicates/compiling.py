"""A tree as a condition of SQL, the same on SQLite and PostgreSQL, and never NULL."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, not_, or_, true

from portico.kernel.predicates import operands, shape
from portico.kernel.predicates.checking import Bound, PredicateInvalid, bind
from portico.kernel.predicates.fields import Field, Fields
from portico.kernel.predicates.operands import Test
from portico.kernel.predicates.shape import Leaf, Node


def compile(tree: Any, fields: Fields, *, today: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """The condition that an object of the statement matches. Raises PredicateInvalid; whether the records that the
    tree names are still there asks `check`."""
    root, _, errors = shape.read(tree)
    if errors or root is None:
        raise PredicateInvalid(errors)
    return _node(root, fields, today, zone)


def _node(node: Node, fields: Fields, today: date, zone: ZoneInfo) -> ColumnElement[bool]:
    if isinstance(node, Leaf):
        return _leaf(bind(node, fields), today, zone)
    parts = [_node(child, fields, today, zone) for child in node.children]
    if node.form == "not":
        return not_(parts[0])
    return and_(*parts) if node.form == "all" else or_(*parts)


def _leaf(one: Bound, today: date, zone: ZoneInfo) -> ColumnElement[bool]:
    test = operands.test_of(one.field, one.op, one.value, today=today, zone=zone)
    found = _beside(one.field, test) if one.field.rows is not None else _within(one.field.column, test)
    return not_(found) if test.negated else found


def _within(column: Any, test: Test) -> ColumnElement[bool]:
    """`col = x` of a NULL is unknown, and so would be its negation; that there is a value is asked besides."""
    return and_(column.is_not(None), _compared(column, test))


def _beside(field: Field, test: Test) -> ColumnElement[bool]:
    if test.form == "every":
        return and_(*(field.beside(field.column == key) for key in test.keys))
    return field.beside(_compared(field.column, test))


def _compared(column: Any, test: Test) -> ColumnElement[bool]:
    match test.form:
        case "exists":
            return true()
        case "among":
            return column == test.keys[0] if len(test.keys) == 1 else column.in_(test.keys)  # type: ignore[no-any-return]
        case "part":
            return column.contains(test.keys[0], autoescape=True)  # type: ignore[no-any-return]
        case _:
            return and_(true(), *_bounds(column, test))


def _bounds(column: Any, test: Test) -> list[ColumnElement[bool]]:
    found = []
    if test.low is not None:
        key, inclusive = test.low
        found.append(column >= key if inclusive else column > key)
    if test.high is not None:
        key, inclusive = test.high
        found.append(column <= key if inclusive else column < key)
    return found
