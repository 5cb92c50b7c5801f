"""What tickets and comments look like, and what may be sent for them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from portico.domains.files.schemas import Attached, ids_input
from portico.domains.properties.schemas import values_input
from portico.domains.tickets.statuses import STATUSES
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Name, Reference

PRIORITIES = ("low", "normal", "high", "urgent")
TYPES = ("question", "incident", "problem", "task", "idea")
VISIBILITIES = ("public", "internal")
CHANNELS = ("web_widget", "email", "portal", "api", "phone")
_CHANNEL = rf"^({'|'.join(CHANNELS)}|app:[a-z][a-z0-9_-]{{1,39}})$"
MAX_TAGS = 100


class Requester(Schema):
    """Who asks: one of the two."""

    contact_id = fields.String()
    employee_id = fields.String()


class RequesterTicket(Schema):
    """A ticket as its requester sees it: exactly these fields, whatever a ticket gains."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    subject = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    priority = fields.String(required=True, validate=validate.OneOf(PRIORITIES))
    requester = fields.Nested(Requester, required=True)
    channel = fields.String(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    solved_at = InstantField(allow_none=True, required=True)
    follow_up_of = fields.String(allow_none=True)
    version = fields.Integer(required=True)


class Ticket(RequesterTicket):
    status_id = fields.String(allow_none=True)
    hold_reason = fields.String(allow_none=True)
    type = fields.String(validate=validate.OneOf(TYPES))
    snoozed_until = InstantField(allow_none=True)
    assignee_id = fields.String(allow_none=True)
    queue_id = fields.String(allow_none=True)
    tags = fields.List(fields.String())
    properties = fields.Dict(keys=fields.String())
    redacted = fields.List(fields.String(), data_key="_redacted")


class TicketMissed(Ticket):
    """A ticket that its queue could give to nobody, and why."""

    reason = fields.String(required=True)


class Author(Schema):
    kind = fields.String(required=True)
    id = fields.String(required=True)
    display_name = fields.String(allow_none=True)
    on_behalf_of = fields.String(allow_none=True)


class Comment(Schema):
    id = fields.String(required=True)
    ticket_id = fields.String(required=True)
    body = fields.String(required=True)
    visibility = fields.String(required=True, validate=validate.OneOf(VISIBILITIES))
    author = fields.Nested(Author, required=True)
    attachments = fields.List(fields.Nested(Attached), required=True)
    created_at = InstantField(required=True)
    redacted_at = InstantField(allow_none=True)


class RequesterInput(Input):
    contact_id = Reference("con")
    employee_id = Reference("emp")

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Give one of contact_id and employee_id.")


class FirstComment(Input):
    body = LongText(required=True, blank=False)
    visibility = Choice(*VISIBILITIES, load_default="public")
    attachment_ids = ids_input()


class CommentCreate(FirstComment):
    """With `expected_last_comment_id`, what you have not read stops you: null says that you saw none."""

    expected_last_comment_id = Reference("cmt", allow_none=True)


class _TicketFields(Input):
    tags = fields.List(Name(longest=60), validate=validate.Length(max=MAX_TAGS))
    properties = values_input()
    assignee_id = Reference("emp", allow_none=True)
    queue_id = Reference("que", allow_none=True)
    priority = Choice(*PRIORITIES)
    type = Choice(*TYPES)

    @post_load
    def _tags_once(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "tags" in data:
            data["tags"] = list(dict.fromkeys(data["tags"]))
        return data


class TicketCreate(_TicketFields):
    subject = Name(longest=300, required=True)
    requester = fields.Nested(RequesterInput, required=True)
    channel = fields.String(load_default="api", validate=validate.Regexp(_CHANNEL, error="Not a channel."))
    comment = fields.Nested(FirstComment)


class TicketUpdate(_TicketFields):
    """Absent keeps, null clears, lists replace; `properties` are merged by their keys. `status` means the default
    status of the category, `status_id` a certain one; `on_hold` needs `hold_reason`."""

    subject = Name(longest=300)
    status = Choice(*STATUSES)
    status_id = Reference("tst")
    hold_reason = Name(longest=300, allow_none=True)


class Assignment(Input):
    """Null gives the ticket back."""

    assignee_id = Reference("emp", required=True, allow_none=True)
