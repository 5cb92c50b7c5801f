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
REQUEST_STATES = ("open", "approved", "declined", "expired")
MOST_RULES = 500
UPGRADES = ("wait", "read", "write")
"""How far what a new version needs is granted as it comes."""


class RuleInput(Input):
    """A department (with all below it, unless `recursive` is false), a group or an employee."""

    kind = Choice("department", "group", "employee", required=True)
    id = fields.String(required=True, validate=validate.Length(max=40))
    recursive = fields.Boolean()


class AvailabilityInput(Input):
    kind = Choice("everyone", "only", required=True)
    include = fields.List(fields.Nested(RuleInput), validate=validate.Length(max=MOST_RULES))
    # marshmallow keeps what it leaves out under this name, but takes fields away from the class first.
    exclude = fields.List(fields.Nested(RuleInput), validate=validate.Length(max=MOST_RULES))  # type: ignore[assignment]


class DataRangeInput(Input):
    """Which records the app sees: all, or those of some people. `unassigned`: also those that nobody holds."""

    kind = Choice("all", "only", required=True)
    include = fields.List(fields.Nested(RuleInput), validate=validate.Length(max=MOST_RULES))
    unassigned = fields.Boolean()


class InstallationCreate(Input):
    app_key = fields.String(required=True, validate=validate.Length(max=40))
    granted_scopes = fields.List(fields.String(), validate=validate.Length(max=200))
    availability = fields.Nested(AvailabilityInput)
    data_range = fields.Nested(DataRangeInput)
    settings = fields.Dict(keys=fields.String())


class InstallationUpdate(Input):
    granted_scopes = fields.List(fields.String(), validate=validate.Length(max=200))
    availability = fields.Nested(AvailabilityInput)
    data_range = fields.Nested(DataRangeInput)
    settings = fields.Dict(keys=fields.String())


class Rule(Schema):
    kind = Choice("department", "group", "employee", required=True)
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


class DataRange(Schema):
    kind = Choice("all", "only", required=True)
    include = fields.List(fields.Nested(Rule), required=True)
    unassigned = fields.Boolean(required=True)


class RunningVersion(Schema):
    """Which version of the app runs here."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)


class Installation(Schema):
    """An app in this workspace. `pending_scopes` are what the version that it runs (`app_version`) asks for and was
    not granted; `version` counts the changes of this object;
    secret settings are shown to the app alone."""

    id = fields.String(required=True)
    app_key = fields.String(required=True)
    status = Choice(*STATES, required=True)
    suspended_by = Choice(*SIDES, required=True, allow_none=True)
    holds = fields.List(fields.Nested(Hold), required=True)
    granted_scopes = fields.List(fields.String(), required=True)
    pending_scopes = fields.List(fields.String(), required=True)
    app_version = fields.Nested(RunningVersion, required=True, allow_none=True)
    availability = fields.Nested(Availability, required=True)
    data_range = fields.Nested(DataRange, required=True)
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


class RequestCreate(Input):
    """`scopes` names what an installed app lacks; without them the request is for all of it."""

    app_key = fields.String(required=True, validate=validate.Length(max=40))
    reason = LongText(required=True, longest=2000)
    scopes = fields.List(fields.String(validate=validate.Length(max=100)), validate=validate.Length(max=50))


class RequestDecline(Input):
    reason = LongText(required=True, longest=2000)


class AppRequester(Schema):
    employee_id = fields.String(required=True)
    reason = fields.String(required=True)
    asked_at = InstantField(required=True)


class InstallationRequest(Schema):
    """Equal requests are one: `count` people asked. Who does not manage apps sees their own reason alone. `kind` is
    install, or permissions for what an installed app lacks: `scopes`, or all of it when nobody named any."""

    id = fields.String(required=True)
    app_key = fields.String(required=True)
    kind = Choice("install", "permissions", required=True)
    scopes = fields.List(fields.String(), required=True)
    status = Choice(*REQUEST_STATES, required=True)
    count = fields.Integer(required=True)
    requesters = fields.List(fields.Nested(AppRequester), required=True)
    answer = fields.String(required=True, allow_none=True)
    installation_id = fields.String(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = InstantField(required=True, allow_none=True)
    expires_at = InstantField(required=True)
    version = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class PolicyInput(Input):
    """The whole policy: what is left out is as nobody had set it."""

    deny_scopes = fields.List(fields.String(), load_default=list, validate=validate.Length(max=200))
    allowed_publishers = fields.List(
        Reference("pub"), load_default=None, allow_none=True, validate=validate.Length(max=500)
    )
    denied_publishers = fields.List(Reference("pub"), load_default=list, validate=validate.Length(max=500))
    minimum_review = Choice("any", "robot", "person", load_default="any")
    minimum_verification = Choice("any", "domain", "operator", load_default="any")
    auto_approve = Choice("none", "read", load_default="none")
    upgrades = Choice(*UPGRADES, load_default="wait")


class Policy(Schema):
    """What a company lets in. `version` is 0 while nobody has set it."""

    deny_scopes = fields.List(fields.String(), required=True)
    allowed_publishers = fields.List(fields.String(), required=True, allow_none=True)
    denied_publishers = fields.List(fields.String(), required=True)
    minimum_review = Choice("any", "robot", "person", required=True)
    minimum_verification = Choice("any", "domain", "operator", required=True)
    auto_approve = Choice("none", "read", required=True)
    upgrades = Choice(*UPGRADES, required=True)
    updated_at = InstantField(required=True, allow_none=True)
    version = fields.Integer(required=True)


class PolicyEvent(Policy):
    workspace_id = fields.String(required=True)


class AccessReason(Schema):
    """`blocks` says whether it stands in the way; `about` names the rule, scope or side."""

    code = fields.String(required=True)
    blocks = fields.Boolean(required=True)
    message = fields.String(required=True)
    about = fields.Dict(required=True)


class Access(Schema):
    """Whether one person may use one app, and why: what stands in the way comes first."""

    app_key = fields.String(required=True)
    employee_id = fields.String(required=True)
    installation_id = fields.String(required=True, allow_none=True)
    allowed = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(AccessReason), required=True)


class ScopeUseLine(Schema):
    """One scope: whether the app's version asks for it, has it, and did something by it in the last 30 days."""

    scope = fields.String(required=True)
    required = fields.Boolean(required=True)
    asked = fields.Boolean(required=True)
    granted = fields.Boolean(required=True)
    used = fields.Boolean(required=True)
    days_used = fields.Integer(required=True)
    last_used_at = InstantField(required=True, allow_none=True)


class ScopeUse(Schema):
    data = fields.List(fields.Nested(ScopeUseLine), required=True)
    days = fields.Integer(required=True)
    granted_at = InstantField(required=True)


class PlanInstallations(Schema):
    live = fields.Integer(required=True)
    waiting = fields.List(fields.Dict(), required=True)


class Plan(Schema):
    """What a deployment would change, by kind: names added, removed and changed; and which installations would wait
    for a consent (they work on with what they have)."""

    changes = fields.Dict(required=True)
    releases = fields.Boolean(required=True)
    installations = fields.Nested(PlanInstallations, required=True)
