"""An object's properties as fields of predicates, by the same index that lists are filtered by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from portico.domains.properties import queries, values
from portico.domains.properties.models import PropertyIndex
from portico.domains.properties.objects import OBJECTS
from portico.kernel.db import AnyRow
from portico.kernel.predicates.fields import Field, Kind

_index = PropertyIndex.__table__.c
_KINDS: dict[str, Kind] = {
    "integer": "number",
    "decimal": "number",
    "bool": "bool",
    "date": "date",
    "datetime": "instant",
    "select": "choice",
    "multiselect": "choice",
}
_OPS = {"text": ("eq", "ne", "in", "nin", "exists")}
"""A long text stands in the index as a digest, so that nothing but equality can be asked of texts."""
_KEYS: dict[str, Callable[[Any], Any]] = {
    "integer": int,
    "bool": int,
    "decimal": values.scaled,
    "date": date.isoformat,
    "datetime": lambda moment: moment,
    "select": str,
    "multiselect": str,
}


def fields(workspace_id: str, object_type: str, id_column: ColumnElement[Any]) -> list[Field]:
    """The active properties of an object whose id is in `id_column` of the statement."""
    known = queries.active(workspace_id, object_type)
    return [_field(workspace_id, object_type, id_column, row) for row in known.values()]


def _field(workspace_id: str, object_type: str, id_column: Any, row: AnyRow) -> Field:
    table = id_column.table
    column, _, _ = queries.READINGS.get(row.type, queries.TEXT)
    kind = _KINDS.get(row.type, "text")
    rows = (
        select(_index.object_id)
        .where(_index.workspace_id == workspace_id, _index.property_id == row.id, _index.object_id == id_column)
        .where(_index.workspace_id == table.c.workspace_id)
        .correlate(table)
    )
    return Field(
        queries.PREFIX + row.key,
        kind,
        column,
        title=row.label,
        scope=OBJECTS[object_type].sensitive if row.sensitive else None,
        ops=("exists",) if row.type == "long_text" else _OPS.get(kind, ()),
        rows=rows.where,
        many=row.type == "multiselect",
        key=_KEYS.get(row.type, values.text_key),
        load=_number(row.type) if kind == "number" else None,
        choices={option["key"]: option["label"] for option in row.options},
        read=_reader(row.key),
    )


def _reader(key: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda values: values["properties"].get(key)


def _number(kind: str) -> Callable[[Any], Any]:
    def load(value: Any) -> Any:
        try:
            return values.checked(kind, (), value)
        except values.WrongValue as error:
            raise ValueError(str(error)) from None

    return load
