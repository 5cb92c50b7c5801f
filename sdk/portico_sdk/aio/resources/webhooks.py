# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/webhooks.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Delivery, Replay, SigningKeys, WebhookEndpoint


class WebhookEndpoints(ResourceAPI):
    """URLs that receive events."""

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[WebhookEndpoint]:
        params = {"limit": limit, "cursor": cursor}
        return self._list("/webhook-endpoints", WebhookEndpoint.parse, params)

    async def get(self, endpoint_id: str) -> WebhookEndpoint:
        return await self._get(path("webhook-endpoints", endpoint_id), WebhookEndpoint)

    async def create(
        self,
        *,
        url: str,
        types: Iterable[str],
        description: str | None = None,
        signatures: Iterable[str] | None = None,
        payload: str | None = None,
        filter: Mapping[str, Any] | None = None,
        skip_own: bool | None = None,
        order: str | None = None,
        coalesce_seconds: int | None = None,
        idempotency_key: str | None = None,
    ) -> WebhookEndpoint:
        """The answer holds the `secret`, this once.

        `signatures=["v1", "v1a"]` adds Ed25519, `payload="thin"` leaves out the data, `filter` names the events by what
        stands in them (`portico_sdk.filters`), and `skip_own` leaves out what this installation did.
        `order="fifo_per_key"` sends what is about one resource one after the other; `coalesce_seconds` gathers its
        changes for so long, and sends them as one.
        """
        chosen = {"signatures": signatures, "payload": payload, "filter": filter, "skip_own": skip_own}
        pace = {"order": order, "coalesce_seconds": coalesce_seconds}
        body = given(url=url, types=types, description=description, **chosen, **pace)
        return await self._post("/webhook-endpoints", WebhookEndpoint, body, key=idempotency_key)

    async def update(self, endpoint_id: str, *, if_match: str | None = None, **fields: Any) -> WebhookEndpoint:
        where = path("webhook-endpoints", endpoint_id)
        return await self._patch(where, WebhookEndpoint, fields, if_match=if_match)

    async def delete(self, endpoint_id: str, *, if_match: str | None = None) -> None:
        await self._delete(path("webhook-endpoints", endpoint_id), if_match=if_match)

    async def rotate_secret(self, endpoint_id: str, *, idempotency_key: str | None = None) -> WebhookEndpoint:
        """A new `secret`; for a day deliveries are signed with both."""
        where = path("webhook-endpoints", endpoint_id, "secrets", "rotate")
        return await self._post(where, WebhookEndpoint, key=idempotency_key)

    async def keys(self, endpoint_id: str) -> SigningKeys:
        """The public keys that check `v1a` signatures."""
        return await self._get(path("webhook-endpoints", endpoint_id, "keys"), SigningKeys)

    async def rotate_key(self, endpoint_id: str, *, idempotency_key: str | None = None) -> SigningKeys:
        """A new key for `v1a`, of all endpoints of the same workspace or app; for a day both sign."""
        return await self._post(
            path("webhook-endpoints", endpoint_id, "keys", "rotate"), SigningKeys, key=idempotency_key
        )

    async def ping(self, endpoint_id: str, *, idempotency_key: str | None = None) -> Delivery:
        """Send `endpoint.ping` now; follow the answer with `deliveries.attempts`."""
        return await self._post(path("webhook-endpoints", endpoint_id, "ping"), Delivery, key=idempotency_key)

    async def send_sample(self, endpoint_id: str, *, type: str, idempotency_key: str | None = None) -> Delivery:
        """Send the sample of an event type now, with `test` in it, through filter, permissions and signature."""
        where = path("webhook-endpoints", endpoint_id, "sample")
        return await self._post(where, Delivery, {"type": type}, key=idempotency_key)

    async def preview_sample(self, endpoint_id: str, *, type: str) -> Delivery:
        """What `send_sample` would send (`event`, empty where the endpoint may not receive it). Sends nothing."""
        where = path("webhook-endpoints", endpoint_id, "sample")
        return await self._post(where, Delivery, {"type": type, "dry_run": True})

    async def enable(self, endpoint_id: str, *, idempotency_key: str | None = None) -> WebhookEndpoint:
        """After it was disabled; what was held meanwhile is delivered."""
        where = path("webhook-endpoints", endpoint_id, "enable")
        return await self._post(where, WebhookEndpoint, key=idempotency_key)

    async def count_replay(
        self,
        endpoint_id: str,
        *,
        since: datetime,
        until: datetime | None = None,
        types: Iterable[str] | None = None,
        states: Iterable[str] | None = None,
    ) -> Replay:
        """How many deliveries a replay would be (`total`). Sends nothing."""
        body = given(since=since, until=until, types=types, states=states)
        return await self._post(path("webhook-endpoints", endpoint_id, "replay"), Replay, {**body, "dry_run": True})

    async def replay(
        self,
        endpoint_id: str,
        *,
        since: datetime,
        until: datetime | None = None,
        types: Iterable[str] | None = None,
        states: Iterable[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Replay:
        """Send a stretch of time again, behind what happens now; `states` takes what ended so and never arrived."""
        body = given(since=since, until=until, types=types, states=states)
        return await self._post(path("webhook-endpoints", endpoint_id, "replay"), Replay, body, key=idempotency_key)

    def replays(self, endpoint_id: str, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[Replay]:
        where = path("webhook-endpoints", endpoint_id, "replays")
        return self._list(where, Replay.parse, {"limit": limit, "cursor": cursor})

    async def get_replay(self, endpoint_id: str, replay_id: str) -> Replay:
        return await self._get(path("webhook-endpoints", endpoint_id, "replays", replay_id), Replay)

    async def cancel_replay(self, endpoint_id: str, replay_id: str) -> Replay:
        """What waits of it is not sent any more."""
        return await self._post(path("webhook-endpoints", endpoint_id, "replays", replay_id, "cancel"), Replay)
