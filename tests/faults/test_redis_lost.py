"""Redis is emptied, dies, hangs and comes back: web answers, events are found by polling, the bell is heard again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portico.domains.contacts import service as contacts
from portico.kernel.bell import CHANNEL
from tests.support.cast import Cast, make_cast
from tests.support.clusters import Cluster
from tests.support.pumping import endpoint
from tests.support.receiving import Receiver, TicketWriters, receiver
from tests.support.running import PUMP, STARTED_WITHIN, Portico
from tests.support.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.postgres, pytest.mark.redis]
TICKETS = 60
TRIES = 5


@pytest.fixture(scope="module")
def portico(postgres_server: Cluster) -> Iterator[Portico]:
    with Portico("postgres", with_redis=True, server=postgres_server.url) as running:
        running.start_web()
        running.start("pump", PUMP)
        yield running


@pytest.fixture(scope="module")
def people(portico: Portico) -> Cast:
    return make_cast("postgres")


@pytest.fixture(scope="module")
def contact_id(people: Cast) -> str:
    with people.writing():
        return str(contacts.create_contact(people.actor("agent"), {"display_name": "Zoë"})["id"])


@pytest.fixture(scope="module")
def inbox(people: Cast) -> Iterator[Receiver]:
    with receiver() as found:
        endpoint(people, found.url, "ticket.created")
        yield found


def _is_heard(portico: Portico) -> bool:
    """Whether somebody listens for the bell at this Redis."""
    with portico.redis() as client:
        return bool(client.pubsub_numsub(CHANNEL)[0][1])


def test_emptied_and_gone_it_stops_nobody(portico: Portico, people: Cast, contact_id: str, inbox: Receiver) -> None:
    until(lambda: _is_heard(portico), STARTED_WITHIN, "the pump listens")
    token = people.token("agent")
    with TicketWriters(portico.web_port, token, contact_id, wanted=TICKETS, clients=2) as writers:
        until(lambda: len(writers.created) >= TICKETS // 3 or writers.wrong, 60, "tickets with Redis")
        portico.redis().flushall()
        until(lambda: len(writers.created) >= TICKETS // 2 or writers.wrong, 60, "tickets with an empty Redis")
        portico.redis_process.kill()
        until(lambda: writers.finished or writers.wrong, 60, "tickets without Redis")
    assert (writers.wrong, writers.unanswered) == ([], 0)
    until(lambda: set(writers.created) <= inbox.objects(), 60, "all events, without Redis")
    portico.start_redis()
    until(lambda: _is_heard(portico), 60, "the pump listens again")
    assert inbox.repeated() == 0


def test_a_web_process_killed_between_commit_and_doorbell_loses_nothing(
    portico: Portico, postgres_server: Cluster, people: Cast, contact_id: str, inbox: Receiver
) -> None:
    """Redis stands still, so who has committed waits half a second at the bell; there it is killed."""
    with postgres_server.connect(portico.name) as look:

        def tickets() -> set[str]:
            return {row[0] for row in look.execute("SELECT id FROM ticket").fetchall()}

        for _ in range(TRIES):
            before = tickets()
            portico.redis_process.freeze()
            writers = TicketWriters(portico.web_port, people.token("agent"), contact_id, wanted=1, clients=1)
            with writers:
                until(lambda: tickets() - before, within=60, what="the commit")  # noqa: B023
                portico.web_process.kill()
                until(lambda: writers.unanswered or writers.created, within=30, what="its end at the client")  # noqa: B023
            committed = tickets() - before
            until(lambda: committed <= inbox.objects(), 60, "the event that nobody rang for")  # noqa: B023
            portico.redis_process.thaw()
            portico.start_web()
            if not writers.created:
                break
        assert not writers.created, "each time the answer was quicker than the kill"
    assert inbox.repeated() == 0
