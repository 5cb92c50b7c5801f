"""Definitions, as people and apps with the scope make them. They belong to the workspace."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from portico.domains.properties import events, permissions, queries
from portico.domains.properties.errors import PropertyExists, TooManyProperties
from portico.domains.properties.models import MOST, Property
from portico.domains.properties.values import WITH_OPTIONS
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import Conflict, Stale, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_TRIES = 5
_table = cast(Table, Property.__table__)

Definition = dict[str, Any]


def create_property(actor: Actor, object_type: str, given: Definition) -> Definition:
    """Add a property of the workspace's own.

    Raises NotFound, PropertyExists, TooManyProperties and Conflict.
    """
    kind = queries.object_named(object_type)
    row = insert_property(actor, kind.name, {**given, "options": options(given["options"]), "app_id": None})
    emit(actor, events.PROPERTY_CREATED, row)
    return row


def options(given: list[Definition], before: list[Definition] | None = None, used: set[str] | None = None) -> Any:
    """The whole options; of those that are not named any more, the used ones stay as archived."""
    labels = {option["key"]: option["label"] for option in before or ()}
    whole = [
        {
            "key": option["key"],
            "label": option.get("label") or labels.get(option["key"], option["key"]),
            "archived": option.get("archived", False),
        }
        for option in given
    ]
    named = {option["key"] for option in whole}
    kept = [option for option in before or () if option["key"] not in named and option["key"] in (used or ())]
    return [*whole, *({**option, "archived": True} for option in kept)]


def insert_property(actor: Actor, object_type: str, values: Definition) -> Definition:
    """Insert at the first free place; of two who want it, one looks for another."""
    now = clock.now()
    for _ in range(_TRIES):
        taken = _taken(actor, object_type)
        if values["key"] in taken:
            raise PropertyExists()
        place = next((place for place in range(1, MOST + 1) if place not in taken.values()), None)
        if place is None:
            raise TooManyProperties()
        row = {
            "id": new_id("prp"),
            "object": object_type,
            "place": place,
            "app_key": None,
            "state": "active",
            "created_at": now,
            "updated_at": now,
            "version": 1,
            **values,
        }
        try:
            with session().begin_nested():
                session().execute(insert(_table), [{**row, "workspace_id": actor.workspace_id}])
        except IntegrityError:
            continue
        return row
    raise Conflict()


def _taken(actor: Actor, object_type: str) -> dict[str, int]:
    rows = session().execute(
        select(_table.c.key, _table.c.place).where(
            _table.c.workspace_id == actor.workspace_id, _table.c.object == object_type
        )
    )
    return {row.key: row.place for row in rows}


def update_property(
    actor: Actor, object_type: str, property_id: str, given: Definition, *, expected_version: int | None = None
) -> Definition:
    """Change label, options and protection. Of an app's property only the protection is the company's to change.

    Raises NotFound, Stale, Invalid and PropertyOfApp.
    """
    before = queries.definition(actor, object_type, property_id, lock=True)
    if expected_version not in (None, before.version):
        raise Stale()
    if set(given) - {"sensitive"}:
        permissions.require_of_workspace(before)
    wanted = dict(given)
    if "options" in wanted:
        wanted["options"] = _replaced(actor, before, wanted["options"])
    return write(actor, before, wanted, events.PROPERTY_UPDATED)


def _replaced(actor: Actor, before: AnyRow, given: list[Definition]) -> list[Definition]:
    if before.type not in WITH_OPTIONS:
        if given:
            raise invalid("/options", "invalid", f"Only {' and '.join(WITH_OPTIONS)} have options.")
        return []
    found: list[Definition] = options(given, before.options, queries.in_use(actor, before.id))
    if all(option["archived"] for option in found):
        raise invalid("/options", "required", "At least one option must be left to choose.")
    return found


def write(actor: Actor, before: AnyRow, wanted: Definition, told: EventType) -> Definition:
    """Write what differs of a definition that is locked, and tell."""
    changes = {name: value for name, value in wanted.items() if before._mapping[name] != value}
    if not changes:
        return dict(before._mapping)
    stamped = {**changes, "updated_at": clock.now(), "version": before.version + 1}
    session().execute(
        update(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.id == before.id).values(stamped)
    )
    after = {**before._mapping, **stamped}
    emit(actor, told, after, changes=list(changes))
    return after


def archive_property(actor: Actor, object_type: str, property_id: str, *, expected_version: int | None = None) -> None:
    """Values are kept and not shown any more. Raises NotFound, Stale and PropertyOfApp."""
    before = queries.definition(actor, object_type, property_id, lock=True)
    if expected_version not in (None, before.version):
        raise Stale()
    permissions.require_of_workspace(before)
    write(actor, before, {"state": "archived"}, events.PROPERTY_ARCHIVED)


def restore_property(actor: Actor, object_type: str, property_id: str) -> Definition:
    """It is there again, with its values. Raises NotFound and PropertyOfApp."""
    before = queries.definition(actor, object_type, property_id, lock=True)
    permissions.require_of_workspace(before)
    return write(actor, before, {"state": "active"}, events.PROPERTY_RESTORED)
