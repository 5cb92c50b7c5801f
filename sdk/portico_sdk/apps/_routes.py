"""Which URL of an app is which of its functions: what every adapter asks, whatever framework it is for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from portico_sdk.apps._answers import Answer
from portico_sdk.apps._router import App

LARGEST_BODY = 1024 * 1024
"""Bytes; an event has 256 KiB at most."""

_KEY = "<key>"
_Work = Callable[[str, bytes, Mapping[str, str]], Answer]


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
        self._posts: list[tuple[re.Pattern[str], _Work]] = [
            (_pattern(events), lambda _, body, headers: app.handle_event(body, headers)),
            (_pattern(lifecycle), lambda _, body, headers: app.handle_lifecycle(body, headers)),
        ]
        self._own_actions = {} if isinstance(actions, str) else dict(actions)
        if isinstance(actions, str):
            self._posts.append((_pattern(actions), app.handle_action))
        self._own_panels, self._own_cards = dict(panels or {}), dict(cards or {})

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """For one request; 404 where no function is meant, 405 for another method. Names of headers in lower case."""
        panel = _surface(path, self._own_panels, "/panels/", self._app.panel_keys)
        if panel is not None:
            if method not in ("GET", "HEAD", "POST"):
                return Answer.json(405, {"error": "method_not_allowed"})
            return self._app.handle_panel(panel, method, headers.get("authorization"))
        card = _surface(path, self._own_cards, "/cards/", self._app.card_keys)
        if card is not None:
            return self._post(method, lambda: self._app.handle_card(card, body, headers))
        action = _surface(path, self._own_actions, "", ())
        if action is not None:
            return self._post(method, lambda: self._app.handle_action(action, body, headers))
        for pattern, work in self._posts:
            found = pattern.fullmatch(path)
            if found:
                key = found.groupdict().get("key", "")
                return self._post(method, lambda work=work, key=key: work(key, body, headers))  # type: ignore[misc]
        return Answer.json(404, {"error": "not_found"})

    def _post(self, method: str, work: Callable[[], Answer]) -> Answer:
        return work() if method == "POST" else Answer.json(405, {"error": "method_not_allowed"})


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("(?P<key>[^/]+)".join(re.escape(part) for part in path.split(_KEY)))


def _surface(path: str, own: Mapping[str, str], prefix: str, keys: tuple[str, ...]) -> str | None:
    for key, where in own.items():
        if where == path:
            return key
    key = path.removeprefix(prefix)
    return key if path.startswith(prefix) and key in keys and key not in own else None
