"""Operations on webhook endpoints, deliveries, and the cursor of events."""

from __future__ import annotations

from typing import Any

from portico.domains.webhooks import cursor, queries, replays, schemas, service
from portico.domains.webhooks.event_types import event_types
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.web.api import Accepted, ApiBlueprint, Created

blp = ApiBlueprint("webhooks", "Events and webhooks")
ENDPOINT = '/webhook-endpoints/<id("whe"):endpoint_id>'
REPLAY = f'{ENDPOINT}/replays/<id("rpl"):replay_id>'
DELIVERY = '/deliveries/<id("dlv"):delivery_id>'


@blp.get(
    "/events",
    parameters={"after": False, "limit": False, "types": False},
    answer=schemas.EventPage,
    summary="Read what happened, in order",
)
def list_events(actor: Actor, after: str | None = None, limit: str | None = None, types: str | None = None) -> Any:
    """Oldest first, kept for 30 days. `after` is the `next_cursor` of the page before, which is never null; without it
    from the oldest kept, `latest` for the end. Only what the token may read, with the fields that it may see."""
    return cursor.page_of_events(actor, after, limit, types)


@blp.get("/event-types", answer=schemas.EventKindList, summary="List the kinds of events")
def list_event_types(actor: Actor) -> Any:
    """All that can be received, by name: what each is called, the scope that it takes, and the form of its data."""
    return {"data": event_types()}


@blp.get(
    "/webhook-endpoints",
    scope="webhooks:read",
    listing=queries.ENDPOINTS,
    answer=schemas.WebhookEndpoint,
    summary="List webhook endpoints",
)
def list_webhook_endpoints(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_endpoints(actor, query)


@blp.post(
    "/webhook-endpoints",
    scope="webhooks:write",
    body=schemas.WebhookEndpointCreate,
    answer=schemas.WebhookEndpointSecret,
    status=201,
    summary="Add a webhook endpoint",
)
def create_webhook_endpoint(actor: Actor, body: dict[str, Any]) -> Any:
    row = service.create_endpoint(actor, body)
    return Created(row, f"/api/v1/webhook-endpoints/{row['id']}")


@blp.get(ENDPOINT, scope="webhooks:read", answer=schemas.WebhookEndpoint, summary="Read a webhook endpoint")
def get_webhook_endpoint(actor: Actor, endpoint_id: str) -> Any:
    return queries.endpoint(actor, endpoint_id)


@blp.patch(
    ENDPOINT,
    scope="webhooks:write",
    body=schemas.WebhookEndpointUpdate,
    answer=schemas.WebhookEndpoint,
    versioned=True,
    summary="Change a webhook endpoint",
    refusals=("managed_by_manifest",),
)
def update_webhook_endpoint(actor: Actor, endpoint_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return service.update_endpoint(actor, endpoint_id, body, expected_version)


@blp.delete(
    ENDPOINT,
    scope="webhooks:write",
    status=204,
    versioned=True,
    summary="Delete a webhook endpoint",
    refusals=("managed_by_manifest",),
)
def delete_webhook_endpoint(actor: Actor, endpoint_id: str, expected_version: int | None) -> None:
    service.delete_endpoint(actor, endpoint_id, expected_version)


@blp.post(
    f"{ENDPOINT}/secrets/rotate",
    scope="webhooks:write",
    answer=schemas.WebhookEndpointSecret,
    summary="Make a new signing secret",
    refusals=("signed_by_app", "too_many_endpoint_secrets"),
)
def rotate_webhook_secret(actor: Actor, endpoint_id: str) -> Any:
    """The secrets before it sign along for 24 hours."""
    return service.rotate_secret(actor, endpoint_id)


@blp.get(
    f"{ENDPOINT}/keys",
    scope="webhooks:read",
    answer=schemas.SigningKeys,
    summary="Read the public keys of `v1a` signatures",
)
def get_webhook_keys(actor: Actor, endpoint_id: str) -> Any:
    """One set for all endpoints of the workspace, or of the app. The same keys stand at `jwks_url`, for everybody."""
    return queries.signing_keys(actor, endpoint_id)


@blp.post(
    f"{ENDPOINT}/keys/rotate",
    scope="webhooks:write",
    answer=schemas.SigningKeys,
    summary="Make a new key for `v1a` signatures",
    refusals=("too_many_signing_keys",),
)
def rotate_webhook_key(actor: Actor, endpoint_id: str) -> Any:
    """For all endpoints of the workspace, or of the app. The keys before it sign along for 24 hours."""
    return service.rotate_key(actor, endpoint_id)


@blp.post(
    f"{ENDPOINT}/ping",
    scope="webhooks:write",
    answer=schemas.Delivery,
    status=202,
    summary="Try whether an endpoint answers",
    refusals=("endpoint_not_active",),
)
def ping_webhook_endpoint(actor: Actor, endpoint_id: str) -> Any:
    row = service.ping(actor, endpoint_id)
    return Accepted(row, f"/api/v1/deliveries/{row['id']}")


@blp.post(
    f"{ENDPOINT}/sample",
    scope="webhooks:write",
    body=schemas.SampleCreate,
    answer=schemas.Sample,
    also=(202,),
    summary="Send the sample of an event type",
    refusals=("endpoint_not_active",),
)
def send_webhook_sample(actor: Actor, endpoint_id: str, body: dict[str, Any]) -> Any:
    """To this endpoint alone, through its filter, permissions and signature, with `"test": true` in it. With `dry_run`
    it answers 200 and the event, and nothing is sent."""
    if body["dry_run"]:
        return service.preview_test(actor, endpoint_id, body["type"])
    row = service.send_test(actor, endpoint_id, body["type"])
    return Accepted(row, f"/api/v1/deliveries/{row['id']}")


@blp.post(
    f"{ENDPOINT}/enable",
    scope="webhooks:write",
    answer=schemas.WebhookEndpoint,
    summary="Enable a webhook endpoint",
    refusals=("endpoint_held",),
)
def enable_webhook_endpoint(actor: Actor, endpoint_id: str) -> Any:
    """After it was disabled or paused; what was held meanwhile is delivered."""
    return service.enable_endpoint(actor, endpoint_id)


@blp.post(
    f"{ENDPOINT}/replay",
    scope="webhooks:write",
    body=schemas.ReplayCreate,
    answer=schemas.Replay,
    also=(202,),
    summary="Send a stretch of time again",
)
def replay_webhook_endpoint(actor: Actor, endpoint_id: str, body: dict[str, Any]) -> Any:
    """Behind what happens now, with the same `webhook-id`s, however many. With `dry_run` it answers 200 and `total`,
    the number of deliveries it would be, and nothing is sent. `states` takes what ended so and never came through."""
    if body.pop("dry_run"):
        return service.preview_replay(actor, endpoint_id, body)
    row = service.start_replay(actor, endpoint_id, body)
    return Accepted(row, f"/api/v1/webhook-endpoints/{endpoint_id}/replays/{row['id']}")


@blp.get(
    f"{ENDPOINT}/replays",
    scope="webhooks:read",
    listing=replays.REPLAYS,
    answer=schemas.Replay,
    summary="List the replays to a webhook endpoint",
)
def list_webhook_replays(actor: Actor, endpoint_id: str, query: ListQuery) -> Any:
    return replays.page_of_replays(actor, endpoint_id, query)


@blp.get(REPLAY, scope="webhooks:read", answer=schemas.Replay, summary="Read how far a replay is")
def get_webhook_replay(actor: Actor, endpoint_id: str, replay_id: str) -> Any:
    return replays.replay(actor, endpoint_id, replay_id)


@blp.post(
    f"{REPLAY}/cancel",
    scope="webhooks:write",
    answer=schemas.Replay,
    summary="Stop a replay",
    refusals=("replay_over",),
)
def cancel_webhook_replay(actor: Actor, endpoint_id: str, replay_id: str) -> Any:
    """What waits of it is not sent any more."""
    return service.cancel_replay(actor, endpoint_id, replay_id)


@blp.get(
    "/deliveries",
    scope="webhooks:read",
    listing=queries.DELIVERIES,
    parameters={"endpoint_id": False, "state": False, "type": False, "resource_id": False},
    answer=schemas.Delivery,
    summary="List deliveries",
)
def list_deliveries(actor: Actor, query: ListQuery, **short: str | None) -> Any:
    return queries.page_of_deliveries(actor, query, **short)


@blp.get(DELIVERY, scope="webhooks:read", answer=schemas.DeliveryDetail, summary="Read a delivery with its event")
def get_delivery(actor: Actor, delivery_id: str) -> Any:
    return queries.delivery_with_event(actor, delivery_id)


@blp.get(
    f"{DELIVERY}/attempts",
    scope="webhooks:read",
    listing=queries.ATTEMPTS,
    answer=schemas.Attempt,
    summary="List the attempts of a delivery",
)
def list_delivery_attempts(actor: Actor, delivery_id: str, query: ListQuery) -> Any:
    return queries.page_of_attempts(actor, delivery_id, query)


@blp.post(
    f"{DELIVERY}/redeliver",
    scope="webhooks:write",
    answer=schemas.Delivery,
    status=202,
    summary="Deliver once more",
    refusals=("endpoint_deleted",),
)
def redeliver_delivery(actor: Actor, delivery_id: str) -> Any:
    """With the same `webhook-id`. One that still waits goes at once; else there is a new delivery."""
    row = service.redeliver(actor, delivery_id)
    return Accepted(row, f"/api/v1/deliveries/{row['id']}")
