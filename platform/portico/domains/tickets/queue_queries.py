"""Reads of queues: who is in them, what waits in them, and who could take it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from portico.domains.directory import queries as directory
from portico.domains.identity import queries as identity
from portico.domains.identity.roles import names_within
from portico.domains.tickets import permissions, queries
from portico.domains.tickets.models import Queue, QueueMember, Ticket
from portico.domains.tickets.queue_schemas import ASSIGNMENTS
from portico.domains.tickets.statuses import UNSOLVED
from portico.kernel.actor import Actor, roles_within
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound, invalid
from portico.kernel.listing import MAX_LIMIT, Condition, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_queue = Queue.__table__.c
_member = QueueMember.__table__.c
_ticket = Ticket.__table__.c

QUEUES = Listing(
    id_column=_queue.id,
    filters={"assignment": Filter(column=_queue.assignment, choices=ASSIGNMENTS)},
    sorts={"name": Sort(_queue.name_key), "created_at": Sort(_queue.id)},
    default_sort="name",
)


def visible_to(actor: Actor) -> AnySelect:
    return select(Queue.__table__).where(_queue.workspace_id == actor.workspace_id)


@reaches("queue")
def _reach(reader: Reader) -> None:
    """They are about no single person's records."""


def _with_members(actor: Actor, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    found = session().execute(
        select(_member.queue_id, _member.employee_id, _member.capacity)
        .where(_member.workspace_id == actor.workspace_id, _member.queue_id.in_([row.id for row in rows]))
        .order_by(_member.employee_id)
    )
    members: dict[str, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for each in found:
        members[each.queue_id].append({"employee_id": each.employee_id, "capacity": each.capacity})
    return [{**row._mapping, "members": members[row.id]} for row in rows]


def page_of_queues(actor: Actor, query: ListQuery) -> Page:
    """The queues with who is in them. Raises Forbidden."""
    permissions.require_works_on_tickets(actor)
    found = page(visible_to(actor), QUEUES, actor.workspace_id, query)
    return Page(_with_members(actor, found.rows), found.next_cursor, found.total, found.fields)


def queue(actor: Actor, queue_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One queue with who is in it. Raises Forbidden and NotFound."""
    permissions.require_works_on_tickets(actor)
    statement = visible_to(actor).where(_queue.id == queue_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return _with_members(actor, [row])[0]


def usable(actor: Actor, queue_id: str, pointer: str = "/queue_id") -> AnyRow:
    """A queue, held so that nobody deletes it meanwhile. Raises Invalid."""
    row = session().execute(visible_to(actor).where(_queue.id == queue_id).with_for_update(read=True)).one_or_none()
    if row is None:
        raise invalid(pointer, "invalid", "There is no queue with this id.")
    return row


def names(actor: Actor) -> dict[str, str]:
    """Each queue by its id, for pages."""
    rows = session().execute(visible_to(actor).order_by(_queue.name_key)).all()
    return {row.id: row.name for row in rows}


def queues_of(actor: Actor, employee_id: str) -> list[str]:
    """The ids of the queues that an employee is in."""
    mine = (_member.workspace_id == actor.workspace_id, _member.employee_id == employee_id)
    return sorted(session().scalars(select(_member.queue_id).where(*mine)))


def may_have(actor: Actor, queue_id: str | None, employee_id: str) -> bool:
    """Whether this person may have tickets of the queue: as a member of it, or as an admin."""
    if queue_id is None:
        return True
    mine = (_member.workspace_id == actor.workspace_id, _member.queue_id == queue_id)
    if session().scalar(select(_member.employee_id).where(*mine, _member.employee_id == employee_id)) is not None:
        return True
    member = identity.member_of_employee(actor, employee_id)
    return member is not None and "admin" in roles_within(member.role)


def agents_among(actor: Actor, employee_ids: Iterable[str]) -> set[str]:
    """Those of them who are active and work on tickets."""
    ids = list(employee_ids)
    active = {row["id"] for row in directory.lookup(actor, ids, []) if row["status"] == "active"} if ids else set()
    roles = {one: row.role for one, row in identity.members_by_employee(actor, active).items()}
    return {one for one, role in roles.items() if "agent" in roles_within(role)}


def all_agents(actor: Actor, also: Sequence[str] = ()) -> dict[str, str]:
    """The names of everybody who works on tickets, and of `also`, for pages."""
    roles = names_within(actor.workspace_id, ["agent"])
    query = ListQuery(limit=MAX_LIMIT, conditions=(Condition("role", "in", roles),))
    found = {row.employee_id for row in identity.page_of_members(actor, query).rows}
    return directory.names_of(actor, {*found, *also})


def members(actor: Actor, queue_id: str) -> list[AnyRow]:
    """Who is in a queue, who was given something longest ago first."""
    rows = session().execute(
        select(_member.employee_id, _member.capacity, _member.last_given_at)
        .where(_member.workspace_id == actor.workspace_id, _member.queue_id == queue_id)
        .order_by(_member.last_given_at.is_not(None), _member.last_given_at, _member.employee_id)
    )
    return list(rows.all())


def held(actor: Actor, queue_id: str, seen: AnyRow, *, wait: bool) -> bool:
    """Hold a member's row, so that nobody else gives them anything meanwhile. Without `wait`, only when nobody holds
    it and nothing was given since it was seen."""
    statement = select(_member.employee_id).where(
        _member.workspace_id == actor.workspace_id,
        _member.queue_id == queue_id,
        _member.employee_id == seen.employee_id,
    )
    if not wait:
        statement = statement.where(_member.last_given_at.is_not_distinct_from(seen.last_given_at))
    return session().scalar(statement.with_for_update(skip_locked=not wait)) is not None


def _unsolved(actor: Actor, queue_id: str) -> list[Any]:
    return [
        _ticket.workspace_id == actor.workspace_id,
        _ticket.queue_id == queue_id,
        _ticket.status.in_(UNSOLVED),
        _ticket.trashed_at.is_(None),
    ]


def loads(actor: Actor, queue_id: str) -> dict[str, int]:
    """How many unsolved tickets of the queue each has."""
    rows: Any = session().execute(
        select(_ticket.assignee_id, func.count().label("tickets"))
        .where(*_unsolved(actor, queue_id), _ticket.assignee_id.is_not(None))
        .group_by(_ticket.assignee_id)
    )
    return {row.assignee_id: row.tickets for row in rows}


def unsolved_in(actor: Actor, queue_id: str) -> int:
    """How many unsolved tickets a queue has, those in the trash too: they can come back."""
    found = session().scalar(
        select(func.count()).where(
            _ticket.workspace_id == actor.workspace_id, _ticket.queue_id == queue_id, _ticket.status.in_(UNSOLVED)
        )
    )
    return found or 0


def counts(actor: Actor) -> dict[str, int]:
    """How many unsolved tickets each queue has, for pages."""
    rows: Any = session().execute(
        select(_ticket.queue_id, func.count().label("tickets"))
        .where(_ticket.workspace_id == actor.workspace_id, _ticket.queue_id.is_not(None))
        .where(_ticket.status.in_(UNSOLVED), _ticket.trashed_at.is_(None))
        .group_by(_ticket.queue_id)
    )
    return {row.queue_id: row.tickets for row in rows}


def next_waiting(actor: Actor, queue_id: str) -> dict[str, Any] | None:
    """The ticket of the queue that is to be given out next, held: the most urgent, then the oldest."""
    row = session().execute(
        select(*queries.COLUMNS)
        .where(*_unsolved(actor, queue_id), _ticket.assignee_id.is_(None), _ticket.snoozed_until.is_(None))
        .order_by(_ticket.priority_rank.desc(), _ticket.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = row.one_or_none()
    return None if found is None else queries.whole(found._mapping)


def with_waiting(limit: int) -> list[tuple[str, str]]:
    """The queues of all workspaces that give out by turns and have something to give. In a system unit."""
    same = (_queue.workspace_id == _ticket.workspace_id) & (_queue.id == _ticket.queue_id)
    rows = session().execute(
        select(_queue.workspace_id, _queue.id)
        .join(Ticket.__table__, same)
        .where(_queue.assignment != "manual", _ticket.assignee_id.is_(None), _ticket.queue_id.is_not(None))
        .where(_ticket.status.in_(UNSOLVED), _ticket.trashed_at.is_(None), _ticket.snoozed_until.is_(None))
        .distinct()
        .limit(limit)
    )
    return [(row.workspace_id, row.id) for row in rows]
