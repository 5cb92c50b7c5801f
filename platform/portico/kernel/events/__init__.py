"""Events: facts that happened, committed with the change that caused them (the outbox).

`EventType` is declared in a domain's `events.py`; `emit` records one; `on` reacts in the same transaction.
"""

from portico.kernel.events.models import Event, EventCounter
from portico.kernel.events.outbox import emit, on, take_back
from portico.kernel.events.types import EVENT_TYPES, RECORD_TYPES, EventType, batched_kinds, matches

__all__ = [
    "EVENT_TYPES",
    "RECORD_TYPES",
    "Event",
    "EventCounter",
    "EventType",
    "batched_kinds",
    "emit",
    "matches",
    "on",
    "take_back",
]
