"""What macros look like, and what may be sent for them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from portico.domains.tickets.rendering import unknown_in
from portico.domains.tickets.schemas import MAX_TAGS, PRIORITIES, TYPES, VISIBILITIES, Comment, Ticket
from portico.domains.tickets.statuses import STATUSES
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Name, Reference


class Macro(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    owner_employee_id = fields.String(allow_none=True, required=True)
    body = fields.String(allow_none=True, required=True)
    visibility = fields.String(required=True, validate=validate.OneOf(VISIBILITIES))
    effects = fields.Dict(keys=fields.String(), required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class Effects(Input):
    """What it changes. `assign_to_me` gives the ticket to who uses it; `assignee_id` to somebody, or with null back."""

    status = Choice(*STATUSES)
    status_id = Reference("tst")
    hold_reason = Name(longest=300)
    priority = Choice(*PRIORITIES)
    type = Choice(*TYPES)
    add_tags = fields.List(Name(longest=60), validate=validate.Length(max=MAX_TAGS))
    assignee_id = Reference("emp", allow_none=True)
    assign_to_me = fields.Boolean()
    queue_id = Reference("que", allow_none=True)

    @post_load
    def _what_counts(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value not in (False, [])}

    @validates_schema
    def _one_holder(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("assign_to_me") and "assignee_id" in data:
            raise ValidationError("Give one of assign_to_me and assignee_id.", "assignee_id")


class _Body(LongText):
    """A reply with places such as `{{ticket.number}}`, which are known."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        unknown = unknown_in(text)
        if unknown:
            raise ValidationError(unknown)
        return text


class MacroCreate(Input):
    """Without `shared` it is the maker's own."""

    name = Name(longest=100, required=True)
    shared = fields.Boolean(load_default=False)
    body = _Body(allow_none=True, load_default=None)
    visibility = Choice(*VISIBILITIES, load_default="public")
    effects = fields.Nested(Effects, load_default=dict)


class MacroUpdate(Input):
    """Whose it is never changes; `effects` replaces them all."""

    name = Name(longest=100)
    body = _Body(allow_none=True)
    visibility = Choice(*VISIBILITIES)
    effects = fields.Nested(Effects)


class MacroUse(Input):
    expected_last_comment_id = Reference("cmt", allow_none=True)


class MacroPreview(Schema):
    """What it would write, and each change as `{"from": …, "to": …}`."""

    body = fields.String(allow_none=True, required=True)
    visibility = fields.String(required=True, validate=validate.OneOf(VISIBILITIES))
    changes = fields.Dict(keys=fields.String(), required=True)


class MacroApplied(Schema):
    ticket = fields.Nested(Ticket, required=True)
    comment = fields.Nested(Comment, allow_none=True, required=True)
