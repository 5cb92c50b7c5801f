"""Shapes of installations."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Reference

STATES = ("active", "suspended", "uninstalling", "dormant", "erased")
LIVE = ("active", "suspended")
GONE = ("uninstalling", "dormant", "erased")
SIDES = ("operator", "publisher", "company")
"""Who can suspend, the weightiest first."""
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


class Hold(Schema):
    """One side's suspension; the app is active again when no side holds it."""

    side = Choice(*SIDES, required=True)
    since = InstantField(required=True)
    reason = fields.String(required=True, allow_none=True)


class HoldInput(Input):
    reason = LongText(longest=500)


class PublisherLiftInput(Input):
    """Of one installation, or of all of the app's."""

    installation_id = Reference("ins")


class PublisherHoldInput(PublisherLiftInput):
    reason = LongText(longest=500)


class HoldOutcome(Schema):
    """How many installations changed."""

    app_id = fields.String(required=True)
    side = Choice(*SIDES, required=True)
    changed = fields.Integer(required=True)


class Installation(Schema):
    """An app in this workspace. `pending_scopes` are what its released version asks for and was not granted;
    secret settings are shown to the app alone."""

    id = fields.String(required=True)
    app_key = fields.String(required=True)
    status = Choice(*STATES, required=True)
    suspended_by = Choice(*SIDES, required=True, allow_none=True)
    holds = fields.List(fields.Nested(Hold), required=True)
    granted_scopes = fields.List(fields.String(), required=True)
    pending_scopes = fields.List(fields.String(), required=True)
    availability = fields.Nested(Availability, required=True)
    settings = fields.Dict(required=True)
    version = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    uninstalled_at = InstantField(required=True, allow_none=True)
    erases_at = InstantField(required=True, allow_none=True)
    """Until then installing it anew brings back its settings and its people."""


class Erasure(Schema):
    """What the app was told to erase, until when, and its answer: `state` is requested, overdue or confirmed. The
    receipt is the JSON that the app signed; it may be sent to `receipt_url` until it is there."""

    id = fields.String(required=True)
    installation_id = fields.String(required=True)
    app_key = fields.String(required=True)
    scope = Choice("installation", required=True)
    state = Choice("requested", "overdue", "confirmed", required=True)
    requested_at = InstantField(required=True)
    due_at = InstantField(required=True)
    received_at = InstantField(required=True, allow_none=True)
    receipt = fields.Dict(required=True, allow_none=True)
    receipt_url = fields.String(required=True)


class Dependent(Schema):
    """Something that ends with the app; `names` are a few of them where they have names."""

    kind = fields.String(required=True)
    count = fields.Integer(required=True)
    names = fields.List(fields.String(), required=True)


class UninstallPreview(Schema):
    """What would end at once, until when it could come back, and where the app may have sent data."""

    installation_id = fields.String(required=True)
    dependents = fields.List(fields.Nested(Dependent), required=True)
    restorable_until = InstantField(required=True)
    egress = fields.List(fields.Dict(), required=True)
    tells_app = fields.Boolean(required=True)
    """Whether its manifest names a `[lifecycle]` URL that is told of it, and to erase."""


class PlanInstallations(Schema):
    live = fields.Integer(required=True)
    waiting = fields.List(fields.Dict(), required=True)


class Plan(Schema):
    """What a deployment would change, by kind: names added, removed and changed; and which installations would wait
    for a consent (they work on with what they have)."""

    changes = fields.Dict(required=True)
    releases = fields.Boolean(required=True)
    installations = fields.Nested(PlanInstallations, required=True)
