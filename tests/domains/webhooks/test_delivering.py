"""From what happened to a verified request at the receiver."""

from __future__ import annotations

import threading
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import update
from standardwebhooks import WebhookVerificationError

from portico.domains.contacts.events import CONTACT_CREATED, CONTACT_UPDATED
from portico.domains.directory.events import DEPARTMENT_CREATED
from portico.domains.webhooks import service
from portico.domains.webhooks.models import Delivery
from portico.domains.webhooks.pump import Pump
from portico.kernel import clock
from portico.kernel.events import Event, emit
from portico.kernel.outbound import EgressPolicy
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.pumping import DEMO, attempts, column, deliveries, endpoint, happen, settle, state_of, verified
from tests.support.waiting import until

pytestmark = pytest.mark.both_databases


def test_an_event_arrives_signed_and_the_stock_library_verifies_it(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    made = endpoint(cast, receiver.url("/hook"))
    event_id = happen(cast, display_name="Zoë 王")
    settle(pump)
    (received,) = receiver.received
    event = verified(received, made["secret"])
    assert received.line == "POST /hook HTTP/1.1"
    assert received.headers["webhook-id"] == event["id"] == event_id
    assert received.headers["user-agent"] == "Portico/1"
    assert event["type"] == "contact.created"
    assert event["data"]["display_name"] == "Zoë 王"
    assert event["workspace_id"] == cast.acme
    assert event["timestamp"] == event["occurred_at"]
    assert event["actor"] == {"kind": "system", "id": "system"}
    assert event["cause"] == {"depth": 0}
    assert "installation_id" not in event
    assert "portico-installation-id" not in received.headers


def test_the_signature_is_over_the_very_bytes(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    received = receiver.received[0]
    changed = Received(received.line, received.headers, received.body.replace(b"{", b"{ ", 1))
    with pytest.raises(WebhookVerificationError):
        verified(changed, made["secret"])


def test_a_change_that_is_rolled_back_leaves_no_event(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url(), "*")
    settle(pump)
    before = len(receiver.received), len(column(cast, Event, "id"))
    with pytest.raises(ZeroDivisionError), cast.writing():
        emit(cast.system(), CONTACT_CREATED, {"id": "con_1", "version": 1})
        raise ZeroDivisionError
    settle(pump)
    assert (len(receiver.received), len(column(cast, Event, "id"))) == before


def test_only_what_was_subscribed_comes_and_each_event_once(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url("/some"), "contact.*", "contact.created", "department.created")
    endpoint(cast, receiver.url("/one"), "contact.updated")
    happen(cast)
    happen(cast, CONTACT_UPDATED)
    happen(cast, DEPARTMENT_CREATED, id="dep_1", name="Support")
    settle(pump)
    came = sorted((r.line.split()[1], verified_type(r)) for r in receiver.received)
    assert came == [
        ("/one", "contact.updated"),
        ("/some", "contact.created"),
        ("/some", "contact.updated"),
        ("/some", "department.created"),
    ]


def verified_type(received: Received) -> str:
    return str(orjson.loads(received.body)["type"])


def test_another_workspace_hears_nothing(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url("/acme"), "*")
    endpoint(cast, receiver.url("/other"), "*", by="outsider")
    settle(pump)
    receiver.received.clear()
    happen(cast, workspace=cast.other)
    settle(pump)
    assert [received.line.split()[1] for received in receiver.received] == ["/other"]
    assert all(row["type"] != "contact.created" for row in deliveries(cast))


def test_failures_follow_the_schedule_until_it_is_exhausted(
    cast: Cast, pump: Pump, receiver: LoopbackServer, held_clock: None
) -> None:
    receiver.respond = lambda received: answer("500 Oh")
    endpoint(cast, receiver.url())
    event_id = happen(cast)
    settle(pump)
    began = clock.now()
    waits = []
    while deliveries(cast)[0]["state"] == "waiting":
        row = deliveries(cast)[0]
        waits.append((row["next_attempt_at"] - clock.now()).total_seconds())
        clock.advance(timedelta(seconds=waits[-1] - 0.1))
        settle(pump)
        assert len(receiver.received) == len(waits), "too early"
        clock.advance(timedelta(seconds=0.2))
        settle(pump)
    due = [5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 86400]
    assert len(waits) == len(due)
    for wait, nominal in zip(waits, due, strict=True):
        assert 0.8 * nominal - 1 <= wait <= 1.2 * nominal + 1
    assert clock.now() - began < timedelta(days=4)
    (row,) = deliveries(cast)
    assert (row["state"], row["attempts"], row["last_error"]) == ("failed", 13, "server_error")
    assert {received.headers["webhook-id"] for received in receiver.received} == {event_id}
    stamps = [int(received.headers["webhook-timestamp"]) for received in receiver.received]
    assert stamps == sorted(set(stamps))
    assert [a["number"] for a in attempts(cast, row["id"])] == list(range(1, 14))


def test_gone_disables_the_endpoint_and_holds_what_waits(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: answer("410 Gone")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    assert state_of(cast, made["id"]).status == "disabled"
    assert state_of(cast, made["id"]).reason == "gone"
    happen(cast)
    settle(pump)
    assert len(receiver.received) == 1
    assert [row["state"] for row in deliveries(cast)] == ["held", "held"]
    receiver.respond = lambda received: answer()
    with cast.writing():
        service.enable_endpoint(cast.actor("admin"), made["id"])
    settle(pump)
    assert [row["state"] for row in deliveries(cast)] == ["succeeded", "succeeded"]


@pytest.mark.parametrize("status", ["429 Slow", "503 Later"])
def test_retry_after_pauses_the_endpoint_and_spends_no_attempt(
    cast: Cast, pump: Pump, receiver: LoopbackServer, held_clock: None, status: str
) -> None:
    receiver.respond = lambda received: answer(status, Retry_After="120")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    assert state_of(cast, made["id"]).status == "paused"
    assert state_of(cast, made["id"]).paused_until == clock.now() + timedelta(seconds=120)
    happen(cast)
    settle(pump)
    clock.advance(timedelta(seconds=119))
    settle(pump)
    assert len(receiver.received) == 1, "the whole endpoint pauses"
    receiver.respond = lambda received: answer()
    clock.advance(timedelta(seconds=2))
    settle(pump)
    assert len(receiver.received) == 3
    rows = deliveries(cast)
    assert [row["state"] for row in rows] == ["succeeded", "succeeded"]
    assert [row["attempts"] for row in rows] == [1, 1], "the pause did not count"
    assert state_of(cast, made["id"]).status == "active"


def test_enabling_ends_a_pause(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: answer("429 Slow", Retry_After="3600")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    receiver.respond = lambda received: answer()
    with cast.writing():
        service.enable_endpoint(cast.actor("admin"), made["id"])
    settle(pump)
    assert deliveries(cast)[0]["state"] == "succeeded"


@pytest.mark.parametrize(
    ("status", "error"),
    [("302 Found", "redirect"), ("404 Not", "rejected"), ("500 Oh", "server_error"), ("429 Slow", "rejected")],
)
def test_other_answers_are_retried_and_shown_as_what_they_are(
    cast: Cast, pump: Pump, receiver: LoopbackServer, status: str, error: str
) -> None:
    with LoopbackServer() as elsewhere:
        receiver.respond = lambda received: answer(status, Location=elsewhere.url())
        endpoint(cast, receiver.url())
        happen(cast)
        settle(pump)
        assert elsewhere.received == [], "a redirect is never followed"
    (row,) = deliveries(cast)
    assert (row["state"], row["attempts"], row["last_error"]) == ("waiting", 1, error)
    (tried,) = attempts(cast, row["id"])
    assert tried["status"] == int(status.split()[0])


def test_a_receiver_that_hangs_is_given_up_at_the_deadline(cast: Cast, receiver: LoopbackServer) -> None:
    release = threading.Event()

    def hang(received: Received) -> list[bytes]:
        release.wait(20)
        return []

    receiver.respond = hang
    with LoopbackServer() as healthy:
        endpoint(cast, receiver.url())
        endpoint(cast, healthy.url())
        pump = Pump(DEMO, deadline_s=0.4)
        assert pump.take()
        happen(cast)
        settle(pump)
        pump.close(0)
        assert len(healthy.received) == 1
    release.set()
    hung = next(row for row in deliveries(cast) if row["state"] == "waiting")
    (tried,) = attempts(cast, hung["id"])
    assert (tried["status"], tried["error_class"]) == (None, "timeout")
    assert 350 <= tried["duration_ms"] < 3000


def test_a_slow_receiver_gets_four_at_once_and_does_not_hold_up_another(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    release = threading.Event()

    def wait(received: Received) -> list[bytes]:
        release.wait(10)
        return answer()

    receiver.respond = wait
    with LoopbackServer() as healthy:
        slow = endpoint(cast, receiver.url())
        quick = endpoint(cast, healthy.url())
        for _ in range(10):
            happen(cast)

        def healthy_has_all() -> bool:
            pump.step()
            states = [row["state"] for row in deliveries(cast) if row["endpoint_id"] == quick["id"]]
            return states == ["succeeded"] * 10

        until(healthy_has_all, what="the healthy endpoint got all")
        assert len(receiver.received) <= 4
        sending = [row for row in deliveries(cast) if row["state"] == "sending"]
        assert {row["endpoint_id"] for row in sending} <= {slow["id"]}
        assert len(sending) <= 4
        release.set()
        settle(pump)
    assert len(receiver.received) == 10


def test_the_log_keeps_the_first_bytes_of_the_answer_and_no_secret(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: answer("500 Oh", b"\x00\xff" + b"x" * 20_000, Set_Cookie="a=b")
    endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    (tried,) = attempts(cast, deliveries(cast)[0]["id"])
    assert len(tried["response_body"]) == 4096
    assert tried["response_body"].startswith("\ufffd\ufffd")
    assert "set-cookie" not in tried["response"]["headers"]
    assert "webhook-signature" not in tried["request"]["headers"]
    assert tried["request"]["headers"]["webhook-id"] == deliveries(cast)[0]["event_id"]


def test_a_delivery_grows_old_only_while_its_endpoint_can_be_called(
    cast: Cast, pump: Pump, receiver: LoopbackServer, held_clock: None
) -> None:
    receiver.respond = lambda received: answer("500 Oh")
    failing = endpoint(cast, receiver.url())
    with LoopbackServer(respond=lambda received: answer("410 Gone")) as gone:
        held = endpoint(cast, gone.url())
        happen(cast)
        settle(pump)
        gone.respond = lambda received: answer()
        pump.close(0)
        clock.advance(timedelta(days=5))
        assert pump.take()
        settle(pump)
        assert len(receiver.received) == 1, "nobody sent for five days, and it could have been called"
        with cast.writing():
            service.enable_endpoint(cast.actor("admin"), held["id"])
        settle(pump)
    states = {(row["endpoint_id"], row["state"]) for row in deliveries(cast)}
    assert states == {(failing["id"], "expired"), (held["id"], "succeeded")}


def test_redelivering_sends_the_same_event_once_more(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    (first,) = deliveries(cast)
    with cast.writing():
        again = service.redeliver(cast.actor("admin"), first["id"])
    settle(pump)
    assert again["id"] != first["id"]
    assert again["redelivery"]
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1
    assert len(receiver.received) == 2
    verified(receiver.received[1], made["secret"])
    assert [row["state"] for row in deliveries(cast)] == ["succeeded", "succeeded"]


def test_redelivering_what_still_waits_hurries_it_and_makes_no_twin(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: answer("500 Oh")
    endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    receiver.respond = lambda received: answer()
    (row,) = deliveries(cast)
    with cast.writing():
        assert service.redeliver(cast.actor("admin"), row["id"])["id"] == row["id"]
    settle(pump)
    (row,) = deliveries(cast)
    assert (row["state"], row["attempts"]) == ("succeeded", 2)


def test_old_and_new_secret_verify_after_a_rotation_and_the_old_one_runs_out(
    cast: Cast, pump: Pump, receiver: LoopbackServer, held_clock: None
) -> None:
    old = endpoint(cast, receiver.url())
    with cast.writing():
        new = service.rotate_secret(cast.actor("admin"), old["id"])
    happen(cast)
    settle(pump)
    verified(receiver.received[0], old["secret"])
    verified(receiver.received[0], new["secret"])
    assert receiver.received[0].headers["webhook-signature"].count("v1,") == 2
    clock.advance(timedelta(hours=25))
    happen(cast)
    settle(pump)
    assert receiver.received[1].headers["webhook-signature"].count("v1,") == 1


def test_an_endpoint_receives_nothing_from_before_its_time(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    happen(cast)
    endpoint(cast, receiver.url())
    after = happen(cast)
    settle(pump)
    assert [received.headers["webhook-id"] for received in receiver.received] == [after]


def test_a_blocked_address_is_told_without_mapping_the_inside(cast: Cast, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    pump = Pump(EgressPolicy.for_mode("production"))
    assert pump.take()
    happen(cast)
    settle(pump)
    pump.close(0)
    assert receiver.received == []
    (tried,) = attempts(cast, deliveries(cast)[0]["id"])
    assert (tried["error_class"], tried["detail"]) == ("blocked", "blocked by network policy")


def test_fanning_out_twice_makes_no_twin(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    with cast.writing() as work:
        work.execute(update(Event).where(Event.workspace_id == cast.acme).values(fanned_out=False))
    settle(pump)
    assert len(receiver.received) == 1
    assert len(column(cast, Delivery, "id")) == 1


def test_many_events_reach_many_endpoints(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    made = [endpoint(cast, receiver.url(f"/{number}")) for number in range(12)]
    for _ in range(20):
        happen(cast)
    settle(pump)
    assert len(receiver.received) == 12 * 20
    assert len({(r.line, r.headers["webhook-id"]) for r in receiver.received}) == 12 * 20
    assert len(column(cast, Delivery, "id")) == 12 * 20
    assert len(made) == 12
