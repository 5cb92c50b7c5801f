"""A company's own statuses inside the six categories."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.directory.ranges import require_whole_company
from portico.domains.tickets import events, queries, status_queries
from portico.domains.tickets.errors import StatusExists, StatusInUse, StatusIsDefault
from portico.domains.tickets.models import Ticket, TicketStatus
from portico.domains.tickets.service import history
from portico.domains.tickets.statuses import LABELS, STATUSES
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import Conflict, Stale, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_table = cast(Table, TicketStatus.__table__)
_tickets = cast(Table, Ticket.__table__)


def seed_statuses(actor: Actor) -> None:
    """One default status for each category, as a workspace begins. Twice is once."""
    if status_queries.any_of(actor):
        return
    rows = [
        _row(category=category, label=label, sort_order=10 * place, is_default=True)
        for place, (category, label) in enumerate(zip(STATUSES, LABELS, strict=True), start=1)
    ]
    try:
        with session().begin_nested():
            _insert(actor, rows)
    except IntegrityError:
        return


def _row(**values: Any) -> dict[str, Any]:
    now = clock.now()
    return {"id": new_id("tst"), "active": True, "created_at": now, "updated_at": now, "version": 1, **values}


def _insert(actor: Actor, rows: list[dict[str, Any]]) -> None:
    whole = [{**row, "workspace_id": actor.workspace_id, "label_key": text.search_key(row["label"])} for row in rows]
    session().execute(insert(_table), whole)


def create_status(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Add a status. Raises StatusExists and Conflict."""
    row = _row(**{**values, "is_default": False})
    try:
        with session().begin_nested():
            _insert(actor, [row])
    except IntegrityError:
        raise StatusExists() from None
    emit(actor, events.STATUS_CREATED, row)
    if values["is_default"]:
        return update_status(actor, row["id"], {"is_default": True})
    return row


def update_status(
    actor: Actor, status_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change the given fields. Raises NotFound, Forbidden, Stale, StatusExists, StatusIsDefault and Conflict."""
    before = status_queries.status(actor, status_id, lock=True)
    if expected_version not in (None, before.version):
        raise Stale()
    changes = {name: value for name, value in values.items() if before._mapping[name] != value}
    if before.is_default and ({"active", "is_default"} & changes.keys()):
        raise StatusIsDefault()
    if changes.get("is_default") and not {**before._mapping, **changes}["active"]:
        raise invalid("/is_default", "invalid", "Only an active status can be the default.")
    if not changes:
        return dict(before._mapping)
    if changes.get("is_default"):
        _step_down(actor, before.category)
    after = _write(actor, before, changes)
    emit(actor, events.STATUS_UPDATED, after, changes=list(changes), before=dict(before._mapping))
    return after


def _step_down(actor: Actor, category: str) -> None:
    """The default of before is one no more, and its receivers are told."""
    row = session().execute(
        update(_table)
        .where(_table.c.workspace_id == actor.workspace_id, _table.c.category == category, _table.c.is_default)
        .values(is_default=False, updated_at=clock.now(), version=_table.c.version + 1)
        .returning(*_table.c)
    )
    for each in row:
        emit(actor, events.STATUS_UPDATED, dict(each._mapping), changes=["is_default"])


def _write(actor: Actor, before: AnyRow, changes: dict[str, Any]) -> dict[str, Any]:
    stamped = {**changes, "updated_at": clock.now(), "version": before.version + 1}
    key = {"label_key": text.search_key(changes["label"])} if "label" in changes else {}
    try:
        with session().begin_nested():
            session().execute(
                update(_table)
                .where(_table.c.workspace_id == actor.workspace_id, _table.c.id == before.id)
                .values({**stamped, **key})
            )
    except IntegrityError:
        raise StatusExists() if key else Conflict() from None
    return {**before._mapping, **stamped}


def delete_status(
    actor: Actor, status_id: str, *, replace_with: str | None = None, expected_version: int | None = None
) -> None:
    """Delete a status that no ticket has, or give its tickets another of its category first.

    Raises NotFound, Forbidden, Stale, StatusIsDefault, StatusInUse and Invalid.
    """
    before = status_queries.status(actor, status_id, lock=True)
    if expected_version not in (None, before.version):
        raise Stale()
    if before.is_default:
        raise StatusIsDefault()
    if replace_with is not None:
        require_whole_company(actor)
        _replace(actor, before, replace_with)
    used = status_queries.tickets_with(actor, status_id)
    if used:
        raise StatusInUse(
            f"{used} tickets have this status. Repeat with replace_with, the id of another {before.category} status.",
            extra={"tickets": used},
        )
    session().execute(delete(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.id == status_id))
    emit(actor, events.STATUS_DELETED, dict(before._mapping))


def _replace(actor: Actor, before: AnyRow, replace_with: str) -> None:
    """Every ticket that has it, the closed ones too: a name is not a step of the machine."""
    pointer = "/query/replace_with"
    other = status_queries.usable(actor, replace_with, pointer)
    if other.category != before.category or other.id == before.id:
        raise invalid(pointer, "invalid", f"Name another status of the category {before.category}.")
    moved = session().execute(
        update(_tickets)
        .where(_tickets.c.workspace_id == actor.workspace_id, _tickets.c.status_id == before.id)
        .values(status_id=other.id, updated_at=clock.now(), version=_tickets.c.version + 1)
        .returning(*queries.COLUMNS, _tickets.c.trashed_at)
    )
    found = moved.all()
    change = {"status_id": {"from": before.id, "to": other.id}}
    history.note_many(actor, "changed", {row.id: change for row in found})
    for row in found:
        if row.trashed_at is None:
            emit(actor, events.TICKET_STATUS_CHANGED, queries.whole(row._mapping), changes=["status_id"])
