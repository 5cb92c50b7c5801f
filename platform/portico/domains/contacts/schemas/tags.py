"""Tags of a workspace."""

from __future__ import annotations

from marshmallow import Schema, fields

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input

COLORS = ("neutral", "info", "success", "warning", "danger", "accent", "violet")


class Tag(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    color = fields.String(required=True)
    created_at = InstantField(required=True)


class TagUpdate(Input):
    color = Choice(*COLORS, required=True)
