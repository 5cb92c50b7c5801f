"""From claimed rows to calls: what each receiver sees of an event, or why it gets none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Row

from portico.domains.webhooks import choices, coalescing, projection
from portico.domains.webhooks.models import FIFO
from portico.domains.webhooks.outcomes import TIME_TO_LIVE
from portico.domains.webhooks.pump.facts import Fact, facts_of
from portico.kernel import clock, data_range
from portico.kernel.actor import DataRange

_LIFE_S = TIME_TO_LIVE.total_seconds()
Verdict = tuple[str, str | None]
"""The state in which a delivery ends without an attempt, and why."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One call to be made: everything that it needs, so that no query stands between it and the wire."""

    workspace_id: str
    delivery_id: str
    endpoint_id: str
    url: str
    message_id: str
    """The `webhook-id`: of the event, or of the batch."""
    body: bytes
    secrets: tuple[bytes, ...]
    """For `v1`, newest first."""
    installation_id: str | None
    scopes: tuple[str, ...]
    """By which the receiver may read what is sent."""
    attempts: int
    """How many were spent before."""
    claimed_at: datetime
    fencing: int = 0
    """The number of its shard when it was claimed."""
    event_type: str = ""
    keys: tuple[Ed25519PrivateKey, ...] = ()
    """For `v1a`, where the endpoint wants it."""
    probing: bool = False
    """The first call after the breaker was open."""
    order_keys: tuple[str, ...] = ()
    """Where the next ones of these keys wait for the result."""
    with_ids: tuple[str, ...] = ()
    """The other deliveries that go in the same call."""

    @property
    def delivery_ids(self) -> tuple[str, ...]:
        return (self.delivery_id, *self.with_ids)


@dataclass(frozen=True, slots=True)
class _Called:
    """An endpoint of the claim, with what is the same for all that goes there."""

    row: Row[Any]
    fact: Fact
    limits: DataRange | None
    blocked_s: float
    """For how long it could not be called, all in all."""


class Preparing:
    """One claim. What an event looks like is the same for all receivers with the same scopes and choices."""

    def __init__(self, endpoints: Mapping[str, Row[Any]]) -> None:
        self._now = clock.now()
        facts = facts_of(endpoints.values())
        self._called = {id: self._of(row, facts[id]) for id, row in endpoints.items()}
        self._messages: dict[Any, dict[str, Any]] = {}
        self._bodies: dict[Any, bytes] = {}

    def _of(self, row: Row[Any], fact: Fact) -> _Called:
        blocked = float(row.blocked_seconds)
        if row.blocked_since is not None:
            blocked += (self._now - row.blocked_since).total_seconds()
        return _Called(row, fact, data_range.parse(row.data_range), blocked)

    def prepare(self, row: Row[Any], event: Any) -> Sending | Verdict:
        """What is to be sent of a delivery, or how it ends without."""
        called = self._called[row.endpoint_id]
        endpoint, fact = called.row, called.fact
        name: tuple[Any, ...] = (event.id, fact.scopes, endpoint.installation_id)
        if row.changes is not None:
            event, name = coalescing.told(event, row.changes), (*name, row.id)
        verdict = self._verdict(row, event, called)
        if verdict is not None:
            return verdict
        message = self._messages.get(name)
        if message is None:
            message = projection.message(event, fact.scopes, endpoint.installation_id)
            self._messages[name] = message
        unwanted = choices.unwanted(message, endpoint)
        if unwanted is not None:
            return "filtered", unwanted
        return Sending(
            workspace_id=row.workspace_id,
            delivery_id=row.id,
            endpoint_id=row.endpoint_id,
            url=fact.url,
            message_id=row.event_id,
            body=self._body(name, message, endpoint.payload),
            secrets=fact.secrets,
            keys=fact.keys,
            installation_id=endpoint.installation_id,
            scopes=() if event.installation_id is not None else tuple(event.scopes.split()),
            attempts=row.attempts,
            fencing=row.fencing,
            event_type=event.type,
            probing=endpoint.breaker_trips > 0,
            order_keys=(row.order_key,) if row.order_key is not None and endpoint.order == FIFO else (),
            claimed_at=self._now,
        )

    def _body(self, name: tuple[Any, ...], message: dict[str, Any], payload: str) -> bytes:
        body = self._bodies.get((name, payload))
        if body is None:
            body = self._bodies[name, payload] = orjson.dumps(choices.carried(message, payload))
        return body

    def _verdict(self, row: Row[Any], event: Any, called: _Called) -> Verdict | None:
        """None for what may be sent. It is too old after four days without the time in which its endpoint could not
        be called."""
        lived = (self._now - row.created_at).total_seconds() - (called.blocked_s - row.blocked_base)
        if lived > _LIFE_S:
            return "expired", None
        readable = projection.may_read(event, called.fact.scopes, called.row.installation_id, called.limits)
        return None if readable else ("filtered", choices.NOT_ALLOWED)
