"""How attendance is set up: rows that people make, change and delete, each with its event.

What differs between them stands in a `Kept`; what a change of one does to days that were computed, stands where the
change is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.attendance.errors.rules import InUse, NameTaken
from portico.domains.attendance.queries import setup
from portico.domains.directory.ranges import require_whole_company
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict, Refusal, Stale
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

Row = dict[str, Any]
Show = Callable[[Actor, Row], Row]


def _as_it_is(actor: Actor, row: Row) -> Row:
    return row


@dataclass(frozen=True, slots=True)
class Kept:
    """`taken`: what a unique constraint refuses. `show`: the row as its event carries it."""

    table: Table
    prefix: str
    created: EventType
    updated: EventType
    deleted: EventType
    taken: type[Refusal] = NameTaken
    show: Show = _as_it_is


def create(actor: Actor, kept: Kept, values: Mapping[str, Any], *, quiet: bool = False) -> Row:
    """A new row. `quiet`: its event comes later, when all of it stands. Raises what is taken and OutOfRange."""
    require_whole_company(actor)
    now = clock.now()
    row = {
        **values,
        "workspace_id": actor.workspace_id,
        "id": new_id(kept.prefix),
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    row |= _keys(kept, values)
    try:
        with session().begin_nested():
            session().execute(insert(kept.table).values(row))
    except IntegrityError as error:
        raise _refused(kept, error) from error
    if not quiet:
        emit(actor, kept.created, kept.show(actor, row))
    return row


def _keys(kept: Kept, values: Mapping[str, Any]) -> Row:
    if "name" in values and "name_key" in kept.table.c:
        return {"name_key": text.search_key(values["name"])[:200]}
    return {}


def _refused(kept: Kept, error: IntegrityError) -> Refusal:
    said = str(error.orig).lower()
    return Conflict() if "foreign key" in said else kept.taken()


def change(
    actor: Actor, kept: Kept, row_id: str, values: Mapping[str, Any], expected_version: int | None, **more: Any
) -> Row:
    """The row with these values. `more` goes to the event. Raises NotFound, Stale, what is taken and OutOfRange."""
    require_whole_company(actor)
    before = setup.one(actor, kept.table, row_id, lock=True)
    if expected_version not in (None, before["version"]):
        raise Stale()
    changes = {name: value for name, value in values.items() if before[name] != value}
    if not changes:
        return before
    stamped = {**changes, "updated_at": clock.now(), "version": before["version"] + 1}
    where = (kept.table.c.workspace_id == actor.workspace_id, kept.table.c.id == row_id)
    try:
        with session().begin_nested():
            session().execute(update(kept.table).where(*where).values({**stamped, **_keys(kept, changes)}))
    except IntegrityError as error:
        raise _refused(kept, error) from error
    after = {**before, **stamped}
    emit(
        actor,
        kept.updated,
        kept.show(actor, after),
        changes=list(changes),
        before=kept.show(actor, before) if kept.show is _as_it_is else None,
        **more,
    )
    return after


def remove(actor: Actor, kept: Kept, row_id: str, expected_version: int | None) -> Row:
    """Raises NotFound, Stale, InUse and OutOfRange."""
    require_whole_company(actor)
    before = setup.one(actor, kept.table, row_id, lock=True)
    if expected_version not in (None, before["version"]):
        raise Stale()
    shown = kept.show(actor, before)
    try:
        with session().begin_nested():
            session().execute(
                delete(kept.table).where(kept.table.c.workspace_id == actor.workspace_id, kept.table.c.id == row_id)
            )
    except IntegrityError as error:
        raise InUse() from error
    emit(actor, kept.deleted, shown)
    return before
