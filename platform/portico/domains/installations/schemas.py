"""Shapes of installations."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input

STATES = ("active", "suspended", "uninstalled")
MOST_RULES = 500


class RuleInput(Input):
    """A department (with all below it, unless `recursive` is false) or an employee."""

    kind = Choice("department", "employee", required=True)
    id = fields.String(required=True, validate=validate.Length(max=40))
    recursive = fields.Boolean()


class AvailabilityInput(Input):
    kind = Choice("everyone", "only", required=True)
    include = fields.List(fields.Nested(RuleInput), validate=validate.Length(max=MOST_RULES))
    # marshmallow keeps what it leaves out under this name, but takes fields away from the class first.
    exclude = fields.List(fields.Nested(RuleInput), validate=validate.Length(max=MOST_RULES))  # type: ignore[assignment]


class InstallationCreate(Input):
    app_key = fields.String(required=True, validate=validate.Length(max=40))
    granted_scopes = fields.List(fields.String(), validate=validate.Length(max=200))
    availability = fields.Nested(AvailabilityInput)
    settings = fields.Dict(keys=fields.String())


class InstallationUpdate(Input):
    granted_scopes = fields.List(fields.String(), validate=validate.Length(max=200))
    availability = fields.Nested(AvailabilityInput)
    settings = fields.Dict(keys=fields.String())


class Rule(Schema):
    kind = Choice("department", "employee", required=True)
    id = fields.String(required=True)
    recursive = fields.Boolean()


class Availability(Schema):
    kind = Choice("everyone", "only", required=True)
    include = fields.List(fields.Nested(Rule), required=True)
    exclude = fields.List(fields.Nested(Rule), required=True)  # type: ignore[assignment]


class Installation(Schema):
    """An app in this workspace. `pending_scopes` are what its released version asks for and was not granted;
    secret settings are shown to the app alone."""

    id = fields.String(required=True)
    app_key = fields.String(required=True)
    status = Choice(*STATES, required=True)
    suspended_by = Choice("company", "publisher", "operator", required=True, allow_none=True)
    granted_scopes = fields.List(fields.String(), required=True)
    pending_scopes = fields.List(fields.String(), required=True)
    availability = fields.Nested(Availability, required=True)
    settings = fields.Dict(required=True)
    version = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class PlanInstallations(Schema):
    live = fields.Integer(required=True)
    waiting = fields.List(fields.Dict(), required=True)


class Plan(Schema):
    """What a deployment would change, by kind: names added, removed and changed; and which installations would wait
    for a consent (they work on with what they have)."""

    changes = fields.Dict(required=True)
    releases = fields.Boolean(required=True)
    installations = fields.Nested(PlanInstallations, required=True)
