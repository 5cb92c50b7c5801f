"""PostgreSQL is stopped and started again under load: web answers 503 or as ever, every process stays and goes on by
itself, and what was answered with 201 is delivered, once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import httpx
import pytest

from portico.domains.contacts import service as contacts
from portico.domains.tickets.models import Ticket
from tests.support.cast import Cast, make_cast
from tests.support.clusters import Cluster
from tests.support.listening import listening
from tests.support.person import Person
from tests.support.pumping import column, endpoint
from tests.support.receiving import Receiver, TicketWriters, receiver
from tests.support.running import Portico
from tests.support.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.postgres]
TICKETS, CLIENTS = 240, 3
PROBLEM = "application/problem+json"


@pytest.fixture
def portico(postgres_server: Cluster) -> Iterator[Portico]:
    with Portico("postgres", server=postgres_server.url) as running:
        yield running


class Reader:
    """Asks for one address again and again, and keeps what it was answered: status and, of what is no 200, the rest."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        self._client, self._url = client, url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.well = 0
        self.refused: list[httpx.Response] = []
        self.unanswered: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            try:
                found = self._client.get(self._url)
            except httpx.HTTPError as error:
                self.unanswered.append(repr(error))
                continue
            if found.status_code == 200:
                self.well += 1
            else:
                self.refused.append(found)

    def wait_until_refused(self) -> None:
        seen = len(self.refused)
        until(lambda: len(self.refused) > seen, within=60, what=f"a refusal of {self._url}")

    def wait_until_well(self) -> None:
        seen = self.well
        until(lambda: self.well > seen, within=60, what=f"an answer of {self._url}")


@contextmanager
def _inbox(cast: Cast) -> Iterator[Receiver]:
    with receiver() as found:
        endpoint(cast, found.url, "ticket.created")
        yield found


def test_a_database_that_stops_twice_under_load(portico: Portico, postgres_server: Cluster) -> None:
    cast = make_cast("postgres")
    with cast.writing():
        contact_id = str(contacts.create_contact(cast.actor("agent"), {"display_name": "Zoë"})["id"])
    web, background = portico.start_web(), portico.start_background()
    token = cast.token("agent")
    address, bearer = f"{portico.settings.streams_url}/events", {"Authorization": f"Bearer {token}"}
    with (
        _inbox(cast) as inbox,
        Person(portico.base_url, cast.email("agent")) as agent,
        listening(address, token, query="types=ticket.created") as ear,
        TicketWriters(portico.web_port, token, contact_id, wanted=TICKETS, clients=CLIENTS) as writers,
    ):
        assert agent.open(f"{portico.base_url}/w/acme").status == 200
        pages = httpx.Client(timeout=60, cookies=agent.cookies, follow_redirects=True)
        programs = httpx.Client(timeout=60, headers=bearer)
        with (
            pages,
            programs,
            Reader(pages, f"{portico.base_url}/w/acme") as page,
            Reader(programs, f"{portico.base_url}/api/v1/tickets") as program,
        ):
            for wanted, mode in ((TICKETS // 4, "fast"), (TICKETS // 2, "immediate")):
                until(lambda wanted=wanted: len(writers.created) >= wanted or writers.wrong, 60, "tickets")  # type: ignore[misc]
                postgres_server.stop(mode)  # type: ignore[arg-type]
                page.wait_until_refused()
                program.wait_until_refused()
                postgres_server.start()
                page.wait_until_well()
                program.wait_until_well()
            until(lambda: writers.finished or writers.wrong, within=60, what="all tickets")
        created = set(writers.created)
        until(lambda: created <= inbox.objects(), within=60, what="the events of all tickets")
        heard = set[str]()
        while not created <= heard:
            one = ear.next()
            assert one is not None, "the stream stays open"
            heard.add(one.data["resource"]["id"])
    assert not writers.wrong
    assert sorted(column(cast, Ticket, "id")) == sorted(writers.created), "no request was done twice"
    assert not writers.unanswered, writers.last_failure
    assert not page.unanswered + program.unanswered
    assert inbox.repeated() == 0
    for found in program.refused:
        assert (found.status_code, found.headers["Content-Type"], found.json()["code"]) == (503, PROBLEM, "unavailable")
        assert found.headers["Retry-After"]
    for found in page.refused:
        assert (found.status_code, found.headers["Content-Type"].split(";")[0]) == (503, "text/html"), found.text[:500]
        assert found.headers["Retry-After"]
        assert "Traceback" not in found.text
    assert web.is_running()
    assert background.is_running()
