"""Shapes of dev sessions."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input


class DevSessionCreate(Input):
    """`local_url` is where the developer's browser finds the app; `host` names the machine to people."""

    local_url = fields.String(required=True, validate=validate.Length(max=100))
    host = fields.String(validate=validate.Length(max=100))


class DevSession(Schema):
    """An installed app that runs on its developer's machine until `expires_at`, unless it is renewed before."""

    id = fields.String(required=True)
    app_id = fields.String(required=True)
    installation_id = fields.String(required=True)
    employee_id = fields.String(required=True)
    local_url = fields.String(required=True)
    host = fields.String(required=True)
    tunnel_url = fields.String(required=True)
    lease_seconds = fields.Integer(required=True)
    created_at = InstantField(required=True)
    expires_at = InstantField(required=True)
