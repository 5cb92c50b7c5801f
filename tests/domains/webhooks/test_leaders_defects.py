"""Defects that are known of other delivery systems, each with the test that it cannot be one of ours.

Most are shown where their subject is tested, and only named here; what is left has its test in this file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from portico.domains.webhooks import service
from portico.domains.webhooks.models import Delivery
from portico.domains.webhooks.pump import Pump
from portico.kernel.events import Event
from portico.kernel.jobs.models import Job
from portico.settings import Settings
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.pumping import column, deliveries, endpoint, happen, settle
from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[2]
HERE = "domains/webhooks/test_leaders_defects.py"
DELIVERING, REPLAYS = "domains/webhooks/test_delivering.py", "domains/webhooks/test_replays.py"
NAMED = {
    "D1 committed, then not sent": [
        ("faults/test_redis_lost.py", "test_a_web_process_killed_between_commit_and_doorbell_loses_nothing"),
        (DELIVERING, "test_a_change_that_is_rolled_back_leaves_no_event"),
    ],
    "D2 replay stops, skips, is lost or not retried": [
        (REPLAYS, "test_it_is_laid_out_a_little_at_a_time_and_goes_on_where_it_was"),
        (REPLAYS, "test_a_failed_one_is_tried_again_like_any_other"),
        (REPLAYS, "test_everything_since_then_comes_once_more_with_its_webhook_id"),
    ],
    "D3 fan-out after a crash sends twice": [(DELIVERING, "test_fanning_out_twice_makes_no_twin")],
    "D4 Redis lost what it held": [
        (HERE, "test_defect_4_no_delivery_passes_through_redis"),
        ("faults/test_redis_lost.py", "test_emptied_and_gone_it_stops_nobody"),
    ],
    "D5 a slow call is taken for a dead one": [
        (HERE, "test_defect_5_a_call_that_takes_long_is_not_made_twice"),
        ("domains/webhooks/test_pump_lease.py", "test_of_two_pumps_one_sends_until_it_gives_up_a_share"),
    ],
    "D6 an endpoint deleted with deliveries waiting": [
        ("domains/webhooks/test_endpoints_api.py", "test_what_waits_for_a_deleted_endpoint_is_cancelled"),
        ("domains/webhooks/test_sweeping.py", "test_what_waits_for_a_deleted_endpoint_is_cancelled_for_good"),
    ],
    "D7 a disabled endpoint drops events": [(DELIVERING, "test_gone_disables_the_endpoint_and_holds_what_waits")],
    "D8 disabling did not fire": [
        (
            "domains/webhooks/test_failing_for_long.py",
            "test_its_owner_hears_after_an_hour_a_day_three_days_and_at_the_end_each_once",
        )
    ],
    "D9 a retry without its event loops": [(HERE, "test_defect_9_an_event_that_goes_takes_its_delivery_along")],
    "D10 customers' errors among the system's": [(HERE, "test_defect_10_a_failing_receiver_leaves_no_failed_job")],
    "D11 a big answer poisons the log": [
        (DELIVERING, "test_the_log_keeps_the_first_bytes_of_the_answer_and_no_secret"),
        ("kernel/test_outbound_send.py", "test_a_body_of_five_gigabytes_is_cut_at_the_cap_and_still_a_success"),
    ],
    "D12 a dead endpoint clogs everyone": [
        ("domains/webhooks/test_endpoint_health.py", "test_hanging_endpoints_do_not_keep_the_healthy_ones_waiting"),
        ("domains/webhooks/test_endpoint_health.py", "test_while_the_breaker_is_open_no_attempt_is_spent"),
    ],
    "D13 retries without end, or never": [(DELIVERING, "test_failures_follow_the_schedule_until_it_is_exhausted")],
    "D14 the inside can be reached": [(DELIVERING, "test_a_blocked_address_is_told_without_mapping_the_inside")],
    "D15 a transaction open during the call, a connection for each": [
        (HERE, "test_defect_15_no_transaction_is_open_while_a_receiver_answers"),
        (HERE, "test_defect_15_a_connection_is_used_again"),
    ],
    "D16 a click races with the schedule": [
        (DELIVERING, "test_redelivering_what_still_waits_hurries_it_and_makes_no_twin"),
        (HERE, "test_defect_16_a_click_while_it_is_being_sent_makes_no_twin"),
    ],
}


@pytest.mark.parametrize(("file", "name"), [one for tests in NAMED.values() for one in tests])
def test_the_test_is_there(file: str, name: str) -> None:
    assert f"\ndef {name}(" in (ROOT / file).read_text()


@pytest.fixture
def held(receiver: LoopbackServer) -> Iterator[threading.Event]:
    """Answers wait until it is set."""
    release = threading.Event()

    def wait(received: Received) -> list[bytes]:
        release.wait(20)
        return answer()

    receiver.respond = wait
    yield release
    release.set()


def _until_called(pump: Pump, receiver: LoopbackServer) -> None:
    def called() -> bool:
        pump.step()
        return bool(receiver.received)

    until(called, what="the receiver was called")


@pytest.mark.both_databases
def test_defect_4_no_delivery_passes_through_redis(
    cast: Cast, pump: Pump, receiver: LoopbackServer, settings: Settings
) -> None:
    assert settings.redis_url is None
    endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    assert [row["state"] for row in deliveries(cast)] == ["succeeded"]


@pytest.mark.both_databases
def test_defect_5_a_call_that_takes_long_is_not_made_twice(
    cast: Cast, pump: Pump, receiver: LoopbackServer, held: threading.Event
) -> None:
    endpoint(cast, receiver.url())
    happen(cast)
    _until_called(pump, receiver)
    for _ in range(20):
        pump.step()
    held.set()
    settle(pump)
    assert len(receiver.received) == 1
    assert [row["state"] for row in deliveries(cast)] == ["succeeded"]


@pytest.mark.both_databases
def test_defect_9_an_event_that_goes_takes_its_delivery_along(
    cast: Cast, pump: Pump, receiver: LoopbackServer, held: threading.Event
) -> None:
    endpoint(cast, receiver.url())
    event_id = happen(cast)
    _until_called(pump, receiver)
    with cast.writing() as work:
        work.execute(delete(Event).where(Event.workspace_id == cast.acme, Event.id == event_id))
    held.set()
    settle(pump)
    assert pump.in_flight == 0
    assert column(cast, Delivery, "id") == []


@pytest.mark.both_databases
def test_defect_10_a_failing_receiver_leaves_no_failed_job(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: answer("500 Oops", webhook_delivery="abort")
    endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    assert [row["state"] for row in deliveries(cast)] == ["failed"]
    with cast.reading() as work:
        assert list(work.scalars(select(Job.id).where(Job.workspace_id == cast.acme))) == []


@pytest.mark.both_databases
def test_defect_15_no_transaction_is_open_while_a_receiver_answers(
    cast: Cast, pump: Pump, receiver: LoopbackServer, held: threading.Event
) -> None:
    """Even on SQLite, which has one writer, others write meanwhile; and the row that is being sent is not locked."""
    made = endpoint(cast, receiver.url())
    happen(cast)
    _until_called(pump, receiver)
    with cast.writing() as work:
        mine = (Delivery.workspace_id == cast.acme, Delivery.state == "sending")
        assert len(work.execute(select(Delivery.id).where(*mine).with_for_update(nowait=True)).all()) == 1
        service.update_endpoint(cast.actor("admin"), made["id"], {"description": "meanwhile"})
    held.set()
    settle(pump)
    assert [row["state"] for row in deliveries(cast)] == ["succeeded"]


@pytest.mark.both_databases
def test_defect_15_a_connection_is_used_again(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    for _ in range(5):
        happen(cast)
        settle(pump)
    assert len(receiver.received) == 5
    assert receiver.connections == 1


@pytest.mark.both_databases
def test_defect_16_a_click_while_it_is_being_sent_makes_no_twin(
    cast: Cast, pump: Pump, receiver: LoopbackServer, held: threading.Event
) -> None:
    endpoint(cast, receiver.url())
    happen(cast)
    _until_called(pump, receiver)
    (row,) = deliveries(cast)
    with cast.writing():
        assert service.redeliver(cast.actor("admin"), row["id"])["id"] == row["id"]
    held.set()
    settle(pump)
    assert len(receiver.received) == 1
    assert len(column(cast, Delivery, "id")) == 1
