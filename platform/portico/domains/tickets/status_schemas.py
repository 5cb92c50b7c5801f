"""What a company's own statuses look like, and what may be sent for them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.domains.tickets.statuses import STATUSES
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Name

_ORDER = validate.Range(0, 1_000_000)


class TicketStatus(Schema):
    id = fields.String(required=True)
    category = fields.String(required=True, validate=validate.OneOf(STATUSES))
    label = fields.String(required=True)
    sort_order = fields.Integer(required=True)
    active = fields.Boolean(required=True)
    is_default = fields.Boolean(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class TicketStatusCreate(Input):
    category = Choice(*STATUSES, required=True)
    label = Name(longest=60, required=True)
    sort_order = fields.Integer(strict=True, validate=_ORDER, load_default=1000)
    is_default = fields.Boolean(load_default=False)


class TicketStatusUpdate(Input):
    """The category never changes. To change the default, set another of the category."""

    label = Name(longest=60)
    sort_order = fields.Integer(strict=True, validate=_ORDER)
    active = fields.Boolean()
    is_default = fields.Boolean()
