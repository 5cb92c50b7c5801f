"""Reads of the record. Its door is the scope; there is no half of it to see."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Select, Table, select

from portico.domains.audit.models import AuditCheckpoint, AuditEntry
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_entry = cast(Table, AuditEntry.__table__).c
_checkpoint = cast(Table, AuditCheckpoint.__table__).c

ENTRIES = Listing(
    id_column=_entry.id,
    filters={
        "actor_id": Filter(column=_entry.actor_id),
        "action": Filter(column=_entry.action, operators=("eq", "ne", "in")),
        "object_id": Filter(column=_entry.object_id),
        "object_type": Filter(column=_entry.object_type),
        "at": Filter(kind="instant", column=_entry.at, operators=ORDERED),
    },
    sorts={"seq": Sort(_entry.seq)},
    default_sort="-seq",
)
CHECKPOINTS = Listing(id_column=_checkpoint.id, filters={}, sorts={"seq": Sort(_checkpoint.seq)}, default_sort="-seq")


def visible_to(actor: Actor) -> Select[Any]:
    """The record of the actor's workspace."""
    return select(AuditEntry.__table__).where(_entry.workspace_id == actor.workspace_id)


def checkpoints_visible_to(actor: Actor) -> Select[Any]:
    return select(AuditCheckpoint.__table__).where(_checkpoint.workspace_id == actor.workspace_id)


def _shown(row: AnyRow) -> dict[str, Any]:
    found = dict(row._mapping)
    return {**found, "object": {"type": found["object_type"], "id": found["object_id"]}}


def page_of_entries(actor: Actor, query: ListQuery) -> Page:
    """A page of the record, the newest first."""
    found = page(visible_to(actor), ENTRIES, actor.workspace_id, query)
    return Page([_shown(row) for row in found.rows], found.next_cursor, found.total, found.fields)


def page_of_checkpoints(actor: Actor, query: ListQuery) -> Page:
    return page(checkpoints_visible_to(actor), CHECKPOINTS, actor.workspace_id, query)


def newest_checkpoint(actor: Actor) -> AnyRow | None:
    """Up to where the record is signed."""
    newest = checkpoints_visible_to(actor).order_by(_checkpoint.seq.desc()).limit(1)
    return session().execute(newest).one_or_none()
