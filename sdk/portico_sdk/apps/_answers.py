"""What goes back: answers without a framework, and the answer of an action."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portico_sdk.client import Portico
from portico_sdk.models import Actor
from portico_sdk.models.events import Resource


@dataclass(frozen=True)
class Answer:
    """An HTTP answer for any framework."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, content: Mapping[str, Any]) -> Answer:
        body = json.dumps(content, ensure_ascii=False).encode()
        return cls(status, body, {"content-type": "application/json", "cache-control": "no-store"})

    @classmethod
    def html(cls, status: int, page: str, headers: Mapping[str, str]) -> Answer:
        return cls(status, page.encode(), {"content-type": "text/html; charset=utf-8", **headers})


@dataclass(frozen=True)
class ActionAnswer:
    """What the person sees after an action; parts can be chained: `run.toast("Done").open("/tickets/…")`."""

    content: Mapping[str, Any] = field(default_factory=dict)

    def toast(self, text: str) -> ActionAnswer:
        """A short line that goes away by itself."""
        return self._with(toast=text)

    def card(self, card: Mapping[str, Any]) -> ActionAnswer:
        """Blocks that the portal draws."""
        return self._with(card=card)

    def open(self, path: str) -> ActionAnswer:
        """Go to a page of the portal."""
        return self._with(open=path)

    def errors(self, **by_field: str) -> ActionAnswer:
        """Refuse, and say at each field why."""
        return self._with(errors=by_field)

    def _with(self, **part: Any) -> ActionAnswer:
        return ActionAnswer({**self.content, **part})


@dataclass(frozen=True)
class ActionRun:
    """Somebody pressed the button. Retries carry the same `interaction_id`; answer within 10 seconds."""

    key: str
    interaction_id: str
    workspace: Portico
    actor: Actor
    object: Resource | None
    input: Mapping[str, Any]
    raw: Mapping[str, Any] = field(repr=False)

    def toast(self, text: str) -> ActionAnswer:
        return ActionAnswer().toast(text)

    def card(self, card: Mapping[str, Any]) -> ActionAnswer:
        return ActionAnswer().card(card)

    def open(self, path: str) -> ActionAnswer:
        return ActionAnswer().open(path)

    def errors(self, **by_field: str) -> ActionAnswer:
        return ActionAnswer().errors(**by_field)
