"""Shapes of the catalogue's resources."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.domains.catalogue.publisher_schemas import PublisherPublic
from portico.domains.catalogue.rating_schemas import Figure, RatingSummary
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input
from portico.kernel.text import N_

VISIBILITIES = ("private", "unlisted", "public")
VERSION_STATES = (
    "draft",
    "checked",
    "submitted",
    "approved",
    "rejected",
    "released",
    "superseded",
    "withdrawn",
)


REASONS = {
    "scopes": N_("Permissions"),
    "egress": N_("What it sends outside"),
    "listing": N_("What people read of it"),
    "security": N_("Security"),
    "behaviour": N_("How it behaves"),
    "other": N_("Something else"),
}
"""What a rejection can be about."""


class ManifestInput(Input):
    """A manifest; what is wrong inside is answered as findings, all at once."""

    manifest = fields.Dict(required=True)


class VersionCreate(ManifestInput):
    """With `release` false the version stays a draft, also where it could run at once."""

    release = fields.Boolean()


class AppUpdate(Input):
    visibility = Choice(*VISIBILITIES)


class Finding(Schema):
    """What the robot found. `path` is a JSON Pointer into the manifest; an error has to be mended."""

    rule = fields.String(required=True)
    severity = Choice("error", "warning", required=True)
    path = fields.String(required=True)
    message = fields.String(required=True)
    mending = fields.String(required=True)


class ReviewReason(Schema):
    """Why a person rejected it: what is wrong there, and what to mend."""

    code = Choice(*REASONS, required=True)
    path = fields.String(required=True)
    message = fields.String(required=True)


class AppVersion(Schema):
    """One frozen manifest. `percent` of the installations run it; `paused` is a release that grows no more."""

    id = fields.String(required=True)
    app_id = fields.String(required=True)
    number = fields.Integer(required=True)
    status = Choice(*VERSION_STATES, required=True)
    digest = fields.String(required=True)
    manifest = fields.Dict(required=True)
    findings = fields.List(fields.Nested(Finding), required=True)
    created_at = InstantField(required=True)
    released_at = InstantField(required=True, allow_none=True)
    percent = fields.Integer(required=True)
    paused = fields.Boolean(required=True)
    checked_at = InstantField(required=True, allow_none=True)
    submitted_at = InstantField(required=True, allow_none=True)
    reviewed_at = InstantField(required=True, allow_none=True)
    review_level = Choice("robot", "person", required=True, allow_none=True)
    review_reasons = fields.List(fields.Nested(ReviewReason), required=True)


class VersionSummary(Schema):
    id = fields.String(required=True)
    number = fields.Integer(required=True)
    status = Choice(*VERSION_STATES, required=True)
    created_at = InstantField(required=True)


class VersionReleased(VersionSummary):
    """What other domains hear of a version: `percent` of the app's installations run it."""

    app_id = fields.String(required=True)
    percent = fields.Integer(required=True)
    paused = fields.Boolean(required=True)


class VersionRelease(Input):
    percent = fields.Integer(validate=validate.Range(1, 100))


class CredentialEvent(Schema):
    """What the record says of an app's secret or key; nothing of the secret, nor its last characters."""

    id = fields.String(required=True)
    app_id = fields.String(required=True)
    kind = fields.String(required=True)
    expires_at = InstantField(required=True, allow_none=True)


class Publisher(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class App(Schema):
    """What a developer registered; `version` is the newest one."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    client_id = fields.String(required=True)
    visibility = Choice(*VISIBILITIES, required=True)
    publisher = fields.Nested(Publisher, required=True)
    version = fields.Nested(VersionSummary, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class AppCreated(App):
    """With its secrets, this once. A public client gets no client secret."""

    client_secret = fields.String(allow_none=True, required=True)
    signing_secret = fields.String(required=True)


class AppSecret(Schema):
    """A client secret: whole this once, afterwards only its last characters."""

    id = fields.String(required=True)
    client_secret = fields.String()
    hint = fields.String(required=True)
    created_at = InstantField(required=True)


class AppSecretCreate(Input):
    """`previous_expires_at`: when the secret that is active now dies. Without it, it lives until it is ended."""

    previous_expires_at = fields.AwareDateTime(format="iso")


class AppKeyCreate(Input):
    jwk = fields.Dict(required=True)


class AppKey(Schema):
    """A public key by which the app authenticates with `private_key_jwt` (RFC 7523)."""

    id = fields.String(required=True)
    kid = fields.String(required=True)
    alg = Choice("ES256", "RS256", required=True)
    jwk = fields.Dict(required=True)
    created_at = InstantField(required=True)


class ScopeAsked(Schema):
    """`sentence` completes “This app can …”; `reason` is the developer's."""

    name = fields.String(required=True)
    sentence = fields.String(required=True)
    risk = Choice("read", "write", "sensitive", required=True)
    reason = fields.String(required=True)
    required = fields.Boolean(required=True)


class Egress(Schema):
    """Where the app sends data outside."""

    host = fields.String(required=True)
    purpose = fields.String(required=True)
    personal_data = fields.Boolean(required=True)


class Screenshot(Schema):
    """A picture of the app, from our own origin."""

    url = fields.String(required=True)
    small_url = fields.String(required=True)
    alt = fields.String(required=True)


class Listing(Schema):
    """An app's page in the catalogue."""

    id = fields.String(required=True)
    app_key = fields.String(required=True)
    name = fields.String(required=True)
    summary = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    icon = fields.String(required=True, allow_none=True)
    categories = fields.List(fields.String(), required=True)
    publisher = fields.Nested(PublisherPublic, required=True)
    installs = fields.Nested(Figure, required=True)
    """Workspaces in which it is installed."""
    active_users = fields.Nested(Figure, required=True)
    """People who opened it, or in whose name it called, in the last 30 days."""
    rating = fields.Nested(RatingSummary, required=True)
    visibility = Choice(*VISIBILITIES, required=True)
    version = fields.Nested(VersionSummary, required=True)
    scopes = fields.List(fields.Nested(ScopeAsked), required=True)
    egress = fields.List(fields.Nested(Egress), required=True)
    screenshots = fields.List(fields.Nested(Screenshot), required=True)
    support_url = fields.String(required=True, allow_none=True)
    privacy_url = fields.String(required=True, allow_none=True)
    published_at = InstantField(required=True)
