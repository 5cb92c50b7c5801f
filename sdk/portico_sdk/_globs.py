"""Patterns of event types: `ticket.created`, `ticket.*`, `*`."""

from __future__ import annotations


def matches(pattern: str, event_type: str) -> bool:
    """`ticket.*` means everything that happens to tickets."""
    if pattern in ("*", event_type):
        return True
    return pattern.endswith(".*") and event_type.startswith(pattern[:-1])
