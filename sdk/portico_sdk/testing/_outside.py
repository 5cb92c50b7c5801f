"""What the platform calls: apps of this process, and addresses that a test listens at. Nothing leaves the process."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from portico.kernel import clock
from portico.kernel.outbound import Answer, Request
from portico_sdk.models import Event
from portico_sdk.models.events import EventBatch, parse_event

log = logging.getLogger("portico_sdk.testing")


@dataclass(frozen=True)
class Delivery:
    """One call that the platform made: a webhook, a lifecycle call, an action or a card; and what it was answered."""

    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    status: int
    answer: bytes = field(repr=False)
    answer_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By names in lower case, as `retry-after` and `webhook-delivery`, which the platform obeys."""
    error: Exception | None = None
    """What an app raised that its framework did not catch."""

    @property
    def content(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def type(self) -> str:
        """`ticket.created`, `action.run`, `card`, `batch` …"""
        return str(self.content.get("type", ""))

    @property
    def event(self) -> Event | EventBatch:
        return parse_event(self.content)


Answered = tuple[int, bytes, Mapping[str, str]]
Respond = Callable[[Request], Answered]
JSON = {"content-type": "application/json"}


class Outside:
    """Answers every request of the platform, and remembers it."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self._apps: dict[str, Respond] = {}
        self._listeners: dict[str, Respond] = {}

    def serve(self, origin: str, target: Any) -> None:
        """Have this WSGI or ASGI application answer for an origin."""
        self._apps[origin] = asgi(target) if is_asgi(target) else wsgi(target)

    def listen(self, url: str, respond: Respond) -> None:
        self._listeners[url] = respond

    def answer(self, request: Request) -> Answer:
        started = clock.now()
        error: Exception | None = None
        try:
            status, body, about = self._responder(request.url)(request)
        except Exception as raised:  # an app's own: kept for the test to look at
            log.exception("The app at %s raised.", request.url)
            status, body, about, error = 500, b"", {}, raised
        headers = dict(request.headers)
        self.deliveries.append(Delivery(request.url, headers, request.body, status, body, about, error))
        cut = body[: request.read_cap]
        return Answer(status, dict(about), cut, None, "", 0, 0, 0, started, truncated=len(cut) < len(body))

    def _responder(self, url: str) -> Respond:
        parts = urlsplit(url)
        listener = self._listeners.get(url.partition("?")[0])
        return listener or self._apps.get(f"{parts.scheme}://{parts.netloc}") or _taken


def _taken(request: Request) -> Answered:
    """Of an address that nobody gave a mind to: whoever listens there takes what comes."""
    return 200, b"{}", JSON


def is_asgi(target: Any) -> bool:
    """Whether it is called with `await`, as applications of FastAPI are."""
    return inspect.iscoroutinefunction(target) or inspect.iscoroutinefunction(getattr(target, "__call__", None))  # noqa: B004


def wsgi(target: Any) -> Respond:
    def respond(request: Request) -> Answered:
        with httpx.Client(transport=httpx.WSGITransport(app=target)) as client:
            return _read(client.send(_built(request)))

    return respond


def asgi(target: Any) -> Respond:
    async def ask(request: Request) -> Answered:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=target)) as client:
            return _read(await client.send(_built(request)))

    return lambda request: asyncio.run(ask(request))


def _built(request: Request) -> httpx.Request:
    return httpx.Request(request.method, request.url, headers=dict(request.headers), content=request.body)


def _read(response: httpx.Response) -> Answered:
    return response.status_code, response.content, dict(response.headers)


def of_types(deliveries: Iterable[Delivery], types: tuple[str, ...]) -> list[Delivery]:
    return [one for one in deliveries if not types or one.type in types]
