"""What can be asked of an object: its fields by name, each with a kind, a column and the operators of the kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement

from portico.kernel import text
from portico.kernel.db import AnySelect

Kind = Literal["text", "number", "bool", "date", "instant", "choice", "id"]
_ORDERED = ("lt", "lte", "gt", "gte")
_TIMES = ("eq", "ne", *_ORDERED, "within_last", "within_next", "exists")
_ONE_OF = ("eq", "ne", "in", "nin", "exists")
MANY = ("any", "all", "none", "exists")
"""Of fields that hold several values: has any of these, has all of them, has none of them."""
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "text": ("eq", "ne", "in", "nin", "starts", "contains", "exists"),
    "number": ("eq", "ne", "in", "nin", *_ORDERED, "exists"),
    "bool": ("eq", "exists"),
    "date": _TIMES,
    "instant": _TIMES,
    "choice": _ONE_OF,
    "id": _ONE_OF,
}
Missing = Callable[[Collection[str]], set[str]]
Rows = Callable[[ColumnElement[bool]], AnySelect]


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """`column` holds what `key` makes of a value: both sides of a comparison are keys. Of a field whose values stand in
    rows beside the object, `rows` selects those that meet a condition on `column`, correlated with the object.
    """

    name: str
    kind: Kind
    column: ColumnElement[Any]
    title: str = ""
    scope: str | None = None
    """Without it nobody may ask for this: who can ask for a value can find it out."""
    ops: tuple[str, ...] = ()
    """Which operators there are; all of the kind when empty."""
    rows: Rows | None = None
    many: bool = False
    key: Callable[[Any], Any] | None = None
    load: Callable[[Any], Any] | None = None
    """From a value of a condition, raising ValueError with what would be one; the kind's own reading when None."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Value → what people call it."""
    prefix: str = ""
    """Of the ids."""
    missing: Missing | None = None
    """Those of these ids that name nothing a condition can be about."""
    read: Callable[[Mapping[str, Any]], Any] | None = None
    """From the values of an object in memory; by the name of the field when None."""

    def beside(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """That the object has a row of the field that meets a condition on `column`. EXISTS, not IN: the planner may
        take it for a join, hash it, or probe an index for each object below an OR."""
        if self.rows is None:
            raise TypeError(f"{self.name} stands in the object's own row.")
        return self.rows(condition).exists()

    @property
    def operators(self) -> tuple[str, ...]:
        return self.ops or (MANY if self.many else OPERATORS[self.kind])

    def key_of(self, value: Any) -> Any:
        if self.key is not None:
            return self.key(value)
        return text.search_key(value) if self.kind == "text" else _same(value)

    def value_in(self, values: Mapping[str, Any]) -> Any:
        """What an object in memory has. Raises KeyError for values that do not name the field: a forgotten one is not
        an absent one."""
        return self.read(values) if self.read is not None else values[self.name]


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a kind of object in a workspace, in the order in which they are shown."""

    object: str
    known: Mapping[str, Field]

    @classmethod
    def of(cls, object_type: str, *fields: Field) -> Fields:
        return cls(object_type, {each.name: each for each in fields})
