from __future__ import annotations

from portico_sdk._encoding import path
from portico_sdk.models import Attempt, Delivery
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI


class Deliveries(ResourceAPI):
    """Each event on its way to an endpoint, with every attempt."""

    def list(
        self,
        *,
        endpoint_id: str | None = None,
        state: str | None = None,
        type: str | None = None,
        resource_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Results[Delivery]:
        """Newest first; `resource_id` takes those of events about one object."""
        params = {
            "endpoint_id": endpoint_id,
            "state": state,
            "type": type,
            "resource_id": resource_id,
            "limit": limit,
            "cursor": cursor,
        }
        return self._list("/deliveries", Delivery.parse, params)

    def get(self, delivery_id: str) -> Delivery:
        return self._get(path("deliveries", delivery_id), Delivery)

    def attempts(self, delivery_id: str, *, limit: int | None = None) -> Results[Attempt]:
        where = path("deliveries", delivery_id, "attempts")
        return self._list(where, Attempt.parse, {"limit": limit})

    def redeliver(self, delivery_id: str, *, idempotency_key: str | None = None) -> Delivery:
        """Once more, with the same `webhook-id`."""
        return self._post(path("deliveries", delivery_id, "redeliver"), Delivery, key=idempotency_key)
