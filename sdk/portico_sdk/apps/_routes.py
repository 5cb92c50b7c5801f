"""Which URL of an app is which of its functions: what every adapter asks, whatever framework it is for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from portico_sdk.apps._answers import Answer
from portico_sdk.apps._router import App

LARGEST_BODY = 1024 * 1024
"""Bytes; an event has 256 KiB at most."""

_KEY = "<key>"


@dataclass(frozen=True, slots=True)
class Route:
    """`key` says whose function it is, unless the path does, by `<key>`. Names of headers are in lower case."""

    name: str
    path: str
    work: Callable[[str, str, bytes, Mapping[str, str]], Answer]
    """Of key, method, body and headers."""
    key: str = ""
    methods: tuple[str, ...] = ("POST",)


class Routes:
    """The paths of the manifest. `actions` is one path for all, or maps keys to paths; `panels` and `cards` map keys of
    surfaces to paths, `/panels/<key>` and `/cards/<key>` if they do not."""

    def __init__(
        self,
        app: App,
        *,
        events: str = "/events",
        lifecycle: str = "/lifecycle",
        actions: str | Mapping[str, str] = "/actions/<key>",
        panels: Mapping[str, str] | None = None,
        cards: Mapping[str, str] | None = None,
    ) -> None:
        self._app = app
        self._events, self._lifecycle, self._actions = events, lifecycle, actions
        self._panels, self._cards = dict(panels or {}), dict(cards or {})

    def __iter__(self) -> Iterator[Route]:
        """Those of the functions that the app has by now."""
        app = self._app
        for key in app.panel_keys:
            path = self._panels.get(key, f"/panels/{key}")
            yield Route(f"panel_{key}", path, self._show_panel, key, ("GET", "HEAD", "POST"))
        for key in app.card_keys:
            path = self._cards.get(key, f"/cards/{key}")
            yield Route(f"card_{key}", path, lambda key, _, body, headers: app.handle_card(key, body, headers), key)
        if not isinstance(self._actions, str):
            for key, path in self._actions.items():
                yield Route(f"action_{key}", path, self._run_action, key)
        yield Route("events", self._events, lambda _, __, body, headers: app.handle_event(body, headers))
        yield Route("lifecycle", self._lifecycle, lambda _, __, body, headers: app.handle_lifecycle(body, headers))
        if isinstance(self._actions, str):
            yield Route("action", self._actions, self._run_action)

    def _show_panel(self, key: str, method: str, _: bytes, headers: Mapping[str, str]) -> Answer:
        return self._app.handle_panel(key, method, headers.get("authorization"))

    def _run_action(self, key: str, _: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return self._app.handle_action(key, body, headers)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """For one request; 404 where no function is meant, 405 for another method."""
        for route in self:
            found = _pattern(route.path).fullmatch(path)
            if found is not None:
                if method not in route.methods:
                    return Answer.json(405, {"error": "method_not_allowed"})
                return route.work(found.groupdict().get("key", route.key), method, body, headers)
        return Answer.json(404, {"error": "not_found"})


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("(?P<key>[^/]+)".join(re.escape(part) for part in path.split(_KEY)))
