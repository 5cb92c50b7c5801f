"""Which objects can have properties. The domain that owns one registers it beside its table:

    CONTACT = objects.register("contact", Contact, sensitive="contacts.sensitive:read")

The table has a column `properties`; `PROPERTIES` is that column, ready made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, text
from sqlalchemy.orm import MappedColumn, mapped_column

from portico.kernel.db import JSONB
from portico.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class PropertyObject:
    """`sensitive` is the scope without which values of sensitive properties are left out."""

    name: str
    table: Table
    sensitive: str


OBJECTS: Registry[PropertyObject] = Registry("object with properties", lambda each: each.name)


def values_column() -> MappedColumn[Any]:
    """The column that holds an object's values by key."""
    return mapped_column(JSONB, default=dict, server_default=text("'{}'"), nullable=False)


def register(name: str, model: Any, *, sensitive: str) -> PropertyObject:
    return OBJECTS.add(PropertyObject(name, cast(Table, model.__table__), sensitive))
