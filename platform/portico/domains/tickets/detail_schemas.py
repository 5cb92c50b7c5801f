"""What stands beside a ticket: its history, followers, links and redactions, and how long it sleeps."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.domains.tickets.schemas import VISIBILITIES, Author
from portico.domains.tickets.statuses import STATUSES
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Reference

LINKS = ("relates", "blocks", "duplicates", "parent")


class TicketChange(Schema):
    """Who changed what: `changes` maps each field to `{"from": …, "to": …}`."""

    id = fields.String(required=True)
    ticket_id = fields.String(required=True)
    action = fields.String(required=True)
    author = fields.Nested(Author, required=True)
    changes = fields.Dict(keys=fields.String(), required=True)
    created_at = InstantField(required=True)


class Follower(Schema):
    ticket_id = fields.String(required=True)
    employee_id = fields.String(required=True)
    created_at = InstantField(required=True)


class FollowerAdd(Input):
    employee_id = Reference("emp", required=True)


class LinkedTicket(Schema):
    id = fields.String(required=True)
    number = fields.Integer(required=True)
    subject = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))


class TicketLink(Schema):
    """`outgoing`: this ticket blocks, duplicates or is the parent of `ticket`; `incoming`: that one of this."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(LINKS))
    direction = fields.String(required=True, validate=validate.OneOf(("outgoing", "incoming")))
    ticket = fields.Nested(LinkedTicket, required=True)
    created_at = InstantField(required=True)


class TicketLinkEvent(Schema):
    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(LINKS))
    ticket_id = fields.String(required=True)
    other_id = fields.String(required=True)
    created_at = InstantField(required=True)


class TicketLinkCreate(Input):
    """`parent`: this ticket is the parent of the other; a ticket has one parent at most."""

    kind = Choice(*LINKS, required=True)
    ticket_id = Reference("tkt", required=True)


class Snooze(Input):
    """Null wakes it now."""

    until = InstantField(required=True, allow_none=True)


class Redaction(Schema):
    """That something was taken out of a comment; not what."""

    id = fields.String(required=True)
    ticket_id = fields.String(required=True)
    visibility = fields.String(required=True, validate=validate.OneOf(VISIBILITIES))
    whole = fields.Boolean(required=True)
    redacted_at = InstantField(required=True)
    redacted_by = fields.Nested(Author, required=True)


class RedactionCreate(Input):
    """`start` and `end` count code points of the body, `end` is the first that stays; without them all of it goes."""

    comment_id = Reference("cmt", required=True)
    start = fields.Integer(strict=True, validate=validate.Range(0, 10_000_000))
    end = fields.Integer(strict=True, validate=validate.Range(1, 10_000_000))

    @validates_schema
    def _both(self, data: dict[str, Any], **_: Any) -> None:
        if ("start" in data) != ("end" in data):
            raise ValidationError("Give both, or neither.", "end" if "start" in data else "start")
        if "start" in data and data["start"] >= data["end"]:
            raise ValidationError("It must come after start.", "end")
