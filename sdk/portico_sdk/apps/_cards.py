"""Cards: what the portal asks, and the answer with its ETag."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portico_sdk.apps._answers import Answer
from portico_sdk.apps.blocks import Card
from portico_sdk.client import Portico
from portico_sdk.models import Actor


@dataclass(frozen=True)
class CardRequest:
    """Whose first page it is. Answer within three seconds, in their language."""

    key: str
    workspace: Portico
    actor: Actor
    locale: str
    timezone: str
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def employee_id(self) -> str:
        return self.actor.id


def card_request(key: str, call: Mapping[str, Any], workspace: Portico) -> CardRequest:
    return CardRequest(
        key=key,
        workspace=workspace,
        actor=Actor.parse(call.get("actor")),
        locale=str(call.get("locale") or "en"),
        timezone=str(call.get("timezone") or "UTC"),
        raw=call,
    )


def card_answer(card: Card, known: str | None) -> Answer:
    """304 when the portal has just this card already."""
    content = json.dumps(card, sort_keys=True, ensure_ascii=False).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if known == etag:
        return Answer(304, b"", {"etag": etag})
    return Answer(200, content, {"content-type": "application/json", "cache-control": "no-store", "etag": etag})
