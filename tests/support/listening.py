"""A listener of the event stream, as a client of server-sent events would be: raw HTTP, one connection."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

WITHIN = 20.0  # seconds after which a test gives up


@dataclass(frozen=True)
class Heard:
    """One event that a client would show, and what it would send as `Last-Event-ID` from then on."""

    id: str
    type: str
    data: Any


class Ear:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.answer = answer
        self.status, self.headers = answer.status, answer.headers
        self.last_id = ""
        self.retry: int | None = None
        self.comments: list[str] = []

    @property
    def problem(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.answer.read())
        return found

    def lines(self) -> Iterator[str]:
        while line := self.answer.readline():
            yield line.decode().rstrip("\n")

    def frame(self) -> Heard | None:
        """The next frame, shown or not; None at the end of the stream."""
        about: dict[str, str] = {}
        for line in self.lines():
            if not line:
                return Heard(self.last_id, about.get("event", ""), json.loads(about.get("data", "null")))
            name, _, value = line.partition(": ")
            if not name:
                self.comments.append(value)
            elif name == "id":
                self.last_id = value
            elif name == "retry":
                self.retry = int(value)
            else:
                about[name] = value
        return None

    def next(self) -> Heard | None:
        """The next event that a client would show; None at the end."""
        deadline = time.monotonic() + WITHIN
        while (found := self.frame()) is not None:
            if found.data is not None:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"nothing but signs of life for {WITHIN:g} s")
        return None

    def take(self, count: int) -> list[Heard]:
        found = [self.next() for _ in range(count)]
        return [one for one in found if one is not None]


@contextmanager
def listening(
    url: str, token: str | None = None, *, query: str = "", last_id: str = "", headers: Mapping[str, str] | None = None
) -> Iterator[Ear]:
    """Open a stream; a silence of twenty seconds fails."""
    parts = urlsplit(url)
    given = {"Accept": "text/event-stream", **(headers or {})}
    if token is not None:
        given["Authorization"] = f"Bearer {token}"
    if last_id:
        given["Last-Event-ID"] = last_id
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=WITHIN)
    connection.request("GET", parts.path + (f"?{query}" if query else ""), headers=given)
    answer = connection.getresponse()
    try:
        yield Ear(answer)
    finally:
        answer.close()
        connection.close()
