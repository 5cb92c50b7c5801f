"""Shapes of the record."""

from __future__ import annotations

from marshmallow import Schema, fields

from portico.kernel.dump import InstantField


class AuditEntry(Schema):
    """Who did what to what, on whose behalf, from where. `hash` covers the entry, without `detail`, and the hash of
    the one before. `detail` holds the name that the object had and what the changed fields held, `before` and
    `after`; `detail_hash` binds it."""

    id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    seq = fields.Integer(required=True)
    event_id = fields.String(required=True)
    at = InstantField(required=True)
    actor = fields.Dict(required=True)
    action = fields.String(required=True)
    object = fields.Dict(required=True)
    changes = fields.List(fields.String(), required=True, allow_none=True)
    detail = fields.Dict(required=True, allow_none=True)
    detail_hash = fields.String(required=True, allow_none=True)
    origin = fields.Dict(required=True, allow_none=True)
    hash = fields.String(required=True)


class AuditCheckpoint(Schema):
    """A head of the record that the server signed: whatever stands before it cannot be changed unseen."""

    id = fields.String(required=True)
    seq = fields.Integer(required=True)
    hash = fields.String(required=True)
    at = InstantField(required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)
