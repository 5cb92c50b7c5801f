"""Shapes of identity's resources."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate

from portico.kernel.actor import ROLES
from portico.kernel.dump import InstantField
from portico.kernel.ids import is_id
from portico.kernel.schemas import Choice, Input, LongText, Name

LOCALES = ("en", "zh_Hans_CN")
TWO_FACTOR = ("off", "admins", "everyone")
READS_KEPT = (30, 3650)
"""Days: people are shown who looked at them within the last 30."""


def _zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("This is not a time zone of the tz database, such as Asia/Shanghai.")


class Workspace(Schema):
    """One company's tenant, as its people see it."""

    id = fields.String(required=True)
    slug = fields.String(required=True, metadata={"description": "Its short name, in the addresses of pages."})
    name = fields.String(required=True)
    locale = fields.String(required=True)
    timezone = fields.String(required=True)
    logo_id = fields.String(
        required=True, allow_none=True, metadata={"description": "The attachment that is its logo."}
    )
    two_factor = fields.String(
        required=True, metadata={"description": "Of whom a second factor is required: off, admins or everyone."}
    )
    unlisted_clients = fields.Boolean(
        required=True, metadata={"description": "Whether programs outside the catalogue may act for people."}
    )
    reads_kept_days = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "For how many days it is kept who looked at what; null is as long as the instance."},
    )
    created_at = InstantField(required=True)
    version = fields.Integer(required=True)


class WorkspaceUpdate(Input):
    name = Name(longest=100)
    locale = Choice(*LOCALES)
    timezone = fields.String(validate=_zone)
    two_factor = Choice(*TWO_FACTOR)
    unlisted_clients = fields.Boolean()
    reads_kept_days = fields.Integer(allow_none=True, strict=True, validate=validate.Range(*READS_KEPT))


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


class RoleName(fields.String):
    """A built-in role by its name, or one that the workspace made by its id. Whether it exists the service asks."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        value = super()._deserialize(value, attr, data, **kwargs)
        if value not in ROLES and not is_id(value, "rol"):
            raise ValidationError(f"Must be one of: {', '.join(ROLES)}, or the id of a role (rol_…).")
        return value


class MemberUpdate(Input):
    role = RoleName(required=True)


class Role(Schema):
    """A role that the workspace made. Everybody has what employees have; `scopes` is what comes to it."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    includes = fields.List(
        fields.String(), required=True, metadata={"description": "The built-in roles that it counts as."}
    )
    member_count = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


_SCOPES = validate.Length(max=200)


class RoleCreate(Input):
    name = Name(longest=100, required=True)
    description = LongText(longest=500, load_default="")
    scopes = fields.List(fields.String(), required=True, validate=_SCOPES)


class RoleUpdate(Input):
    name = Name(longest=100)
    description = LongText(longest=500)
    scopes = fields.List(fields.String(), validate=_SCOPES)


class RoleEvent(Schema):
    """What the record says of a role."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    moved_to = fields.String()


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
