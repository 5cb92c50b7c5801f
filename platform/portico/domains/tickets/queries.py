"""Reads of tickets; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, false, literal, or_, select

from portico.domains.directory.ranges import within_range
from portico.domains.properties import queries as properties
from portico.domains.tickets import permissions
from portico.domains.tickets.models import Ticket, TicketComment, TicketFollower
from portico.domains.tickets.schemas import PRIORITIES, TYPES, VISIBILITIES, RequesterTicket
from portico.domains.tickets.schemas import Ticket as TicketSchema
from portico.domains.tickets.statuses import STATUSES
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnySelect
from portico.kernel.errors import FieldError, Invalid, NotFound
from portico.kernel.json_lists import holds
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_ticket = Ticket.__table__.c
_comment = TicketComment.__table__.c
_follower = TicketFollower.__table__.c
COLUMNS = (
    _ticket.id,
    _ticket.number,
    _ticket.subject,
    _ticket.status,
    _ticket.status_id,
    _ticket.hold_reason,
    _ticket.type,
    _ticket.snoozed_until,
    _ticket.priority,
    _ticket.requester_contact_id,
    _ticket.requester_employee_id,
    _ticket.assignee_id,
    _ticket.queue_id,
    _ticket.channel,
    _ticket.tags,
    _ticket.properties,
    _ticket.comment_count,
    _ticket.reopen_count,
    _ticket.solved_at,
    _ticket.close_due_at,
    _ticket.follow_up_of,
    _ticket.created_at,
    _ticket.updated_at,
    _ticket.version,
)
_REQUESTER_FIELDS = tuple(RequesterTicket().fields)
_HIDDEN = sorted(set(TicketSchema().fields) - set(_REQUESTER_FIELDS) - {"redacted"})


def _tagged(operator: str, wanted: Any) -> ColumnElement[bool]:
    return or_(*(holds(_ticket.tags, tag) for tag in (wanted if operator == "in" else [wanted])))


def _followed(operator: str, wanted: Any) -> ColumnElement[bool]:
    return exists().where(
        _follower.workspace_id == _ticket.workspace_id,
        _follower.ticket_id == _ticket.id,
        _follower.employee_id.in_(wanted if operator == "in" else [wanted]),
    )


TICKETS = Listing(
    id_column=_ticket.id,
    filters={
        "number": Filter(kind="int", column=_ticket.number, operators=ORDERED),
        "status": Filter(column=_ticket.status, choices=STATUSES),
        "status_id": Filter(column=_ticket.status_id),
        "follow_up_of": Filter(column=_ticket.follow_up_of),
        "type": Filter(column=_ticket.type, choices=TYPES),
        "snoozed_until": Filter(kind="instant", column=_ticket.snoozed_until, operators=ORDERED),
        "follower_id": Filter(clause=_followed, operators=("eq", "in")),
        "priority": Filter(column=_ticket.priority, choices=PRIORITIES),
        "channel": Filter(column=_ticket.channel),
        "created_at": Filter(kind="instant", column=_ticket.created_at, operators=ORDERED),
        "updated_at": Filter(kind="instant", column=_ticket.updated_at, operators=ORDERED),
        "assignee_id": Filter(column=_ticket.assignee_id),
        "queue_id": Filter(column=_ticket.queue_id),
        "requester.contact_id": Filter(column=_ticket.requester_contact_id),
        "requester.employee_id": Filter(column=_ticket.requester_employee_id),
        "tags": Filter(clause=_tagged, operators=("eq", "in")),
    },
    sorts={
        "created_at": Sort(_ticket.id),
        "updated_at": Sort(_ticket.updated_at, instant=True),
        "number": Sort(_ticket.number),
        "priority": Sort(_ticket.priority_rank),
    },
    search_kind="ticket",
    open_filters=properties.PREFIX,
)
# Whoever may not read contacts does not find a ticket by the requester's name either.
_TICKETS_BY_TEXT = replace(TICKETS, search_kind="ticket_text")
# A filter tells what it filters by: the requester's side has none for fields that it does not show.
_REQUESTER_FILTERS = tuple(name for name in TICKETS.filters if name not in (*_HIDDEN, "follower_id"))
TRASHED_TICKETS = Listing(
    id_column=_ticket.id,
    filters={},
    sorts={"trashed_at": Sort(_ticket.trashed_at, instant=True)},
    default_sort="-trashed_at",
)
COMMENTS = Listing(
    id_column=_comment.id,
    filters={
        "visibility": Filter(column=_comment.visibility, choices=VISIBILITIES),
        "created_at": Filter(kind="instant", column=_comment.created_at, operators=ORDERED),
    },
    sorts={"created_at": Sort(_comment.id)},
    default_sort="created_at",
)


def visible_to(actor: Actor) -> Select[Any]:
    """The workspace's tickets for who works on them; for other people those they asked for."""
    statement = select(*COLUMNS).where(
        _ticket.workspace_id == actor.workspace_id,
        _ticket.trashed_at.is_(None),
        *within_range(actor, _ticket.assignee_id),
    )
    if permissions.works_on_tickets(actor):
        return statement
    if actor.employee_id is None:
        return statement.where(false())
    return statement.where(_ticket.requester_employee_id == actor.employee_id)


@reaches("ticket")
def _reach(reader: Reader) -> AnySelect:
    """Those in the trash too: that they went there is news."""
    return select(_ticket.id).where(
        _ticket.workspace_id == reader.workspace_id, *within_range(reader, _ticket.assignee_id)
    )


def whole(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A ticket with all that is known of it, its requester in one field."""
    contact_id = row["requester_contact_id"]
    requester = {"contact_id": contact_id} if contact_id else {"employee_id": row["requester_employee_id"]}
    return {**row, "requester": requester}


def shown_to(actor: Actor, ticket: Mapping[str, Any]) -> dict[str, Any]:
    """The ticket for its reader: all of it, or the requester's side."""
    if permissions.works_on_tickets(actor):
        return properties.shown(actor, "ticket", [dict(ticket)])[0]
    return {**{name: ticket[name] for name in _REQUESTER_FIELDS}, "redacted": _HIDDEN}


def whole_ticket(actor: Actor, ticket_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One ticket that the actor may see, with all that is known of it, for the service. Raises NotFound."""
    statement = visible_to(actor).where(_ticket.id == ticket_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return whole(row._mapping)


def trashed_ticket(actor: Actor, ticket_id: str, since: datetime) -> dict[str, Any]:
    """One ticket in the trash, locked, put there not before `since`. Raises NotFound."""
    row = (
        session()
        .execute(
            select(*COLUMNS)
            .where(_ticket.workspace_id == actor.workspace_id, _ticket.id == ticket_id)
            .where(_ticket.trashed_at >= since, *within_range(actor, _ticket.assignee_id))
            .with_for_update()
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return whole(row._mapping)


def page_of_trashed_tickets(actor: Actor, since: datetime, query: ListQuery) -> Page:
    """Tickets put into the trash not before `since`, what went last first: id, name, trashed_at."""
    name = literal("#").concat(cast(_ticket.number, String)).concat(" ").concat(_ticket.subject)
    found = select(_ticket.id, name.label("name"), _ticket.trashed_at).where(
        _ticket.workspace_id == actor.workspace_id,
        _ticket.trashed_at >= since,
        *within_range(actor, _ticket.assignee_id),
    )
    return page(found, TRASHED_TICKETS, actor.workspace_id, query)


def assigned_to(actor: Actor, employee_id: str) -> list[dict[str, Any]]:
    """The tickets that this employee has and that are not closed, locked in the order of their ids."""
    rows = session().execute(
        select(*COLUMNS)
        .where(_ticket.workspace_id == actor.workspace_id, _ticket.trashed_at.is_(None))
        .where(_ticket.assignee_id == employee_id, _ticket.status != "closed")
        .order_by(_ticket.id)
        .with_for_update()
    )
    return [whole(row._mapping) for row in rows]


def follow_up_of(actor: Actor, ticket_id: str) -> str | None:
    """The id of the newest ticket that follows this one, when it is not closed itself."""
    found = (
        session()
        .execute(
            select(_ticket.id, _ticket.status)
            .where(_ticket.workspace_id == actor.workspace_id, _ticket.follow_up_of == ticket_id)
            .where(_ticket.trashed_at.is_(None))
            .order_by(_ticket.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return None if found is None or found.status == "closed" else str(found.id)


def due_to_close(now: datetime, limit: int) -> list[tuple[str, str]]:
    """The solved tickets of all workspaces whose time has come, as (workspace, id). In a system unit."""
    rows = session().execute(
        select(_ticket.workspace_id, _ticket.id)
        .where(_ticket.close_due_at <= now, _ticket.trashed_at.is_(None), _ticket.snoozed_until.is_(None))
        .order_by(_ticket.close_due_at)
        .limit(limit)
    )
    return [(row.workspace_id, row.id) for row in rows]


def due_to_wake(now: datetime, limit: int) -> list[tuple[str, str]]:
    """The tickets of all workspaces that have slept long enough, as (workspace, id). In a system unit."""
    rows = session().execute(
        select(_ticket.workspace_id, _ticket.id)
        .where(_ticket.snoozed_until <= now, _ticket.trashed_at.is_(None))
        .order_by(_ticket.snoozed_until)
        .limit(limit)
    )
    return [(row.workspace_id, row.id) for row in rows]


def asked_by(actor: Actor, column: str, requester_id: str) -> list[dict[str, Any]]:
    """The tickets of a requester, those in the trash too. `column` is one of the two requester columns."""
    rows = session().execute(
        select(*COLUMNS).where(_ticket.workspace_id == actor.workspace_id, _ticket[column] == requester_id)
    )
    return [whole(row._mapping) for row in rows]


def ticket(actor: Actor, ticket_id: str) -> dict[str, Any]:
    """One ticket as the actor may see it. Raises NotFound."""
    return shown_to(actor, whole_ticket(actor, ticket_id))


def _require_shown_filters(actor: Actor, query: ListQuery) -> None:
    if permissions.works_on_tickets(actor):
        return
    hidden = [c.field for c in query.conditions if c.field not in _REQUESTER_FILTERS]
    if hidden:
        message = "You cannot filter by a field that is not shown to you."
        raise Invalid(message, errors=[FieldError(f"/query/filter[{name}]", "unknown", message) for name in hidden])


def page_of_tickets(actor: Actor, query: ListQuery) -> Page:
    """A page of tickets. Raises Invalid for filters by what the actor does not see."""
    _require_shown_filters(actor, query)
    listing = TICKETS if actor.may("contacts:read") else _TICKETS_BY_TEXT
    listing, query = properties.filtered(actor, "ticket", listing, query)
    found = page(visible_to(actor), listing, actor.workspace_id, query)
    rows = [whole(row._mapping) for row in found.rows]
    if permissions.works_on_tickets(actor):
        rows = properties.shown(actor, "ticket", rows)
    else:
        rows = [shown_to(actor, row) for row in rows]
    return Page(rows, found.next_cursor, found.total, found.fields)


def comments_visible_to(actor: Actor, ticket_id: str) -> Select[Any]:
    """The comments of a ticket that the actor sees; internal ones need their scope and the agents' side."""
    statement = select(TicketComment.__table__).where(
        _comment.workspace_id == actor.workspace_id, _comment.ticket_id == ticket_id
    )
    return statement if permissions.reads_internal(actor) else statement.where(_comment.visibility == "public")


def page_of_comments(actor: Actor, ticket_id: str, query: ListQuery) -> Page:
    """A page of a ticket's conversation, oldest first. Raises NotFound."""
    whole_ticket(actor, ticket_id)
    return page(comments_visible_to(actor, ticket_id), COMMENTS, actor.workspace_id, query)


def comments_after(actor: Actor, ticket_id: str, comment_id: str | None) -> list[dict[str, Any]]:
    """What the actor can read that came after this comment, or after the beginning."""
    statement = comments_visible_to(actor, ticket_id).where(_comment.id > (comment_id or ""))
    return [dict(row._mapping) for row in session().execute(statement.order_by(_comment.id).limit(50))]


def requested_by(actor: Actor) -> list[dict[str, Any]]:
    """The tickets that the acting person opened for themselves, the newest first, as their requester sees them."""
    mine = visible_to(actor).where(_ticket.requester_employee_id == actor.employee_id)
    names = ("id", "number", "subject", "status", "created_at", "updated_at")
    return [{name: row._mapping[name] for name in names} for row in session().execute(mine.order_by(_ticket.id.desc()))]
