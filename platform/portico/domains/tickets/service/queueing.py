"""Queues themselves: making them, who is in them, and where their tickets go when they end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.directory.ranges import require_whole_company
from portico.domains.tickets import events, queries, queue_queries
from portico.domains.tickets.errors import QueueExists, QueueInUse
from portico.domains.tickets.models import Queue, QueueMember, Ticket
from portico.domains.tickets.service import history
from portico.domains.tickets.statuses import UNSOLVED
from portico.kernel import clock, text
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Stale, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_queues = cast(Table, Queue.__table__)
_members = cast(Table, QueueMember.__table__)
_tickets = cast(Table, Ticket.__table__)


def create_queue(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Make a queue. Raises QueueExists and Invalid."""
    _require_agents(actor, values["members"], set())
    now = clock.now()
    row = {"id": new_id("que"), "name": values["name"], "assignment": values["assignment"]}
    row |= {"created_at": now, "updated_at": now, "version": 1}
    try:
        with session().begin_nested():
            key = {"workspace_id": actor.workspace_id, "name_key": text.search_key(row["name"])}
            session().execute(insert(_queues), [{**row, **key}])
    except IntegrityError:
        raise QueueExists() from None
    _set_members(actor, row["id"], [], values["members"])
    made = queue_queries.queue(actor, row["id"])
    emit(actor, events.QUEUE_CREATED, made)
    return made


def _require_agents(actor: Actor, members: list[dict[str, Any]], known: set[str]) -> None:
    """Who comes in new works on tickets. Raises Invalid."""
    coming = {member["employee_id"] for member in members} - known
    able = queue_queries.agents_among(actor, coming)
    for place, member in enumerate(members):
        if member["employee_id"] in coming - able:
            pointer = f"/members/{place}/employee_id"
            raise invalid(pointer, "invalid", "There is no active employee with this id who works on tickets.")


def _set_members(actor: Actor, queue_id: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """Whose turn it is stays as it was for those who stay."""
    mine = (_members.c.workspace_id == actor.workspace_id, _members.c.queue_id == queue_id)
    old = {member["employee_id"]: member["capacity"] for member in before}
    new = {member["employee_id"]: member["capacity"] for member in after}
    going = old.keys() - new.keys()
    if going:
        session().execute(delete(_members).where(*mine, _members.c.employee_id.in_(going)))
    for employee_id in sorted(new.keys() & old.keys()):
        if new[employee_id] != old[employee_id]:
            one = update(_members).where(*mine, _members.c.employee_id == employee_id)
            session().execute(one.values(capacity=new[employee_id]))
    coming = [{"employee_id": one, "capacity": new[one]} for one in sorted(new.keys() - old.keys())]
    if coming:
        place = {"workspace_id": actor.workspace_id, "queue_id": queue_id}
        session().execute(insert(_members), [{**place, **each} for each in coming])


def update_queue(
    actor: Actor, queue_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change the given fields; `members` replaces them. Raises Forbidden, NotFound, Stale, QueueExists and Invalid."""
    before = queue_queries.queue(actor, queue_id, lock=True)
    if expected_version not in (None, before["version"]):
        raise Stale()
    if "members" in values:
        require_whole_company(actor)
        _require_agents(actor, values["members"], {member["employee_id"] for member in before["members"]})
        values = {**values, "members": sorted(values["members"], key=lambda member: str(member["employee_id"]))}
    return _write(actor, before, values)


def _write(actor: Actor, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    changes = {name: value for name, value in values.items() if before[name] != value}
    if not changes:
        return before
    columns = {name: value for name, value in changes.items() if name != "members"}
    if "name" in changes:
        columns["name_key"] = text.search_key(changes["name"])
    stamps = {"updated_at": clock.now(), "version": before["version"] + 1}
    try:
        with session().begin_nested():
            session().execute(
                update(_queues)
                .where(_queues.c.workspace_id == actor.workspace_id, _queues.c.id == before["id"])
                .values({**columns, **stamps})
            )
    except IntegrityError:
        raise QueueExists() from None
    if "members" in changes:
        _set_members(actor, before["id"], before["members"], changes["members"])
    after = {**before, **changes, **stamps}
    emit(actor, events.QUEUE_UPDATED, after, changes=list(changes), before=before)
    return after


def leave_queues(actor: Actor, employee_id: str) -> None:
    """Take who is gone out of every queue. Who let them go need not know anything of tickets."""
    platform = replace(system(actor.workspace_id), cause=actor.cause)
    for queue_id in queue_queries.queues_of(actor, employee_id):
        before = queue_queries.queue(platform, queue_id, lock=True)
        kept = [member for member in before["members"] if member["employee_id"] != employee_id]
        _write(platform, before, {"members": kept})


def delete_queue(
    actor: Actor, queue_id: str, *, move_tickets_to: str | None = None, expected_version: int | None = None
) -> None:
    """Delete a queue without unsolved tickets, or give its tickets to another first.

    Raises Forbidden, NotFound, OutOfRange, Stale, QueueInUse and Invalid.
    """
    before = queue_queries.queue(actor, queue_id, lock=True)
    require_whole_company(actor)
    if expected_version not in (None, before["version"]):
        raise Stale()
    pointer = "/query/move_tickets_to"
    if move_tickets_to == queue_id:
        raise invalid(pointer, "invalid", "Name another queue than the one that you delete.")
    if move_tickets_to is not None:
        queue_queries.usable(actor, move_tickets_to, pointer)
    waiting = queue_queries.unsolved_in(actor, queue_id)
    if waiting and move_tickets_to is None:
        raise QueueInUse(
            f"The queue has {waiting} unsolved tickets. Repeat with move_tickets_to, the id of another queue.",
            extra={"tickets": waiting},
        )
    _move(actor, queue_id, move_tickets_to)
    session().execute(delete(_queues).where(_queues.c.workspace_id == actor.workspace_id, _queues.c.id == queue_id))
    emit(actor, events.QUEUE_DELETED, before)


def _move(actor: Actor, queue_id: str, to: str | None) -> None:
    """Every ticket of the queue, the closed ones too. Whose assignee may not have it there is given back."""
    moved = _change(actor, {"queue_id": to}, events.TICKET_UPDATED, _tickets.c.queue_id == queue_id)
    history.note_many(actor, "changed", {one["id"]: {"queue_id": {"from": queue_id, "to": to}} for one in moved})
    people = {ticket["assignee_id"] for ticket in moved if ticket["assignee_id"] and ticket["status"] in UNSOLVED}
    strangers = sorted(one for one in people if not queue_queries.may_have(actor, to, one))
    if strangers:
        theirs = (_tickets.c.queue_id == to, _tickets.c.assignee_id.in_(strangers), _tickets.c.status.in_(UNSOLVED))
        given_back = {one["id"] for one in _change(actor, {"assignee_id": None}, events.TICKET_ASSIGNED, *theirs)}
        had = {one["id"]: one["assignee_id"] for one in moved if one["id"] in given_back}
        gone = {one: {"assignee_id": {"from": who, "to": None}} for one, who in had.items()}
        history.note_many(actor, "changed", gone)


def _change(actor: Actor, values: dict[str, Any], told: EventType, *which: Any) -> list[dict[str, Any]]:
    rows = session().execute(
        update(_tickets)
        .where(_tickets.c.workspace_id == actor.workspace_id, *which)
        .values(**values, updated_at=clock.now(), version=_tickets.c.version + 1)
        .returning(*queries.COLUMNS, _tickets.c.trashed_at)
    )
    found = [queries.whole(row._mapping) for row in rows.all()]
    for ticket in found:
        if ticket["trashed_at"] is None:
            emit(actor, told, ticket, changes=list(values))
    return found
