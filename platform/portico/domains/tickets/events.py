"""Events of tickets."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from portico.domains.tickets import detail_schemas, macro_schemas, queue_schemas, schemas, status_schemas
from portico.kernel.events import EventType

_TICKET = {
    "id": "tkt_01jd0000000000000000000000",
    "number": 42,
    "subject": "The invoice is wrong",
    "status": "open",
    "status_id": "tst_01jd0000000000000000000000",
    "hold_reason": None,
    "type": "question",
    "snoozed_until": None,
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
_COMMENT: dict[str, Any] = {
    "id": "cmt_01jd0000000000000000000000",
    "ticket_id": "tkt_01jd0000000000000000000000",
    "body": "We look into it.",
    "visibility": "public",
    "author": {"kind": "employee", "id": "emp_01jd0000000000000000000000", "display_name": "Ada"},
    "attachments": [],
    "created_at": "2026-11-22T09:31:00.000Z",
    "redacted_at": None,
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
TICKET_SNOOZED = _ticket("snoozed", "A ticket was put off until later")
TICKET_WOKEN = _ticket("woken", "A ticket that was put off is back")
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

TICKET_REDACTED = EventType(
    "ticket.redacted",
    "tickets:read",
    "Something was taken out of a comment for good",
    detail_schemas.Redaction,
    {
        "id": _COMMENT["id"],
        "ticket_id": _COMMENT["ticket_id"],
        "visibility": "public",
        "whole": False,
        "redacted_at": "2026-11-22T10:00:00.000Z",
        "redacted_by": _COMMENT["author"],
    },
    guarded={"visibility": {"internal": "tickets.internal:read"}},
    role="agent",
)
_FOLLOWER = {
    "ticket_id": "tkt_01jd0000000000000000000000",
    "employee_id": "emp_01jd0000000000000000000000",
    "created_at": "2026-11-22T09:31:00.000Z",
}
_LINK = {
    "id": "tln_01jd0000000000000000000000",
    "kind": "blocks",
    "ticket_id": "tkt_01jd0000000000000000000000",
    "other_id": "tkt_01jd0000000000000000000001",
    "created_at": "2026-11-22T09:31:00.000Z",
}


def _beside(verb: str, title: str, schema: type[Schema], example: dict[str, Any]) -> EventType:
    return EventType(f"ticket.{verb}", "tickets:read", title, schema, example, role="agent")


TICKET_FOLLOWED = _beside("followed", "Somebody follows a ticket", detail_schemas.Follower, _FOLLOWER)
TICKET_UNFOLLOWED = _beside("unfollowed", "Somebody follows a ticket no more", detail_schemas.Follower, _FOLLOWER)
TICKET_LINKED = _beside("linked", "Two tickets were linked", detail_schemas.TicketLinkEvent, _LINK)
TICKET_UNLINKED = _beside("unlinked", "Two tickets are linked no more", detail_schemas.TicketLinkEvent, _LINK)


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


_MACRO = {
    "id": "mac_01jd0000000000000000000000",
    "name": "Ask for the serial number",
    "owner_employee_id": None,
    "body": "Hello {{requester.display_name}}, please send us the serial number.",
    "visibility": "public",
    "effects": {"status": "pending"},
    "created_at": "2026-11-22T09:30:00.000Z",
    "updated_at": "2026-11-22T09:30:00.000Z",
    "version": 1,
}


def _macro(verb: str, title: str) -> EventType:
    return EventType(f"macro.{verb}", "tickets:read", title, macro_schemas.Macro, _MACRO, role="agent")


MACRO_CREATED = _macro("created", "A shared macro was made")
MACRO_UPDATED = _macro("updated", "A shared macro was changed")
MACRO_DELETED = _macro("deleted", "A shared macro was deleted")
