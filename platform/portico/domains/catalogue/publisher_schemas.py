"""Shapes of publishers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Name

VERIFICATIONS = ("none", "domain", "operator")
"""What a publisher has proved, the weakest first."""


class PublisherUpdate(Input):
    """Another name takes the operator's verification away: it was given to the old one."""

    name = Name(longest=80)
    website = fields.URL(schemes={"https"}, allow_none=True, validate=validate.Length(max=300))
    support_email = fields.Email(allow_none=True, validate=validate.Length(max=254))
    description = LongText(longest=2000, allow_none=True)


class DomainInput(Input):
    domain = fields.String(required=True, validate=validate.Length(min=1, max=253))


class PublisherPublic(Schema):
    """Who publishes apps, and what it has proved: nothing, that it controls `domain`, or its papers to the operator."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    website = fields.String(required=True, allow_none=True)
    support_email = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    verification = Choice(*VERIFICATIONS, required=True)
    verified_domain = fields.String(required=True, allow_none=True)
    verified_at = InstantField(required=True, allow_none=True)


class PublisherEvent(PublisherPublic):
    version = fields.Integer(required=True)


class DomainProof(Schema):
    """How the domain is proved: a TXT record with `txt_value` at the domain, or a file with that line at `file_url`.

    `state`: unproved, proved, or failing (proved, and not found at the last looks; it is lost after a few)."""

    domain = fields.String(required=True)
    state = Choice("unproved", "proved", "failing", required=True)
    txt_value = fields.String(required=True)
    file_url = fields.String(required=True)
    checked_at = InstantField(required=True, allow_none=True)
    next_check_at = InstantField(required=True, allow_none=True)
    failures = fields.Integer(required=True)
    problem = fields.String(required=True, allow_none=True)


class OwnPublisher(PublisherPublic):
    domain = fields.Nested(DomainProof, required=True, allow_none=True)
    suspended_at = InstantField(required=True, allow_none=True)
    suspended_reason = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
