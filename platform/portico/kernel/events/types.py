"""What kinds of events there are: declared once, from which the docs, the SDK and the console are derived."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from portico.kernel.registry import Registry

NOBODY = "nobody"
"""In place of scopes: no token holds this word."""


@dataclass(frozen=True, slots=True)
class EventType:
    """`scope` is what a receiver must hold. `guarded` maps a value of a field to the scope it needs besides:
    `{"visibility": {"internal": "tickets.internal:read"}}`. `hidden` maps a field of the data to the scope without
    which it is left out and named in `_redacted`. `role` is what a person must be besides: it is set where the scope
    alone shows a person no more than their own records."""

    name: str
    scope: str
    title: str
    schema: type[Schema]
    example: Mapping[str, Any] = field(default_factory=dict)
    guarded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    role: str | None = None
    version: int = 1
    record_only: bool = False
    """What stands in the workspace's record and is nobody's to receive: no webhook, stream or list carries it."""
    batched: bool = False
    """It happens so often that webhooks carry many in one call; streams and lists have each for itself, as ever."""

    def __post_init__(self) -> None:
        if self.batched and self.name.endswith(".updated"):
            raise ValueError(f"{self.name}: what is updated is gathered by resource, and so comes in no batches.")

    @property
    def resource(self) -> str:
        """`ticket` of `ticket.solved`, and `workday` of `attendance.workday.confirmed`."""
        return self.name.split(".")[-2]

    def scopes_for(self, data: Mapping[str, Any]) -> str:
        """The scopes that reading this very event needs, as one sorted, blank-separated text."""
        if self.record_only:
            return NOBODY
        names = {self.scope}
        for name, values in self.guarded.items():
            extra = values.get(str(data.get(name)))
            if extra:
                names.add(extra)
        return " ".join(sorted(names))

    def possible_scopes(self) -> set[str]:
        """Each text that `scopes_for` can answer."""
        extras = [scope for values in self.guarded.values() for scope in values.values()]
        return {self.scope, *(" ".join(sorted({self.scope, extra})) for extra in extras)}


EVENT_TYPES: Registry[EventType] = Registry("event type", lambda kind: kind.name)
RECORD_TYPES: Registry[EventType] = Registry("event type for the record", lambda kind: kind.name)

PATTERN = re.compile(r"(\*|([a-z_]+\.){1,2}(\*|[a-z_]+))")


def matches(pattern: str, name: str) -> bool:
    """Whether a subscription such as `ticket.*` takes this event type."""
    return pattern in ("*", name) or (pattern.endswith(".*") and name.startswith(pattern[:-1]))


def expand(patterns: list[str]) -> list[str]:
    """The event types that the patterns take, sorted."""
    return [kind.name for kind in EVENT_TYPES if any(matches(pattern, kind.name) for pattern in patterns)]


def batched_kinds() -> set[str]:
    """The event types that webhooks carry many of in one call."""
    return {kind.name for kind in EVENT_TYPES if kind.batched}


def readable_with(scopes: frozenset[str]) -> list[str]:
    """Each value of `event.scopes` that a holder of these scopes may read."""
    needs = {text for kind in EVENT_TYPES for text in kind.possible_scopes()}
    return sorted(text for text in needs if scopes.issuperset(text.split()))
