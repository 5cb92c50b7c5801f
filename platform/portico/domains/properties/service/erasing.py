"""Taking the values of a property away from the objects that have one, some at a time."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, bindparam, delete, select, update

from portico.domains.properties.models import PropertyIndex
from portico.domains.properties.objects import OBJECTS
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.unit_of_work import session

BATCH = 500
_index = cast(Table, PropertyIndex.__table__)


def erase_values(actor: Actor, row: AnyRow) -> bool:
    """One batch of the objects that the index names; answers whether it was the last.

    The object's row is locked as for every change of its values; who has it just now is left for the next batch, so
    that nobody waits for each other. A version is not counted: nobody saw the value any more.
    """
    work = session()
    mine = (_index.c.workspace_id == actor.workspace_id, _index.c.property_id == row.id)
    ids = work.scalars(select(_index.c.object_id).where(*mine).distinct().limit(BATCH + 1)).all()
    table = OBJECTS[row.object].table
    here = select(table.c.id, table.c.properties).where(
        table.c.workspace_id == actor.workspace_id, table.c.id.in_(ids[:BATCH])
    )
    found = work.execute(here.order_by(table.c.id).with_for_update(skip_locked=True)).all()
    if found:
        kept = [
            {"at": each.id, "left": {key: value for key, value in each.properties.items() if key != row.key}}
            for each in found
        ]
        work.connection().execute(
            update(table)
            .where(table.c.workspace_id == actor.workspace_id, table.c.id == bindparam("at"))
            .values(properties=bindparam("left")),
            kept,
        )
        work.execute(delete(_index).where(*mine, _index.c.object_id.in_([each.id for each in found])))
    return len(found) == len(ids)
