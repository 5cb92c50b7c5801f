"""What an operator and an admin are told of delivery is so, and asking costs little."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from portico import monitor
from portico.domains.webhooks import faring, metrics, service, standing
from portico.domains.webhooks.pump import Pump
from portico.domains.webhooks.service import blocking
from portico.kernel import clock, jobs
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import endpoint, happen, settle
from tests.support.statements import watched

pytestmark = pytest.mark.both_databases


def _stands() -> standing.Standing:
    with system_unit("tests: how delivery stands"):
        return standing.standing()


def _lay_out(pump: Pump) -> None:
    while pump._fan_out.step():
        pass


def test_what_waits_is_told_apart_by_why(cast: Cast, pump: Pump, held_clock: None) -> None:
    due = endpoint(cast, "http://127.0.0.1:9/due", "ticket.*")
    paused = endpoint(cast, "http://127.0.0.1:9/paused")
    held = endpoint(cast, "http://127.0.0.1:9/held")
    _lay_out(pump)
    happen(cast)
    stood = _stands()
    assert (stood.events, stood.oldest_event) == (1, clock.now())
    began = clock.now()
    _lay_out(pump)
    with system_unit("tests: pause one, disable the other", write=True):
        blocking.pause(cast.acme, paused["id"], clock.now() + timedelta(hours=1), "asked_to_wait")
        service.disable(cast.acme, held["id"], "failing")
    assert _stands().oldest_due is None
    with cast.writing():
        service.enable_endpoint(cast.actor("admin"), held["id"])
    _lay_out(pump)
    clock.advance(timedelta(minutes=5))
    stood = _stands()
    assert stood.waiting == {("live", "paused"): 1, ("live", "due"): 1}
    assert stood.oldest_due == began
    assert stood.endpoints == {"active": 2, "paused": 1}
    assert (stood.events, stood.oldest_event) == (0, None)
    assert due["id"]


def test_a_breaker_that_is_open_is_named_with_its_endpoint(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: answer("500 Oh")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    assert _stands().waiting == {("live", "later"): 1}
    with system_unit("tests: its breaker opens", write=True):
        blocking.open_breaker(cast.acme, made["id"], clock.now())
    with system_unit("tests: who is unwell"):
        rows = standing.unwell()
    assert [(row.id, row.status, row.workspace) for row in rows] == [(made["id"], "unwell", "Acme")]
    assert _stands().endpoints == {"unwell": 1}


def test_counting_stops_and_asks_the_same_few_questions(
    cast: Cast, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        endpoint(cast, f"http://127.0.0.1:9/{name}")
    with watched() as empty:
        _stands()
    for _ in range(10):
        happen(cast)
    _lay_out(pump)
    monkeypatch.setattr(standing, "MOST", 5)
    with watched() as full:
        stood = _stands()
    assert stood.capped
    assert stood.waits("due") == 5
    assert len(full) == len(empty) <= 12


def test_jobs_are_counted_while_they_are_not_finished(cast: Cast, held_clock: None) -> None:
    with cast.writing():
        jobs.enqueue(cast.system(), next(iter(jobs.JOB_KINDS)).name)
    clock.advance(timedelta(minutes=3))
    stood = _stands()
    assert stood.jobs == {"queued": 1}
    assert stood.age(stood.oldest_job, clock.now()) == 180


def test_who_pumps_is_told_with_what_it_holds(cast: Cast, pump: Pump, held_clock: None) -> None:
    (alone,) = _stands().pumps
    assert (alone.lives, alone.shards, alone.lays_out) == (True, 32, True)
    assert (alone.fencing, alone.process) == (max(pump.lease.held.values()), str(os.getpid()))
    assert _stands().shards_free == 0
    clock.advance(timedelta(minutes=1))
    assert [one.lives for one in _stands().pumps] == [False]
    assert _stands().shards_free == 32


def test_an_admin_sees_how_each_endpoint_fares_and_nobody_elses(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: answer("500 Oh") if received.line.startswith("POST /bad") else answer("200 OK")
    good = endpoint(cast, receiver.url("/good"))
    bad = endpoint(cast, receiver.url("/bad"))
    endpoint(cast, receiver.url("/theirs"), by="outsider")
    happen(cast)
    settle(pump)
    with cast.reading():
        rows = faring.endpoints_faring(cast.actor("admin"))
    assert [row["id"] for row in rows] == [bad["id"], good["id"]]
    assert [(row["rate"], row["waiting"]) for row in rows] == [(None, 1), (100, 0)]
    assert rows[0]["failing_since"] is not None
    assert rows[0]["waiting_since"] is not None
    about = faring.summary(rows)
    assert (about["rate"], about["failing"], about["waiting"]) == (100, 1, 1)


def test_the_pumps_process_is_watched_on_its_own_port(
    cast: Cast, pump: Pump, receiver: LoopbackServer, settings: Settings
) -> None:
    metrics.watch(pump)
    metrics.STANDING.remembered_s = 0.0
    endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    server = monitor.serve(settings, ("127.0.0.1", 0), lambda: {"pump": "pumping"}, own=True)
    try:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        assert httpx.get(f"{base}/healthz").json() == {"status": "ok", "pump": "pumping"}
        assert httpx.get(f"{base}/readyz").json() == {"status": "ok", "pump": "pumping"}
        assert httpx.get(f"{base}/elsewhere").status_code == 404
        text = httpx.get(f"{base}/metrics").text
    finally:
        server.shutdown()
        server.server_close()
        metrics.STANDING.remembered_s = 15.0
    found = {sample.name: sample for family in text_string_to_metric_families(text) for sample in family.samples}
    assert found["portico_pump_shards"].value == 32
    assert found["portico_pumps"].value == 1
    assert found["portico_events_not_fanned_out"].value == 0
    assert found["portico_delivery_attempt_seconds_count"].value >= 1


def test_a_port_that_others_reach_asks_for_the_token(settings: Settings) -> None:
    guarded = replace(settings, metrics_token="t0ken")
    about = dict
    for authorization, status in ((None, 404), ("Bearer t0ken", 200)):
        assert monitor.answer(guarded, "/metrics", authorization, about, own=False)[0] == status
    assert monitor.answer(settings, "/metrics", "Bearer ", about, own=False)[0] == 404
