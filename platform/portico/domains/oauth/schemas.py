"""Shapes of the authorization server's resources."""

from __future__ import annotations

from marshmallow import Schema, fields

from portico.kernel.dump import InstantField


class OAuthGrant(Schema):
    """What a person allowed a client to do in their name."""

    id = fields.String(required=True)
    client_id = fields.String(required=True)
    app_id = fields.String(allow_none=True, required=True)
    installation_id = fields.String(allow_none=True, required=True)
    employee_id = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    created_at = InstantField(required=True)
    ended_at = InstantField(allow_none=True, required=True)
    end_reason = fields.String(allow_none=True, required=True)
