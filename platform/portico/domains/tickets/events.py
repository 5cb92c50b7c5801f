"""Events of tickets."""

from __future__ import annotations

from portico.domains.tickets import queue_schemas, schemas, status_schemas
from portico.kernel.events import EventType

_TICKET = {
    "id": "tkt_01jd0000000000000000000000",
    "number": 42,
    "subject": "The invoice is wrong",
    "status": "open",
    "status_id": "tst_01jd0000000000000000000000",
    "hold_reason": None,
    "priority": "normal",
    "requester": {"contact_id": "con_01jd0000000000000000000000"},
    "assignee_id": None,
    "queue_id": "que_01jd0000000000000000000000",
    "channel": "api",
    "tags": [],
    "properties": {"product": "Router"},
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
    "solved_at": None,
    "follow_up_of": None,
    "version": 1,
}
_COMMENT = {
    "id": "cmt_01jd0000000000000000000000",
    "ticket_id": "tkt_01jd0000000000000000000000",
    "body": "We look into it.",
    "visibility": "public",
    "author": {"kind": "employee", "id": "emp_01jd0000000000000000000000", "display_name": "Ada"},
    "attachments": [],
    "created_at": "2026-11-22T09:31:00.000Z",
}

_STATUS = {
    "id": "tst_01jd0000000000000000000000",
    "category": "pending",
    "label": "Waiting for the customer",
    "sort_order": 30,
    "active": True,
    "is_default": False,
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
    "version": 1,
}


def _ticket(verb: str, title: str) -> EventType:
    return EventType(f"ticket.{verb}", "tickets:read", title, schemas.Ticket, _TICKET, role="agent")


TICKET_CREATED = _ticket("created", "A ticket was opened")
TICKET_UPDATED = _ticket("updated", "A ticket's subject, priority or tags were changed")
TICKET_ASSIGNED = _ticket("assigned", "A ticket was given to somebody, or given back")
TICKET_ASSIGNMENT_MISSED = EventType(
    "ticket.assignment_missed",
    "tickets:read",
    "Nobody of its queue could be given a ticket",
    schemas.TicketMissed,
    {**_TICKET, "reason": "nobody_available"},
    role="agent",
)
TICKET_STATUS_CHANGED = _ticket("status_changed", "A ticket's status changed")
TICKET_SOLVED = _ticket("solved", "A ticket was solved")
TICKET_REOPENED = _ticket("reopened", "A solved ticket was opened again")
TICKET_CLOSED = _ticket("closed", "A ticket was closed for good")
TICKET_TRASHED = _ticket("trashed", "A ticket was put into the trash")
TICKET_RESTORED = _ticket("restored", "A ticket came back from the trash")
TICKET_COMMENT_CREATED = EventType(
    "ticket.comment_created",
    "tickets:read",
    "Somebody wrote on a ticket",
    schemas.Comment,
    _COMMENT,
    guarded={"visibility": {"internal": "tickets.internal:read"}},
    role="agent",
)


def _status(verb: str, title: str) -> EventType:
    return EventType(f"ticket_status.{verb}", "tickets:read", title, status_schemas.TicketStatus, _STATUS, role="agent")


STATUS_CREATED = _status("created", "A status of tickets was added")
STATUS_UPDATED = _status("updated", "A status of tickets was changed")
STATUS_DELETED = _status("deleted", "A status of tickets was deleted")


_QUEUE = {
    "id": "que_01jd0000000000000000000000",
    "name": "Invoices",
    "assignment": "round_robin",
    "members": [{"employee_id": "emp_01jd0000000000000000000000", "capacity": 20}],
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
    "version": 1,
}


def _queue(verb: str, title: str) -> EventType:
    return EventType(f"queue.{verb}", "tickets:read", title, queue_schemas.Queue, _QUEUE, role="agent")


QUEUE_CREATED = _queue("created", "A queue was made")
QUEUE_UPDATED = _queue("updated", "A queue was changed")
QUEUE_DELETED = _queue("deleted", "A queue was deleted")
