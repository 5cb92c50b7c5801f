"""`kill -9` of web and pump while tickets are written: what was answered with 201 is delivered, at least once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from portico.domains.contacts import service as contacts
from portico.domains.tickets.models import Ticket
from portico.domains.webhooks.pump.health import MOST
from tests.support.cast import Cast, make_cast
from tests.support.pumping import column, endpoint
from tests.support.receiving import Receiver, TicketWriters, receiver
from tests.support.running import STARTED_WITHIN, Portico
from tests.support.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.skipif(os.name != "posix", reason="process groups exist on POSIX alone")]
TICKETS = 500
CLIENTS = 4

DIES_AT_THE_BELL = """
import os, signal
from werkzeug.serving import make_server
from portico.app import create_app
from portico.kernel import bell
from portico.settings import from_env

here = from_env()
app = create_app(here)
bell.ring = lambda: os.kill(os.getpid(), signal.SIGKILL)
make_server("127.0.0.1", here.port, app).serve_forever()
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def portico(request: pytest.FixtureRequest) -> Iterator[Portico]:
    with Portico(request.param) as running:
        yield running


@pytest.fixture
def people(portico: Portico) -> Cast:
    return make_cast()


@pytest.fixture
def contact_id(people: Cast) -> str:
    with people.writing():
        return str(contacts.create_contact(people.actor("agent"), {"display_name": "Zoë"})["id"])


@pytest.fixture
def inbox(people: Cast) -> Iterator[Receiver]:
    with receiver() as found:
        endpoint(people, found.url, "ticket.created")
        yield found


def _wait_for(writers: TicketWriters, count: int) -> None:
    until(lambda: len(writers.created) >= count or writers.wrong, within=60, what=f"{count} tickets")
    assert not writers.wrong


def test_every_ticket_that_was_answered_is_delivered_though_web_and_pump_are_killed(
    portico: Portico, people: Cast, contact_id: str, inbox: Receiver
) -> None:
    web, background = portico.start_web(), portico.start_background()
    token = people.token("agent")
    with TicketWriters(portico.web_port, token, contact_id, wanted=TICKETS, clients=CLIENTS) as writers:
        _wait_for(writers, TICKETS // 5)
        web.kill()
        portico.start_web()
        _wait_for(writers, TICKETS // 2)
        background.kill()
        portico.start_background()
        _wait_for(writers, TICKETS)
    created = set(writers.created)
    assert writers.unanswered > 0, "the kill hit nobody"
    assert sorted(column(people, Ticket, "id")) == sorted(writers.created), "no request was done twice"
    until(lambda: created <= inbox.objects(), within=60, what="the events of all tickets")
    assert inbox.repeated() <= MOST, "more came twice than one endpoint can have in flight"


@pytest.mark.parametrize("portico", ["sqlite"], indirect=True)
def test_a_web_process_killed_between_commit_and_doorbell_loses_nothing(
    portico: Portico, people: Cast, contact_id: str, inbox: Receiver
) -> None:
    """By datagrams, which keep nobody waiting at the bell; with Redis: test_redis_lost."""
    portico.start_background()
    web = portico.start("web", (sys.executable, "-c", DIES_AT_THE_BELL))
    with TicketWriters(portico.web_port, people.token("agent"), contact_id, wanted=1, clients=1) as writers:
        until(lambda: not web.is_running(), within=STARTED_WITHIN, what="the death of the web process at its doorbell")
    assert not writers.created
    until(lambda: len(inbox.objects()) == 1, within=15, what="the event that nobody rang for")
    assert inbox.repeated() == 0
