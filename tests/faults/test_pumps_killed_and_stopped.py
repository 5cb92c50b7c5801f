"""Pumps that are killed, stopped and joined by others while events come: nothing is lost, and what comes twice was in
flight. All are real processes on a PostgreSQL server of their own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from portico.domains.contacts.events import CONTACT_CREATED
from portico.domains.webhooks import service
from portico.domains.webhooks.models import Attempt, Delivery, PumpLease
from portico.domains.webhooks.pump.health import START
from portico.domains.webhooks.pump.shards import LAYING_OUT, shard_of
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import Cast, make_cast
from tests.support.clusters import Cluster
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.pumping import endpoint, verified
from tests.support.running import PUMP, STARTED_WITHIN, Portico, Process
from tests.support.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.postgres]
KILLS, EVENTS, AT_ONCE = 5, 5_000, 100
PUMPS_ALIVE_AGAIN_WITHIN = 60.0  # seconds; ten of them are the life of a pump that says nothing


@pytest.fixture(scope="module")
def portico(postgres_server: Cluster) -> Iterator[Portico]:
    with Portico("postgres", server=postgres_server.url) as running:
        yield running


@pytest.fixture(scope="module")
def company(portico: Portico) -> Cast:
    return make_cast("postgres")


@pytest.fixture
def pumps(portico: Portico) -> Iterator[Pumps]:
    made = Pumps(portico)
    yield made
    made.stop()


@pytest.fixture
def receiver() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


class Pumps:
    """The pumps of one test."""

    def __init__(self, portico: Portico) -> None:
        self._portico = portico
        self._running: list[Process] = []

    def start(self, **environment: str) -> Process:
        self._running.append(self._portico.start("pump", PUMP, **environment))
        return self._running[-1]

    def stop(self) -> None:
        for one in self._running:
            one.kill()


@contextmanager
def endpoints(cast: Cast, *urls: str) -> Iterator[list[dict[str, Any]]]:
    """They are gone afterwards, so that no other test's events go there."""
    made = [endpoint(cast, url) for url in urls]
    yield made
    for one in made:
        with cast.writing():
            service.delete_endpoint(cast.actor("admin"), one["id"])


def happen_at_once(cast: Cast, count: int) -> list[str]:
    """So many events in one transaction; their ids."""
    with cast.writing():
        subjects = [{"id": new_id("con"), "display_name": "Zoë", "version": 1} for _ in range(count)]
        return [emit(cast.system(), CONTACT_CREATED, subject) for subject in subjects]


def came(receiver: LoopbackServer) -> Counter[str]:
    """How often each event came."""
    return Counter(one.headers["webhook-id"] for one in list(receiver.received))


def repeated(receiver: LoopbackServer) -> set[str]:
    return {event_id for event_id, count in came(receiver).items() if count > 1}


def on_their_way(cast: Cast) -> set[str]:
    """The events that are claimed, and of which nothing more is written."""
    with cast.reading() as work:
        mine = Delivery.workspace_id == cast.acme
        return set(work.scalars(select(Delivery.event_id).where(mine, Delivery.state == "sending")))


def all_succeeded(cast: Cast, made: list[dict[str, Any]], count: int) -> bool:
    ids = [one["id"] for one in made]
    with cast.reading() as work:
        mine = Delivery.workspace_id == cast.acme, Delivery.endpoint_id.in_(ids)
        found = work.execute(select(Delivery.state, func.count()).where(*mine).group_by(Delivery.state)).all()
    return [tuple(row) for row in found] == [("succeeded", count)]


def owners() -> dict[str, str | None]:
    """Whose each shard is."""
    with system_unit("tests: read the leases") as work:
        rows = work.execute(select(PumpLease.name, PumpLease.holder).where(PumpLease.name != LAYING_OUT))
        return {row.name: row.holder for row in rows}


def are_shared_by_two() -> bool:
    return sorted(Counter(owners().values()).values()) == [16, 16]


def test_two_pumps_deliver_everything_and_nothing_twice_though_one_leaves(
    company: Cast, pumps: Pumps, receiver: LoopbackServer
) -> None:
    pumps.start()
    second = pumps.start()
    until(are_shared_by_two, STARTED_WITHIN, "two pumps with equal shares")
    with endpoints(company, *(receiver.url(f"/{number}") for number in range(24))) as made:
        whose = owners()
        assert len({whose[shard_of(one["id"])] for one in made}) == 2, "both have something to do"
        ids = [event_id for _ in range(3) for event_id in happen_at_once(company, 10)]
        until(lambda: all_succeeded(company, made, 24 * len(ids)), 60, "all deliveries")
        assert came(receiver) == dict.fromkeys(ids, 24)
        ids += [event_id for _ in range(3) for event_id in happen_at_once(company, 10)]
        until(lambda: came(receiver).total() > 24 * 35, 60, "deliveries are under way")
        second.stop(within=60)
        until(lambda: all_succeeded(company, made, 24 * len(ids)), 60, "all deliveries, by the one that stays")
        assert came(receiver) == dict.fromkeys(ids, 24)


def test_five_kills_under_five_thousand_events(company: Cast, pumps: Pumps, receiver: LoopbackServer) -> None:
    made_ids: list[str] = []
    writer = threading.Thread(
        target=lambda: [made_ids.extend(happen_at_once(company, AT_ONCE)) for _ in range(EVENTS // AT_ONCE)]
    )
    with endpoints(company, receiver.url()) as made:
        writer.start()
        in_flight: list[set[str]] = []
        for kill in range(1, KILLS + 1):
            pump = pumps.start()
            wanted = kill * EVENTS // (KILLS + 1)
            until(lambda wanted=wanted: len(receiver.received) >= wanted, STARTED_WITHIN, f"{wanted} deliveries")  # type: ignore[misc]
            pump.kill()
            in_flight.append(on_their_way(company))
        pumps.start()
        writer.join()
        until(lambda: all_succeeded(company, made, EVENTS), STARTED_WITHIN, "all deliveries")
    assert came(receiver).keys() == set(made_ids)
    assert all(in_flight), "each kill hit something on its way"
    assert repeated(receiver) <= set().union(*in_flight), "only what was in flight comes twice"
    assert came(receiver).total() - EVENTS <= sum(map(len, in_flight)), "and once more for each kill at most"


def test_every_delivery_verifies_while_secrets_turn_and_a_pump_is_killed(
    company: Cast, pumps: Pumps, receiver: LoopbackServer
) -> None:
    """An old secret signs along for a day, so receivers may keep any that they were given since."""
    with endpoints(company, receiver.url()) as made:
        secrets = [str(made[0]["secret"])]
        given: dict[str, list[str]] = {}

        def happen_with_the_secrets_of_now() -> None:
            given.update({event_id: list(secrets) for event_id in happen_at_once(company, AT_ONCE)})

        def rotate() -> None:
            with company.writing():
                secrets.append(service.rotate_secret(company.actor("admin"), made[0]["id"])["secret"])

        pump = pumps.start()
        happen_with_the_secrets_of_now()
        until(lambda: len(receiver.received) > AT_ONCE // 4, STARTED_WITHIN, "deliveries under the first secret")
        rotate()
        happen_with_the_secrets_of_now()
        until(lambda: len(receiver.received) > AT_ONCE, STARTED_WITHIN, "deliveries under the second one")
        pump.kill()
        rotate()
        happen_with_the_secrets_of_now()
        pumps.start()
        until(lambda: all_succeeded(company, made, len(given)), STARTED_WITHIN, "all deliveries")
    assert came(receiver).keys() == given.keys()
    for one in list(receiver.received):
        for secret in given[one.headers["webhook-id"]]:
            assert verified(one, secret)["id"] == one.headers["webhook-id"]


class Stopped:
    """A pump that stands still in the middle of writing results, with its transaction open."""

    def __init__(self, server: Cluster, portico: Portico, cast: Cast, pump: Process) -> None:
        self._server, self._name, self._cast, self.pump = server, portico.name, cast, pump
        self.in_flight: set[str] = set()

    def _connections(self, condition: str) -> int:
        with self._server.connect(self._name) as look:
            about = f"datname = %s AND usename = 'portico_app' AND {condition}"
            found = look.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {about}", (self._name,)).fetchone()  # type: ignore[arg-type]
            return int(found[0]) if found else 0

    def stop(self, gate: threading.Event) -> None:
        """The pump waits for a row that we hold; once it is stopped it gets it, and does not know."""
        with self._server.connect(self._name) as ours, ours.transaction():
            ours.execute("SELECT id FROM delivery WHERE state = 'sending' FOR UPDATE")
            gate.set()
            until(lambda: self._connections("wait_event_type = 'Lock'"), what="the pump writes what was answered")
            self.pump.freeze()
        until(lambda: self._connections("state = 'idle in transaction'"), what="the pump's transaction stands open")
        self.in_flight = on_their_way(self._cast)

    def is_cut_off(self) -> bool:
        return not self._connections("state = 'idle in transaction'")


def test_one_that_was_stopped_writes_nothing_when_it_goes_on(
    postgres_server: Cluster, portico: Portico, company: Cast, pumps: Pumps, receiver: LoopbackServer
) -> None:
    gate = threading.Event()

    def respond(_: Received) -> list[bytes]:
        return answer() if gate.wait(60) else []

    receiver.respond = respond
    # Here the server loses patience after one second instead of twenty.
    hasty = f"{portico.settings.database_url}?options=-c%20idle_in_transaction_session_timeout%3D1s"
    with endpoints(company, receiver.url()) as made:
        first = Stopped(postgres_server, portico, company, pumps.start(PORTICO_DATABASE_URL=hasty))
        ids = happen_at_once(company, 2 * START)
        until(lambda: len(receiver.received) == START, STARTED_WITHIN, "as many calls as a new endpoint may have")
        first.stop(gate)
        old = _fencing(company, made)
        pumps.start()
        until(lambda: all_succeeded(company, made, len(ids)), PUMPS_ALIVE_AGAIN_WITHIN + STARTED_WITHIN, "all of it")
        assert first.is_cut_off()
        assert not _fencing(company, made) & old
        first.pump.thaw()
        until(are_shared_by_two, PUMPS_ALIVE_AGAIN_WITHIN, "the one that was stopped begins a new life")
        ids += happen_at_once(company, START)
        until(lambda: all_succeeded(company, made, len(ids)), 60, "what happens with both")
        assert not _fencing(company, made) & old
        assert _attempts(company, made) == len(ids), "each was written once"
        assert first.pump.is_running()
    assert came(receiver).keys() == set(ids)
    assert repeated(receiver) <= first.in_flight
    assert came(receiver).total() - len(ids) <= len(first.in_flight) <= 2 * START


def _fencing(cast: Cast, made: list[dict[str, Any]]) -> set[int]:
    """The numbers under which this endpoint's deliveries were taken."""
    with cast.reading() as work:
        mine = Delivery.workspace_id == cast.acme, Delivery.endpoint_id == made[0]["id"], Delivery.fencing > 0
        return set(work.scalars(select(Delivery.fencing).where(*mine)))


def _attempts(cast: Cast, made: list[dict[str, Any]]) -> int:
    with cast.reading() as work:
        mine = select(Delivery.id).where(Delivery.workspace_id == cast.acme, Delivery.endpoint_id == made[0]["id"])
        found = select(func.count()).where(Attempt.workspace_id == cast.acme, Attempt.delivery_id.in_(mine))
        return work.scalar(found) or 0
