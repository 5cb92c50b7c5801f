"""Replies with places: `{{ticket.number}}` becomes 42. Nothing else is understood, so nothing else can be run."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACES = (
    "ticket.number",
    "ticket.subject",
    "ticket.status",
    "ticket.priority",
    "requester.display_name",
    "agent.display_name",
    "workspace.name",
)
_PLACE = re.compile(r"\{\{\s*([^{}\n]{1,60}?)\s*\}\}")


def unknown_in(text: str) -> str | None:
    """What is wrong with the places of a text, in a sentence; None when all are known."""
    unknown = sorted({name for name in _PLACE.findall(text) if name not in PLACES})
    if not unknown:
        return None
    return f"There is no {', '.join(unknown)}; use {', '.join(PLACES)}."


def render(text: str, values: Mapping[str, object]) -> str:
    """The text with its places filled, each once: what comes out of a place is only text."""
    return _PLACE.sub(lambda found: str(values.get(found[1], found[0])), text)
