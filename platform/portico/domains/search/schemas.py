"""What search answers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.domains.search.kinds import KINDS

PAGE = "page"
TYPES = (*KINDS, PAGE)
MOST, USUAL = 20, 5


class SearchHit(Schema):
    """`url` is its page for people. `highlight` are the ranges of `title`, `[from, to)` in code points, that were
    looked for; none where it was found by another field or by how it is read."""

    type = fields.String(required=True, validate=validate.OneOf(TYPES))
    id = fields.String(required=True)
    title = fields.String(required=True)
    subtitle = fields.String(required=True)
    url = fields.String(required=True)
    highlight = fields.List(fields.List(fields.Integer()), required=True)


class SearchGroup(Schema):
    type = fields.String(required=True, validate=validate.OneOf(TYPES))
    items = fields.List(fields.Nested(SearchHit), required=True)
    has_more = fields.Boolean(required=True)


class SearchAnswer(Schema):
    """By kind, the best first; kinds of which nothing was found are not there. `corrected`: nothing is as it was typed,
    and this is what differs from it by one letter. `left_out` are kinds that the token may not find."""

    data = fields.List(fields.Nested(SearchGroup), required=True)
    corrected = fields.Boolean(required=True)
    left_out = fields.List(fields.String(), required=True)
