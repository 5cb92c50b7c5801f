"""Changes of one resource that come shortly after each other arrive as one, and none of them is missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from portico.domains.contacts.events import CONTACT_CREATED, CONTACT_UPDATED
from portico.domains.webhooks import service
from portico.domains.webhooks.models import Delivery
from portico.domains.webhooks.pump import Pump, lease
from portico.kernel import clock
from portico.kernel.events import Event
from portico.kernel.ids import new_id
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import DEMO, attempts, deliveries, endpoint, happen, settle

pytestmark = pytest.mark.both_databases


def changed(cast: Cast, about: str, *names: str, **fields: Any) -> str:
    return happen(cast, CONTACT_UPDATED, changes=list(names), id=about, **fields)


def after(pump: Pump, seconds: float) -> None:
    clock.advance(timedelta(seconds=seconds))
    settle(pump)


def came(receiver: LoopbackServer) -> list[dict[str, Any]]:
    return [orjson.loads(one.body) for one in receiver.received]


@pytest.fixture
def about() -> str:
    return new_id("con")


@pytest.fixture(autouse=True)
def _held(held_clock: None) -> None:
    """A window is over when a test says so."""


def test_the_newest_comes_when_the_window_of_the_first_is_over_with_all_that_changed(
    cast: Cast, pump: Pump, receiver: LoopbackServer, about: str
) -> None:
    endpoint(cast, receiver.url(), coalesce_seconds=10)
    changed(cast, about, "display_name")
    after(pump, 6)
    newest = changed(cast, about, "tags", "display_name", display_name="Zoë 2")
    after(pump, 3)
    assert receiver.received == []
    after(pump, 1.1)
    (event,) = came(receiver)
    assert (event["id"], event["data"]["display_name"]) == (newest, "Zoë 2")
    assert event["changes"] == ["display_name", "tags"]
    sent, before = deliveries(cast)
    assert (before["state"], before["attempts"], before["coalesced_into"]) == ("coalesced", 0, sent["id"])
    assert (sent["state"], sent["attempts"]) == ("succeeded", 1)
    assert attempts(cast, before["id"]) == []
    after(pump, 20)
    assert len(receiver.received) == 1


def test_a_stream_of_changes_is_never_put_off(cast: Cast, pump: Pump, receiver: LoopbackServer, about: str) -> None:
    endpoint(cast, receiver.url(), coalesce_seconds=10)
    names = [f"field_{number}" for number in range(20)]
    for name in names:
        changed(cast, about, name)
        after(pump, 2)
    after(pump, 11)
    events = came(receiver)
    assert 3 <= len(events) <= 4
    assert sorted(name for event in events for name in event["changes"]) == sorted(names)


def test_other_resources_and_other_types_do_not_wait_for_it(
    cast: Cast, pump: Pump, receiver: LoopbackServer, about: str
) -> None:
    endpoint(cast, receiver.url(), coalesce_seconds=10)
    changed(cast, about, "tags")
    changed(cast, new_id("con"), "tags")
    happen(cast, CONTACT_CREATED, id=about)
    settle(pump)
    assert [event["type"] for event in came(receiver)] == ["contact.created"]
    after(pump, 11)
    assert len(receiver.received) == 3


def test_in_order_nothing_is_gathered_across_another_event(
    cast: Cast, pump: Pump, receiver: LoopbackServer, about: str
) -> None:
    endpoint(cast, receiver.url(), coalesce_seconds=10, order="fifo_per_key")
    changed(cast, about, "tags")
    changed(cast, about, "owner_id")
    happen(cast, CONTACT_CREATED, id=about)
    changed(cast, about, "display_name")
    settle(pump)
    assert receiver.received == []
    after(pump, 11)
    events = came(receiver)
    assert [event["type"] for event in events] == ["contact.updated", "contact.created", "contact.updated"]
    assert [event.get("changes") for event in events] == [["owner_id", "tags"], None, ["display_name"]]
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)


def test_what_was_tried_keeps_its_own_delivery_and_its_changes_over_retries_and_redelivery(
    cast: Cast, pump: Pump, receiver: LoopbackServer, about: str
) -> None:
    endpoint(cast, receiver.url(), coalesce_seconds=10)
    receiver.respond = lambda received: answer("404 No")
    changed(cast, about, "tags")
    changed(cast, about, "owner_id")
    after(pump, 11)
    changed(cast, about, "display_name")
    receiver.respond = lambda received: answer()
    after(pump, 11)
    changes = [event["changes"] for event in came(receiver)]
    assert sorted(changes[1:]) == [["display_name"], ["owner_id", "tags"]]
    sent = next(row for row in deliveries(cast) if row["attempts"] == 2)
    with cast.writing():
        service.redeliver(cast.actor("admin"), sent["id"])
    settle(pump)
    assert came(receiver)[-1]["changes"] == ["owner_id", "tags"]


def test_a_replay_of_what_failed_tells_all_changes(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer, about: str
) -> None:
    made = endpoint(cast, receiver.url(), coalesce_seconds=10)
    receiver.respond = lambda received: answer("404 No")
    changed(cast, about, "tags")
    changed(cast, about, "owner_id")
    after(pump, 11)
    with cast.writing() as work:
        failed = update(Delivery).where(Delivery.workspace_id == cast.acme, Delivery.state == "waiting")
        work.execute(failed.values(state="failed", finished_at=clock.now()))
    receiver.respond = lambda received: answer()
    since = clock.rfc3339(clock.now() - timedelta(hours=1))
    api("admin").post(f"/webhook-endpoints/{made['id']}/replay", json={"since": since, "states": ["failed"]})
    settle(pump)
    assert came(receiver)[-1]["changes"] == ["owner_id", "tags"]
    assert len(receiver.received) == 2


def test_changes_that_nobody_named_stay_unnamed(cast: Cast, pump: Pump, receiver: LoopbackServer, about: str) -> None:
    endpoint(cast, receiver.url(), coalesce_seconds=10)
    happen(cast, CONTACT_UPDATED, id=about)
    changed(cast, about, "tags")
    after(pump, 11)
    (event,) = came(receiver)
    assert "changes" not in event


@pytest.mark.parametrize(
    "other", [{"cause": {"depth": 1, "installation_id": "ins_1"}}, {"actor": {"kind": "app", "id": "ins_1"}}]
)
def test_the_echo_of_an_app_hides_no_change_of_somebody_else(
    cast: Cast, pump: Pump, receiver: LoopbackServer, about: str, other: dict[str, Any]
) -> None:
    endpoint(cast, receiver.url(), coalesce_seconds=10)
    changed(cast, about, "tags")
    echo = changed(cast, about, "owner_id")
    with cast.writing() as work:
        work.execute(update(Event).where(Event.workspace_id == cast.acme, Event.id == echo).values(other))
    after(pump, 11)
    assert sorted(event["changes"] for event in came(receiver)) == [["owner_id"], ["tags"]]


def test_a_pump_that_dies_in_the_window_or_behind_the_claim_loses_nothing(
    cast: Cast, pump: Pump, receiver: LoopbackServer, about: str
) -> None:
    endpoint(cast, receiver.url(), coalesce_seconds=10, order="fifo_per_key")
    for name in ("tags", "owner_id", "display_name"):
        changed(cast, about, name)
    clock.advance(timedelta(seconds=11))
    while not pump.in_flight:
        pump.step()
    clock.advance(lease.LIFE + timedelta(seconds=1))
    second = Pump(DEMO, deadline_s=5)
    assert second.take()
    settle(second)
    second.close(0)
    assert {tuple(event["changes"]) for event in came(receiver)} == {("display_name", "owner_id", "tags")}
    assert sorted(row["state"] for row in deliveries(cast)) == ["coalesced", "coalesced", "succeeded"]


def test_beginning_and_ceasing_to_coalesce_applies_to_what_waits(
    cast: Cast, pump: Pump, receiver: LoopbackServer, about: str
) -> None:
    receiver.respond = lambda received: answer("503 Later", Retry_After="60")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    changed(cast, about, "tags")
    changed(cast, about, "owner_id")
    receiver.respond = lambda received: answer()
    with cast.writing():
        service.update_endpoint(cast.actor("admin"), made["id"], {"coalesce_seconds": 5})
    after(pump, 61)
    assert ["owner_id", "tags"] in [event.get("changes") for event in came(receiver)]
    assert len(receiver.received) == 3
    changed(cast, about, "tags")
    settle(pump)
    with cast.writing():
        service.update_endpoint(cast.actor("admin"), made["id"], {"coalesce_seconds": 0})
    changed(cast, about, "owner_id")
    settle(pump)
    after(pump, 6)
    assert len(receiver.received) == 5


def test_the_choices_are_checked_and_shown(cast: Cast, api: Api) -> None:
    body: dict[str, Any] = {"url": "http://127.0.0.1:9/", "types": ["contact.*"]}
    made: Any = api("admin").post("/webhook-endpoints", json=body).json
    assert (made["order"], made["coalesce_seconds"]) == ("parallel", 0)
    there = f"/webhook-endpoints/{made['id']}"
    choice = {"order": "fifo_per_key", "coalesce_seconds": 30}
    shown: Any
    refused: Any
    for shown in (api("admin").patch(there, json=choice), api("admin").get(there)):
        assert (shown.json["order"], shown.json["coalesce_seconds"]) == ("fifo_per_key", 30)
    for wrong, pointer in (
        ({"order": "fifo"}, "/order"),
        ({"coalesce_seconds": 31}, "/coalesce_seconds"),
        ({"coalesce_seconds": -1}, "/coalesce_seconds"),
        ({"coalesce_seconds": 1.5}, "/coalesce_seconds"),
        ({"order": None}, "/order"),
    ):
        refused = api("admin").patch(there, json=wrong)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    refused = api("admin").patch(there, json={"order": "fifo"})
    assert "fifo_per_key" in refused.json["errors"][0]["message"]


def test_keys_are_given_where_they_are_needed_alone(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    endpoint(cast, receiver.url(), coalesce_seconds=1)
    happen(cast)
    settle(pump)
    with cast.reading() as work:
        keys = work.scalars(select(Delivery.order_key).where(Delivery.workspace_id == cast.acme)).all()
    assert sorted(key is None for key in keys) == [False, True]
