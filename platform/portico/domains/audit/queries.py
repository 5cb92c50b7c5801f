"""Reads of the record. Its door is the scope; there is no half of it to see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, func, or_, select
from sqlalchemy.orm import aliased

from portico.domains.audit.models import AuditCheckpoint, AuditDetail, AuditEntry
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import NotFound
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, narrow, page
from portico.kernel.unit_of_work import session

_entry = cast(Table, AuditEntry.__table__).c
_detail = cast(Table, AuditDetail.__table__).c
_checkpoint = cast(Table, AuditCheckpoint.__table__).c


def _who(operator: str, value: Any) -> ColumnElement[bool]:
    """Whoever did it, or in whose name it was done."""
    wanted = value if operator == "in" else [value]
    return or_(_entry.actor_id.in_(wanted), _entry.on_behalf_of.in_(wanted))


ENTRIES = Listing(
    id_column=_entry.id,
    filters={
        "who": Filter(clause=_who, operators=("eq", "in")),
        "actor_id": Filter(column=_entry.actor_id),
        "on_behalf_of": Filter(column=_entry.on_behalf_of),
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
    detail = AuditDetail.__table__
    own = (_detail.workspace_id == _entry.workspace_id) & (_detail.id == _entry.id)
    return (
        select(AuditEntry.__table__, _detail.detail)
        .outerjoin(detail, own)
        .where(_entry.workspace_id == actor.workspace_id)
    )


def checkpoints_visible_to(actor: Actor) -> Select[Any]:
    return select(AuditCheckpoint.__table__).where(_checkpoint.workspace_id == actor.workspace_id)


def _shown(row: AnyRow) -> dict[str, Any]:
    found = dict(row._mapping)
    return {**found, "object": {"type": found["object_type"], "id": found["object_id"]}}


def page_of_entries(actor: Actor, query: ListQuery) -> Page:
    """A page of the record, the newest first."""
    found = page(visible_to(actor), ENTRIES, actor.workspace_id, query)
    return Page([_shown(row) for row in found.rows], found.next_cursor, found.total, found.fields)


def entry(actor: Actor, entry_id: str) -> dict[str, Any]:
    """One entry, with the hash of the one before. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_entry.id == entry_id)).one_or_none()
    if row is None:
        raise NotFound()
    return {**_shown(row), "previous_hash": _hash_at(actor, row.seq - 1)}


def _hash_at(actor: Actor, seq: int) -> str:
    found = session().scalar(select(_entry.hash).where(_entry.workspace_id == actor.workspace_id, _entry.seq == seq))
    return found or ""


def entries_after(actor: Actor, query: ListQuery, seq: int, *, until: int, limit: int) -> list[dict[str, Any]]:
    """The entries that the query's filters let through, the oldest first, each with the hash of the one before it."""
    before = aliased(AuditEntry.__table__)
    chained = (before.c.workspace_id == _entry.workspace_id) & (before.c.seq == _entry.seq - 1)
    statement = visible_to(actor).add_columns(before.c.hash.label("previous_hash")).outerjoin(before, chained)
    statement = narrow(statement, ENTRIES, actor.workspace_id, query)
    wanted = statement.where(_entry.seq > seq, _entry.seq <= until).order_by(_entry.seq).limit(limit)
    rows = [_shown(row) for row in session().execute(wanted)]
    return [{**row, "previous_hash": row["previous_hash"] or ""} for row in rows]


def page_of_checkpoints(actor: Actor, query: ListQuery) -> Page:
    return page(checkpoints_visible_to(actor), CHECKPOINTS, actor.workspace_id, query)


def newest_checkpoint(actor: Actor) -> AnyRow | None:
    """Up to where the record is signed."""
    newest = checkpoints_visible_to(actor).order_by(_checkpoint.seq.desc()).limit(1)
    return session().execute(newest).one_or_none()


def checkpoint_over(actor: Actor, seq: int) -> AnyRow | None:
    """The first checkpoint that covers this entry."""
    first = checkpoints_visible_to(actor).where(_checkpoint.seq >= seq).order_by(_checkpoint.seq).limit(1)
    return session().execute(first).one_or_none()


def all_checkpoints(actor: Actor) -> list[AnyRow]:
    return list(session().execute(checkpoints_visible_to(actor).order_by(_checkpoint.seq)))


def last_seq(actor: Actor) -> int:
    return session().scalar(select(func.max(_entry.seq)).where(_entry.workspace_id == actor.workspace_id)) or 0


def count_entries(actor: Actor, query: ListQuery) -> int:
    found = narrow(visible_to(actor), ENTRIES, actor.workspace_id, query).with_only_columns(_entry.id).subquery()
    return session().scalar(select(func.count()).select_from(found)) or 0


def newest_entries(actor: Actor, query: ListQuery, most: int) -> list[dict[str, Any]]:
    found = narrow(visible_to(actor), ENTRIES, actor.workspace_id, query)
    return [_shown(row) for row in session().execute(found.order_by(_entry.seq.desc()).limit(most))]


def done_since(actor: Actor, since: datetime) -> frozenset[str]:
    """What the actor did from this moment on: the names of the actions."""
    rows = session().scalars(
        select(_entry.action)
        .where(_entry.workspace_id == actor.workspace_id, _entry.actor_id == actor.id, _entry.at >= since)
        .distinct()
    )
    return frozenset(rows)
