"""Shapes of ratings and of what a listing says about an app's standing."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText

FEWER_THAN = 5
"""Smaller counts are not shown to other workspaces: they would tell of single people."""


class RatingInput(Input):
    """Repeating it replaces what one has said before."""

    stars = fields.Integer(required=True, strict=True, validate=validate.Range(1, 5))
    text = LongText(longest=2000, allow_none=True, load_default=None)


class RatingAnswerInput(Input):
    text = LongText(required=True, longest=2000)


class RatingReportInput(Input):
    reason = LongText(required=True, longest=500)


class Rating(Schema):
    """What one person says. Who it is stays theirs: `by` says no more than me, this_workspace or another_workspace.
    `text` is null while the operator hides it, but for its author."""

    id = fields.String(required=True)
    app_key = fields.String(required=True)
    by = Choice("me", "this_workspace", "another_workspace", required=True)
    stars = fields.Integer(required=True)
    text = fields.String(required=True, allow_none=True)
    hidden = fields.Boolean(required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = InstantField(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class RatingSummary(Schema):
    """`histogram`: how many gave 1, 2, 3, 4 and 5 stars."""

    average = fields.Float(required=True, allow_none=True)
    count = fields.Integer(required=True)
    histogram = fields.List(fields.Integer(), required=True)


class Figure(Schema):
    """A count of people or companies: exact for the publisher's workspace, for others never below `fewer_than`."""

    count = fields.Integer(required=True, allow_none=True)
    fewer_than = fields.Integer(required=True, allow_none=True)
