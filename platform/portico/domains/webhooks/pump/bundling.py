"""Many deliveries in one call: the events in the order in which they happened, in as few bodies as the limits allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from portico.domains.webhooks import batching
from portico.kernel import clock
from portico.kernel.events.outbox import MAX_BYTES
from portico.kernel.ids import new_id

if TYPE_CHECKING:
    from portico.domains.webhooks.pump.preparing import Sending

TYPE = "batch"
_FRAME = 512
"""Bytes that stand around the events of a body, at most."""


@dataclass(frozen=True, slots=True)
class Part:
    """One delivery that is to go with others of the same group."""

    sending: Sending
    batch_id: str | None
    lane: int
    seq: int
    occurred_at: datetime


def bundled(parts: Iterable[Part]) -> list[Sending]:
    """One call for each batch, in the open unit of a claim."""
    groups: dict[tuple[str, str | None, int], list[Part]] = {}
    for part in parts:
        groups.setdefault((part.sending.endpoint_id, part.batch_id, part.lane), []).append(part)
    return [
        _bundle(chunk, batch_id if place == 0 else None)
        for (_, batch_id, _), group in groups.items()
        for place, chunk in enumerate(_chunks(sorted(group, key=lambda part: part.seq)))
    ]


def _chunks(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """As many as may stand in one body. One that is too large by itself goes alone."""
    chunk: list[Part] = []
    room = MAX_BYTES - _FRAME
    for part in parts:
        size = len(part.sending.body) + 1
        if chunk and (size > room or len(chunk) == batching.MOST):
            yield chunk
            chunk, room = [], MAX_BYTES - _FRAME
        chunk.append(part)
        room -= size
    yield chunk


def _bundle(chunk: Sequence[Part], batch_id: str | None) -> Sending:
    """The last of them stands for all: it is kept longest, and with it what is known of the attempts."""
    *others, last = (part.sending for part in chunk)
    name = batch_id or new_id("bat")
    if batch_id is None:
        batching.put_together(last.workspace_id, [part.sending.delivery_id for part in chunk], name)
    return replace(
        last,
        with_ids=tuple(one.delivery_id for one in others),
        message_id=name,
        body=_body(chunk, name),
        event_type=TYPE,
        scopes=tuple(sorted({scope for part in chunk for scope in part.sending.scopes})),
        attempts=max(part.sending.attempts for part in chunk),
        order_keys=tuple(key for part in chunk for key in part.sending.order_keys),
    )


def _body(chunk: Sequence[Part], name: str) -> bytes:
    first = chunk[0].sending
    about = {
        "id": name,
        "type": TYPE,
        "timestamp": clock.rfc3339(max(part.occurred_at for part in chunk)),
        "workspace_id": first.workspace_id,
    }
    if first.installation_id is not None:
        about["installation_id"] = first.installation_id
    events = b",".join(part.sending.body for part in chunk)
    return orjson.dumps(about)[:-1] + b',"data":{"events":[' + events + b"]}}"
