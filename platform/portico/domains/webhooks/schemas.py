"""Shapes of endpoints, deliveries, attempts and events."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate

from portico.domains.webhooks.models import LONGEST_COALESCING, ORDERS
from portico.kernel.dump import InstantField
from portico.kernel.events.types import PATTERN
from portico.kernel.schemas import Choice, Input, LongText

ENDPOINT_STATUSES = ("active", "paused", "held", "disabled")
DELIVERY_STATES = (
    "waiting",
    "sending",
    "succeeded",
    "failed",
    "held",
    "expired",
    "filtered",
    "cancelled",
    "coalesced",
)
UNDELIVERED = ("failed", "expired", "filtered", "cancelled")
MAX_PATTERNS = 100
PAYLOADS = ("full", "thin")
SIGNATURES = ("v1", "v1a")


def _url() -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, 2048))


def _types() -> fields.List[str]:
    pattern = fields.String(
        validate=validate.Regexp(f"^(?:{PATTERN.pattern})\\Z", error="Use ticket.solved, ticket.* or *.")
    )
    return fields.List(pattern, required=True, validate=validate.Length(1, MAX_PATTERNS))


def _signatures() -> fields.List[str]:
    return fields.List(Choice(*SIGNATURES), validate=_clean_signatures)


def _clean_signatures(value: list[str]) -> None:
    if "v1" not in value or len(set(value)) != len(value):
        raise ValidationError("v1 always signs; v1a may be added.")


def _coalesce_seconds() -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(0, LONGEST_COALESCING))


class WebhookEndpointCreate(Input):
    url = _url()
    types = _types()
    description = LongText(longest=2000, allow_none=True)
    signatures = _signatures()
    payload = Choice(*PAYLOADS)
    filter = fields.Dict(keys=fields.String(), allow_none=True)
    skip_own = fields.Boolean()
    order = Choice(*ORDERS)
    coalesce_seconds = _coalesce_seconds()


class WebhookEndpointUpdate(Input):
    url = fields.String(validate=validate.Length(1, 2048))
    types = fields.List(_types().inner, validate=validate.Length(1, MAX_PATTERNS))
    description = LongText(longest=2000, allow_none=True)
    signatures = _signatures()
    payload = Choice(*PAYLOADS)
    filter = fields.Dict(keys=fields.String(), allow_none=True)
    skip_own = fields.Boolean()
    order = Choice(*ORDERS)
    coalesce_seconds = _coalesce_seconds()


class WebhookEndpoint(Schema):
    """A URL that receives events, of the workspace or of one installation."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    types = fields.List(fields.String(), required=True)
    description = fields.String(required=True, allow_none=True)
    signatures = fields.List(fields.String(), required=True)
    payload = Choice(*PAYLOADS, required=True)
    filter = fields.Dict(required=True, allow_none=True)
    skip_own = fields.Boolean(required=True)
    order = Choice(*ORDERS, required=True)
    coalesce_seconds = fields.Integer(required=True)
    status = Choice(*ENDPOINT_STATUSES, required=True)
    reason = fields.String(required=True, allow_none=True)
    installation_id = fields.String(required=True, allow_none=True)
    consecutive_failures = fields.Integer(required=True)
    failing_since = InstantField(required=True, allow_none=True)
    last_success_at = InstantField(required=True, allow_none=True)
    last_failure_at = InstantField(required=True, allow_none=True)
    paused_until = InstantField(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class WebhookEndpointSecret(WebhookEndpoint):
    """With its newest secret, this once. An app's endpoint has none of its own: the app's secret signs."""

    secret = fields.String()


class SigningKey(Schema):
    """A key of `v1a`: `public_key` is `whpk_` and base64. One with a date signs along until then."""

    id = fields.String(required=True)
    public_key = fields.String(required=True)
    created_at = InstantField(required=True)
    expires_at = InstantField(required=True, allow_none=True)


class SigningKeys(Schema):
    """What checks `v1a` signatures: the keys that sign now, newest first, and where a receiver reads them."""

    jwks_url = fields.String(required=True)
    public_keys = fields.List(fields.Nested(SigningKey), required=True)


class EndpointSummary(Schema):
    """An endpoint as events tell of it."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    types = fields.List(fields.String(), required=True)
    status = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    installation_id = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class Ping(Schema):
    id = fields.String(required=True)
    url = fields.String(required=True)


class TestEvent(Schema):
    """A sample that a developer sends to an endpoint of their own app."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    type = fields.String(required=True)
    sample = fields.Dict(required=True)


class EventResource(Schema):
    type = fields.String(required=True)
    id = fields.String(required=True)
    version = fields.Integer(required=True, allow_none=True)


class Delivery(Schema):
    """One event for one endpoint."""

    id = fields.String(required=True)
    endpoint_id = fields.String(required=True)
    installation_id = fields.String(required=True, allow_none=True)
    event_id = fields.String(required=True)
    type = fields.String(required=True)
    resource = fields.Nested(EventResource)
    state = Choice(*DELIVERY_STATES, required=True)
    attempts = fields.Integer(required=True)
    redelivery = fields.Boolean(required=True)
    last_status = fields.Integer(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    next_attempt_at = InstantField(required=True, allow_none=True)
    behind_another = fields.Boolean(required=True)
    coalesced_into = fields.String(required=True, allow_none=True)
    batch_id = fields.String(required=True, allow_none=True)
    created_at = InstantField(required=True)
    finished_at = InstantField(required=True, allow_none=True)


class DeliveryDetail(Delivery):
    """With the event as the endpoint receives it at present; null when it may not receive it."""

    url = fields.String(required=True)
    event = fields.Dict(required=True, allow_none=True)


class SampleCreate(Input):
    """A type of event that the endpoint subscribes to."""

    type = fields.String(required=True, validate=validate.Length(1, 100))
    dry_run = fields.Boolean(load_default=False)


class Sample(Schema):
    """The delivery of a sample. A dry run has none, but `event`: as the endpoint would receive it; null when it may
    not."""

    id = fields.String()
    endpoint_id = fields.String(required=True)
    installation_id = fields.String(required=True, allow_none=True)
    event_id = fields.String()
    type = fields.String(required=True)
    state = Choice(*DELIVERY_STATES)
    attempts = fields.Integer()
    created_at = InstantField()
    event = fields.Dict(allow_none=True)


class ReplayCreate(Input):
    """A stretch of time; all that the endpoint subscribes to, or some of it."""

    since = InstantField(required=True)
    until = InstantField(allow_none=True)
    types = fields.List(_types().inner, validate=validate.Length(1, MAX_PATTERNS))
    states = fields.List(Choice(*UNDELIVERED), validate=validate.Length(1, len(UNDELIVERED)))
    dry_run = fields.Boolean(load_default=False)


class ReplayCount(Schema):
    """What a replay would be."""

    endpoint_id = fields.String(required=True)
    since = InstantField(required=True)
    until = InstantField(required=True)
    types = fields.List(fields.String(), required=True)
    states = fields.List(fields.String(), required=True)
    total = fields.Integer(required=True)


class Replay(ReplayCount):
    """A stretch of time that is sent again, and how far it is. A dry run has its bounds and `total` alone."""

    id = fields.String()
    state = Choice("running", "done", "cancelled")
    laid_out = fields.Integer()
    succeeded = fields.Integer()
    open = fields.Integer()
    failed = fields.Integer()
    created_at = InstantField()
    finished_at = InstantField(allow_none=True)


class AttemptRequest(Schema):
    url = fields.String(required=True)
    headers = fields.Dict(required=True)


class AttemptResponse(Schema):
    headers = fields.Dict(required=True)
    body = fields.String(required=True)


class Attempt(Schema):
    """One HTTP try, with the first 4 KiB of the answer. The signature is left out."""

    id = fields.String(required=True)
    delivery_id = fields.String(required=True)
    number = fields.Integer(required=True)
    started_at = InstantField(required=True)
    duration_ms = fields.Integer(required=True)
    dns_ms = fields.Integer(required=True)
    connect_ms = fields.Integer(required=True)
    status = fields.Integer(required=True, allow_none=True)
    error_class = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True)
    request = fields.Nested(AttemptRequest, required=True)
    response = fields.Nested(AttemptResponse, required=True)


class EventCause(Schema):
    event_id = fields.String()
    installation_id = fields.String(allow_none=True)
    depth = fields.Integer(required=True)


class Event(Schema):
    """A fact that happened; `data` is the resource as its GET shows it to this caller."""

    id = fields.String(required=True)
    type = fields.String(required=True)
    version = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    occurred_at = fields.String(required=True, metadata={"format": "date-time"})
    workspace_id = fields.String(required=True)
    installation_id = fields.String()
    actor = fields.Dict(required=True)
    resource = fields.Nested(EventResource, required=True)
    data = fields.Dict(required=True)
    changes = fields.List(fields.String())
    cause = fields.Nested(EventCause, required=True)


class EventsPosition(Schema):
    next_cursor = fields.String(required=True)
    has_more = fields.Boolean(required=True)


class EventKind(Schema):
    """`title` by language; `schema`: JSON Schema of the event's `data`."""

    type = fields.String(required=True)
    title = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    resource = fields.String(required=True)
    version = fields.Integer(required=True)
    scope = fields.String(required=True)
    batched = fields.Boolean(required=True)
    schema = fields.Dict(keys=fields.String(), required=True)


class EventKindList(Schema):
    data = fields.List(fields.Nested(EventKind), required=True)


class EventPage(Schema):
    """Events, oldest first; `next_cursor` is never null."""

    data = fields.List(fields.Nested(Event), required=True)
    page = fields.Nested(EventsPosition, required=True)
