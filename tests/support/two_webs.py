"""Two web processes on one PostgreSQL, and calls that go to each, one after another or all at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support import apps
from tests.support.cast import Cast, make_cast
from tests.support.running import STARTED_WITHIN, WEB, Portico, Process, free_ports, responds
from tests.support.waiting import until

Say = Callable[[int, str], httpx.Response]
"""Does something as the caller of this number, at the web of this address."""


@dataclass
class TwoWebs:
    portico: Portico
    cast: Cast
    first: Process
    addresses: tuple[str, str]

    def call(self, method: str, path: str, token: str | None = None, **options: Any) -> list[httpx.Response]:
        """The same call to each process."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return [httpx.request(method, f"{one}{path}", headers=headers, timeout=60, **options) for one in self.addresses]

    def form(self, web: int, path: str, app: dict[str, Any] | None = None, **form: str) -> httpx.Response:
        headers = apps.basic(app["client_id"], app["client_secret"]) if app else {}
        return httpx.post(f"{self.addresses[web]}{path}", data=form, headers=headers, timeout=60)

    def introspected(self, app: dict[str, Any], token: str) -> list[dict[str, Any]]:
        """What each process says of a token to its client."""
        return [self.form(web, "/oauth/introspect", app, token=token).json() for web in (0, 1)]

    def me(self, token: str) -> list[tuple[int, str | None]]:
        """Status and code of each process's answer to `/me`."""
        return [(answer.status_code, answer.json().get("code")) for answer in self.call("GET", "/api/v1/me", token)]

    def at_once(self, say: Say, callers: int = 8) -> list[httpx.Response]:
        """Every caller in the same moment, half of them at each process."""
        start, answers = threading.Barrier(callers), list[httpx.Response]()

        def go(number: int) -> None:
            start.wait()
            answers.append(say(number, self.addresses[number % 2]))

        threads = [threading.Thread(target=go, args=(number,)) for number in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(answers) == callers
        return answers


def statuses(answers: Sequence[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


@contextmanager
def two_webs() -> Iterator[TwoWebs]:
    with Portico("postgres") as portico:
        cast = make_cast("postgres")
        first = portico.start_web()
        (port,) = free_ports(1)
        portico.start("second web", WEB, PORTICO_PORT=str(port))
        second = f"http://127.0.0.1:{port}"
        until(lambda: responds(f"{second}/api/v1/me"), within=STARTED_WITHIN, what="an answer of the second web")
        yield TwoWebs(portico, cast, first, (portico.base_url, second))
