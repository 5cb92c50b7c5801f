"""How a ticket begins."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.contacts import queries as contacts
from portico.domains.directory import queries as directory
from portico.domains.properties import service as properties
from portico.domains.tickets import events, permissions, queries, queue_queries, status_queries
from portico.domains.tickets.models import Ticket, TicketCounter
from portico.domains.tickets.service import changing, commenting, handing_out, history, indexing
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_table = cast(Table, Ticket.__table__)
_counter = cast(Table, TicketCounter.__table__)
_COUNTER_ID = "number"


def create_ticket(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Open a ticket, with its first comment when there is one. Raises Forbidden, InsufficientScope and Invalid."""
    _require_may_open(actor, values)
    ticket = begin(actor, values)
    if "comment" in values:
        commenting.append(actor, ticket, values["comment"], "/comment")
    ticket = handing_out.hand_out(actor, ticket)
    return queries.shown_to(actor, ticket)


def begin(actor: Actor, values: dict[str, Any], *, follow_up_of: str | None = None) -> dict[str, Any]:
    """A ticket without a word yet, and the news of it. Raises Invalid."""
    if values.get("queue_id") is not None:
        queue_queries.usable(actor, values["queue_id"])
    changing.require_assignee(actor, values.get("assignee_id"), values.get("queue_id"))
    name = _requester_name(actor, values["requester"])
    ticket = _insert(actor, values, follow_up_of)
    indexing.index(actor, ticket, name, fresh=True)
    history.note(actor, "created", ticket["id"], {})
    emit(actor, events.TICKET_CREATED, ticket)
    return ticket


def _require_may_open(actor: Actor, values: dict[str, Any]) -> None:
    if "comment" in values:
        permissions.require_may_comment(actor, values["comment"]["visibility"])
    if permissions.works_on_tickets(actor):
        return
    if values["requester"] != {"employee_id": actor.employee_id}:
        raise Forbidden("You can open tickets for yourself; name your own employee_id as the requester.")
    if any(values.get(name) for name in ("assignee_id", "queue_id", "tags", "properties")):
        raise Forbidden("Assigning and tagging tickets, their queues and properties, belong to the agents.")


def _requester_name(actor: Actor, requester: dict[str, str]) -> str:
    """The requester's name; a contact is not in the trash, an employee is active. Raises Invalid."""
    if "contact_id" in requester:
        contact = contacts.active_contact(actor, requester["contact_id"])
        if contact is None:
            raise invalid("/requester/contact_id", "invalid", "There is no contact with this id.")
        return str(contact.display_name)
    employee = directory.active_employee(actor, requester["employee_id"])
    if employee is None:
        raise invalid("/requester/employee_id", "invalid", "There is no active employee with this id.")
    return str(employee.display_name)


def _first_status(actor: Actor, values: dict[str, Any]) -> str:
    """`new` is what nobody of the team has looked at: an agent who opens a ticket for somebody has."""
    for_somebody = values["requester"] != {"employee_id": actor.employee_id}
    by_agent = actor.employee_id is not None and permissions.works_on_tickets(actor) and for_somebody
    return "open" if by_agent or values.get("assignee_id") else "new"


def _insert(actor: Actor, values: dict[str, Any], follow_up_of: str | None) -> dict[str, Any]:
    now = clock.now()
    status = _first_status(actor, values)
    own = properties.merge(actor, "ticket", {}, values.get("properties") or {})
    priority = values.get("priority", "normal")
    row = {
        "id": new_id("tkt"),
        "status_id": status_queries.default_of(actor, status),
        # Late, because the counter's row stays locked until the end.
        "number": _next_number(actor),
        "subject": values["subject"],
        "status": status,
        "hold_reason": None,
        "type": values.get("type", "question"),
        "snoozed_until": None,
        "priority": priority,
        "requester_contact_id": values["requester"].get("contact_id"),
        "requester_employee_id": values["requester"].get("employee_id"),
        "assignee_id": values.get("assignee_id"),
        "queue_id": values.get("queue_id"),
        "channel": values["channel"],
        "tags": values.get("tags", []),
        "properties": own,
        "comment_count": 0,
        "reopen_count": 0,
        "solved_at": None,
        "close_due_at": None,
        "follow_up_of": follow_up_of,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    stored = {**row, "workspace_id": actor.workspace_id, "priority_rank": changing.rank(priority)}
    session().execute(insert(_table), [stored])
    properties.index(actor, "ticket", row["id"], {}, own)
    return queries.whole(row)


def _bump(actor: Actor) -> int | None:
    number: int | None = session().scalar(
        update(_counter)
        .where(_counter.c.workspace_id == actor.workspace_id, _counter.c.id == _COUNTER_ID)
        .values(last=_counter.c.last + 1)
        .returning(_counter.c.last)
    )
    return number


def _next_number(actor: Actor) -> int:
    """The next number; the first ticket of a workspace makes the counter, and of two at once one waits."""
    number = _bump(actor)
    if number is not None:
        return number
    try:
        with session().begin_nested():
            session().execute(insert(_counter), [{"workspace_id": actor.workspace_id, "id": _COUNTER_ID, "last": 1}])
    except IntegrityError:
        return _next_number(actor)
    return 1
