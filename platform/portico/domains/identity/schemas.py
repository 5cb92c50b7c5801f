"""Shapes of identity's resources."""

from __future__ import annotations

from marshmallow import Schema, fields

from portico.kernel.actor import ROLES
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input


class Member(Schema):
    """A person who may sign in to the workspace."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    user_id = fields.String(required=True)
    email = fields.String(required=True)
    display_name = fields.String(required=True)
    role = fields.String(required=True)
    two_factor = fields.Boolean(
        required=True, metadata={"description": "Whether this person signs in with a second factor."}
    )
    created_at = InstantField(required=True)
    version = fields.Integer(required=True)


class MemberUpdate(Input):
    role = Choice(*ROLES, required=True)


class MemberEvent(Schema):
    """What other domains hear of a member."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    role = fields.String(required=True)


class PersonalTokenEvent(Schema):
    """What the record says of a personal token; never the token."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    employee_id = fields.String(required=True)
    expires_at = InstantField(required=True)


class SignInEvent(Schema):
    """How somebody of the workspace signed in, or what changed about it."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    methods = fields.List(fields.String())


class TwoFactorPolicyEvent(Schema):
    """Of whom the workspace requires a second factor."""

    id = fields.String(required=True)
    required_of = fields.String(required=True)


class MeActor(Schema):
    kind = fields.String(required=True)
    id = fields.String(required=True)
    on_behalf_of = fields.String()


class MeWorkspace(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class Me(Schema):
    """Who the token is."""

    actor = fields.Nested(MeActor, required=True)
    user = fields.Dict()
    employee = fields.Dict()
    workspace = fields.Nested(MeWorkspace, required=True)
    installation = fields.Dict()
    scopes = fields.List(fields.String(), required=True)
    role = fields.String(allow_none=True, required=True)
    limits = fields.Dict(required=True)
    streams_url = fields.String(required=True)
