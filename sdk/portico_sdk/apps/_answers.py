"""What goes back: answers without a framework, and the answer of an action."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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
        """A short line."""
        return self._with(toast=text)

    def card(self, card: Mapping[str, Any]) -> ActionAnswer:
        """Blocks that the portal draws: see `portico_sdk.apps.blocks`."""
        return self._with(card=card)

    def open(self, target: str) -> ActionAnswer:
        """Go on to a page of the workspace (`/tickets/tkt_…`), one's own (`surface:home`), or an https address."""
        return self._with(open=target)

    def errors(self, by_field: Mapping[str, str] | None = None, **more: str) -> ActionAnswer:
        """Refuse, and say at each field why; `_` stands for the whole."""
        return self._with(errors={**(by_field or {}), **more})

    def later(self) -> ActionAnswer:
        """Promise the answer: `run.workspace.interactions.answer(run.interaction_id, toast="…")` within 24 hours."""
        return self._with(later=True)

    def _with(self, **part: Any) -> ActionAnswer:
        return ActionAnswer({**self.content, **part})


@dataclass(frozen=True)
class ActionRun:
    """Somebody pressed the button. Retries carry the same `interaction_id`; answer within 10 seconds, or `later`."""

    key: str
    interaction_id: str
    workspace: Portico
    actor: Actor
    object: Resource | None
    input: Mapping[str, Any]
    raw: Mapping[str, Any] = field(repr=False)
    locale: str = "en"
    timezone: str = "UTC"
    attempt: int = 1
    _person: Callable[[str], Portico] | None = field(default=None, repr=False, compare=False)

    def person(self) -> Portico:
        """A client in the name of who pressed it, for actions with `identity = "user"`; once, within a minute. It may
        what the person allowed the app."""
        token = self.raw.get("session_token")
        if self._person is None or not isinstance(token, str):
            raise ValueError('The run carries no session token: declare the action with identity = "user".')
        return self._person(token)

    def toast(self, text: str) -> ActionAnswer:
        return ActionAnswer().toast(text)

    def card(self, card: Mapping[str, Any]) -> ActionAnswer:
        return ActionAnswer().card(card)

    def open(self, target: str) -> ActionAnswer:
        return ActionAnswer().open(target)

    def errors(self, by_field: Mapping[str, str] | None = None, **more: str) -> ActionAnswer:
        return ActionAnswer().errors(by_field, **more)

    def later(self) -> ActionAnswer:
        return ActionAnswer().later()


def action_run(
    key: str, call: Mapping[str, Any], workspace: Portico, person: Callable[[str], Portico] | None = None
) -> ActionRun:
    """From what the platform sends."""
    about = call.get("object")
    return ActionRun(
        key=key,
        interaction_id=str(call.get("interaction_id")),
        workspace=workspace,
        actor=Actor.parse(call.get("actor")),
        object=Resource.parse(about) if about else None,
        input=call.get("input") or {},
        raw=call,
        locale=str(call.get("locale") or "en"),
        timezone=str(call.get("timezone") or "UTC"),
        attempt=int(call.get("attempt") or 1),
        _person=person,
    )
