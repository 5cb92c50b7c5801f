"""Values on objects: checked against the definitions that hold now, and written into the index.

The object's own domain holds the object's row while it asks, and writes the column; so of two who change different
keys at once, each finds what the other wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import orjson
from sqlalchemy import Table, delete, insert

from portico.domains.properties import permissions, queries, values
from portico.domains.properties.models import PropertyIndex
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import FieldError, Invalid, invalid
from portico.kernel.unit_of_work import session

MAX_BYTES = 64 * 1024
_table = cast(Table, PropertyIndex.__table__)


def merge(actor: Actor, object_type: str, before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an object with those that are given: null clears, what is not named stays.

    Raises Invalid with every wrong key.
    """
    known = queries.active(actor.workspace_id, object_type)
    merged = dict(before)
    errors: list[FieldError] = []
    for key, value in given.items():
        try:
            new = _checked(actor, object_type, key, known.get(key), value, before.get(key))
        except Invalid as error:
            errors += error.errors
        else:
            merged.pop(key, None)
            if new is not None:
                merged[key] = new
    if errors:
        raise Invalid(errors=errors)
    if len(orjson.dumps(merged)) > MAX_BYTES:
        raise invalid("/properties", "too_long", "The values of all properties together are over 64 KiB.")
    return merged


def _pointer(key: str) -> str:
    return f"/properties/{key.replace('~', '~0').replace('/', '~1')}"


def _checked(actor: Actor, object_type: str, key: str, found: AnyRow | None, value: Any, before: Any) -> Any:
    """The value as it is kept; None for one that is cleared. Raises Invalid."""
    if found is None:
        message = f"There is no property of this key; GET /properties/{object_type} lists them."
        raise invalid(_pointer(key), "unknown", message)
    if not permissions.may_write_value(actor, found):
        message = f"This property belongs to the app {found.app_key}; other apps read it."
        raise invalid(_pointer(key), "read_only", message)
    if value is None or value == []:
        return None
    try:
        return values.checked(found.type, found.options, value, before)
    except values.WrongValue as error:
        raise invalid(_pointer(key), "invalid", f"{found.label}: {error}") from None


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The keys whose values differ."""
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def index(
    actor: Actor, object_type: str, object_id: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[str]:
    """Write what differs into the index, after the object itself. Answers the fields that changed, for the event."""
    keys = changed(before, after)
    if not keys:
        return []
    known = queries.active(actor.workspace_id, object_type)
    moved = {known[key].id: (known[key].type, after.get(key)) for key in keys if key in known}
    work = session()
    if before:
        work.execute(
            delete(_table)
            .where(_table.c.workspace_id == actor.workspace_id, _table.c.object_id == object_id)
            .where(_table.c.property_id.in_(sorted(moved)))
        )
    rows = [
        {
            "workspace_id": actor.workspace_id,
            "property_id": property_id,
            "object_id": object_id,
            "position": position,
            **found,
        }
        for property_id, (kind, value) in sorted(moved.items())
        if value is not None
        for position, found in enumerate(values.index_keys(kind, value))
    ]
    if rows:
        work.execute(insert(_table), rows)
    return [queries.PREFIX + key for key in keys]
