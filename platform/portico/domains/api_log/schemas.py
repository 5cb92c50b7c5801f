"""Shapes of requests."""

from __future__ import annotations

from marshmallow import Schema, fields

from portico.kernel.dump import InstantField


class RequestError(Schema):
    """What was wrong in the body, or in the query (`/query/<name>`)."""

    pointer = fields.String(required=True)
    code = fields.String(required=True)


class RequestScopes(Schema):
    """What the operation asks for, and what of that the token had."""

    needed = fields.List(fields.String(), required=True)
    held = fields.List(fields.String(), required=True)


class RequestLimit(Schema):
    """Where the caller stood with this kind of call, with the headers `RateLimit` and `RateLimit-Policy`."""

    kind = fields.String(required=True)
    quota = fields.Integer(required=True)
    remaining = fields.Integer(required=True)
    reset_seconds = fields.Integer(required=True)


class ApiRequest(Schema):
    """One call of an app. No body, no token and no value of a query parameter is kept; `path` shows ids alone."""

    id = fields.String(required=True)
    request_id = fields.String(required=True)
    at = InstantField(required=True)
    installation_id = fields.String(required=True)
    employee_id = fields.String(required=True, allow_none=True)
    method = fields.String(required=True)
    operation = fields.String(required=True)
    route = fields.String(required=True)
    path = fields.String(required=True)
    query_keys = fields.List(fields.String(), required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, allow_none=True)
    errors = fields.List(fields.Nested(RequestError), required=True)
    duration_ms = fields.Integer(required=True)
    scopes = fields.Nested(RequestScopes, required=True)
    user_agent = fields.String(required=True, allow_none=True)
    rate_limit = fields.Nested(RequestLimit, required=True, allow_none=True)
    replayed = fields.Boolean(required=True)
