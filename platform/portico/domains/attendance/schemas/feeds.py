"""What calendar feeds look like, and what may be sent for them."""

from __future__ import annotations

from marshmallow import Schema, fields

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input, Name


class CalendarFeed(Schema):
    """`url` is answered once, when it is made: only its digest is kept."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    url = fields.String()
    created_at = InstantField(required=True)


class CalendarFeedCreate(Input):
    name = Name(longest=60, required=True)
