"""An app for tests of actions and cards: a real server on loopback that answers as it is told, and is installed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from portico.domains.interactions import calling
from portico_sdk import webhooks
from tests.support import apps
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.waiting import until

ACTIONS: list[dict[str, Any]] = [
    {
        "key": "note",
        "title": {"en": "Take a note", "zh-CN": "记一笔"},
        "url": "/actions/note",
        "places": ["command", "agent", "home.card", "ticket.panel", "contact.panel"],
        "input": {
            "note": {"type": "string", "title": {"en": "Note", "zh-CN": "备注"}},
            "days": {"type": "integer", "required": False},
        },
    },
    {"key": "wave", "title": "Wave", "url": "/actions/wave", "places": ["home.card", "ticket.panel"]},
    {
        "key": "wipe",
        "title": "Wipe everything",
        "url": "/actions/wipe",
        "places": ["ticket.panel"],
        "risk": "destructive",
    },
    {"key": "mine", "title": "In my name", "url": "/actions/mine", "places": ["command"], "identity": "user"},
]
SURFACES: list[dict[str, Any]] = [
    {"key": "home", "place": "portal.page", "title": "Helper home", "url": "/home"},
    {"key": "today", "place": "home.card", "title": {"en": "Today", "zh-CN": "今天"}, "url": "/cards/today"},
]


@dataclass
class ActingApp:
    """`says` is what it answers: JSON, or raw pieces; `calls` is what came, verified by its signature."""

    server: LoopbackServer
    says: Any = field(default_factory=dict)
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=dict)
    registered: dict[str, Any] = field(default_factory=dict)
    installation: dict[str, Any] = field(default_factory=dict)
    hold: threading.Event | None = None
    """While it is not set, whoever calls waits for the answer."""

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        """Id and body of each call."""
        secret = self.registered["signing_secret"]
        return [webhooks.verify_content(one.body, one.headers, secrets=secret) for one in list(self.server.received)]

    def respond(self, received: Received) -> Iterable[bytes]:
        if self.hold is not None:
            self.hold.wait(20)
        if isinstance(self.says, list):
            return self.says
        body = self.says if isinstance(self.says, bytes) else json.dumps(self.says).encode()
        return answer(self.status, body, **{"Content_Type": "application/json", **self.headers})

    def token(self, *scopes: str) -> str:
        return apps.mint(self.registered, self.installation, *scopes)


@contextmanager
def acting_app(
    cast: Cast, key: str = "helper", *, actions: Any = None, surfaces: Any = None, **tables: Any
) -> Iterator[ActingApp]:
    """Registered by the developer of the cast, and installed for everybody, unless `install` says otherwise."""
    options = tables.pop("install", {})
    with LoopbackServer() as server:
        app = ActingApp(server)
        server.respond = app.respond
        content = apps.manifest(
            key,
            runtime={"base_url": f"http://127.0.0.1:{server.port}", **tables.pop("runtime", {})},
            actions=actions or ACTIONS,
            surfaces=surfaces or SURFACES,
            **tables,
        )
        app.registered = apps.register(cast, content)
        app.installation = apps.install(cast, key, **options)
        try:
            yield app
        finally:
            if app.hold is not None:
                app.hold.set()
            until(lambda: not calling.CALLS.in_the_air)  # who is late writes into this test's database
