"""Everybody asks for every screen once; answers what they got, and which of these pages must be looked at."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.browser.conftest import Server
from tests.browser.sameness import kinds
from tests.browser.screens import NOBODY, OUTSIDER, PEOPLE, SCREENS, Screen
from tests.support.cast import PASSWORD

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)


@dataclass(frozen=True)
class Visit:
    screen: Screen
    name: str
    path: str
    first: bool
    """Nobody before had this address open."""


@dataclass
class Walk:
    wrong: list[str] = field(default_factory=list)
    """Who was let in and should not, or the other way round."""
    visits: list[Visit] = field(default_factory=list)
    _main: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _around: set[str] = field(default_factory=set)
    _begun: set[tuple[str, str]] = field(default_factory=set)

    def of(self, face: str) -> dict[str, list[Visit]]:
        """By person."""
        found: dict[str, list[Visit]] = {}
        for visit in self.visits:
            if visit.screen.face == face:
                found.setdefault(visit.name, []).append(visit)
        return found

    def note(self, screen: Screen, name: str, path: str, html: str) -> None:
        """To be looked at: the first page of a person in a face, and whatever holds something new."""
        main = _MAIN.search(html)
        inside = kinds(main[0] if main else html)
        around = kinds(html[: main.start()] + html[main.end() :]) if main else frozenset()
        known = self._main[screen.template.partition("?")[0]]
        begins = (screen.face, name)
        if begins not in self._begun or not inside <= known or not around <= self._around:
            self.visits.append(Visit(screen, name, path, first=not known))
        self._begun.add(begins)
        known |= inside
        self._around |= around


def sign_in(server: Server, name: str) -> httpx.Client:
    """Over HTTP; a window of this person goes on with the same session."""
    client = httpx.Client(base_url=server.url, timeout=60)
    if name == NOBODY:
        return client
    page = _TOKEN.search(client.get("/sign-in").text)
    assert page is not None
    given = {"email": server.email(name), "password": PASSWORD, "csrf_token": page[1]}
    assert client.post("/sign-in", data=given).status_code == 303
    about: dict[str, Any] = {"domain": "127.0.0.1", "path": "/", "expires": -1, "httpOnly": True, "secure": False}
    kept = [{**about, "name": one.name, "value": one.value or "", "sameSite": "Lax"} for one in client.cookies.jar]
    server.sessions[name] = {"cookies": kept, "origins": []}
    return client


def _asked(screen: Screen, name: str) -> bool:
    """Whoever may; and whoever works here and may not, once for each page. Others: tests/architecture/test_guards.py"""
    refused = screen.face != "door" and screen.status == 200 and "?" not in screen.template
    return name in screen.who or (refused and name not in (OUTSIDER, NOBODY) and not _may(screen.template, name))


def _may(template: str, name: str) -> bool:
    return any(one.template == template and name in one.who for one in SCREENS)


def walk(server: Server) -> Walk:
    found = Walk()
    for name in PEOPLE:
        with closing(sign_in(server, name)) as client:
            for screen, path in _paths(server, name):
                answer = client.get(path)
                wanted = (screen.status,) if name in screen.who else (403, 404, 410)
                if answer.status_code not in wanted:
                    found.wrong.append(f"{name} {path}: {answer.status_code} instead of {wanted}")
                elif name in screen.who:
                    found.note(screen, name, path, answer.text)
    return found


def _paths(server: Server, name: str) -> Iterator[tuple[Screen, str]]:
    for screen in SCREENS:
        if _asked(screen, name):
            yield screen, screen.path(server.left, name)
