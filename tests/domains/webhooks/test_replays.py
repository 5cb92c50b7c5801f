"""A stretch of time, sent again: counted before, behind what happens now, and as many as there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portico.domains.contacts.events import CONTACT_CREATED, CONTACT_UPDATED
from portico.domains.webhooks.models import Delivery, Replay
from portico.domains.webhooks.pump import Pump, replaying
from portico.domains.webhooks.pump.health import MOST
from portico.kernel import clock
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import DEMO, deliveries, endpoint, happen, settle

pytestmark = pytest.mark.both_databases


def replay(api: Api, made: dict[str, Any], **body: Any) -> Any:
    since = clock.rfc3339(clock.now() - timedelta(hours=1))
    return api("admin").post(f"/webhook-endpoints/{made['id']}/replay", json={"since": since, **body})


def test_everything_since_then_comes_once_more_with_its_webhook_id(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer
) -> None:
    made = endpoint(cast, receiver.url())
    ids = [happen(cast) for _ in range(5)]
    settle(pump)
    counted = replay(api, made, dry_run=True)
    assert (counted.status_code, counted.json["total"], len(receiver.received)) == (200, 5, 5)
    started = replay(api, made)
    assert (started.status_code, started.json["state"], started.json["total"]) == (202, "running", 5)
    settle(pump)
    assert sorted(one.headers["webhook-id"] for one in receiver.received[5:]) == sorted(ids)
    done = api("admin").get(started.headers["Location"]).json
    assert (done["state"], done["laid_out"], done["succeeded"], done["open"]) == ("done", 5, 5, 0)
    assert api("admin").get(f"/webhook-endpoints/{made['id']}/replays").json["data"] == [done]


def test_types_and_what_never_came_through_narrow_it(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer
) -> None:
    made = endpoint(cast, receiver.url())
    happen(cast, CONTACT_CREATED)
    happen(cast, CONTACT_UPDATED)
    settle(pump)
    assert replay(api, made, types=["contact.updated"], dry_run=True).json["total"] == 1
    assert replay(api, made, types=["contact.*"], dry_run=True).json["total"] == 2
    assert replay(api, made, states=["failed"], dry_run=True).json["total"] == 0
    with cast.writing() as work:
        work.execute(
            update(Delivery)
            .where(Delivery.workspace_id == cast.acme, Delivery.type == "contact.created")
            .values(state="failed")
        )
    assert replay(api, made, states=["failed"]).json["total"] == 1
    settle(pump)
    assert len(receiver.received) == 3
    assert replay(api, made, states=["failed"], dry_run=True).json["total"] == 0, "it has come through since"


def test_what_was_before_the_endpoint_can_be_had_too(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer
) -> None:
    happen(cast)
    made = endpoint(cast, receiver.url())
    settle(pump)
    assert receiver.received == []
    replay(api, made)
    settle(pump)
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"since": "2999-01-01T00:00:00Z"}, "/since"),
        ({"since": "yesterday"}, "/since"),
        ({"until": "2001-01-01T00:00:00Z"}, "/until"),
        ({"types": ["ticket.unheard_of"]}, "/types/0"),
        ({"states": ["succeeded"]}, "/states/0"),
        ({"limit": 7}, "/limit"),
    ],
)
def test_a_wrong_request_says_what_is_wrong(
    cast: Cast, api: Api, receiver: LoopbackServer, body: dict[str, Any], pointer: str
) -> None:
    refused = replay(api, endpoint(cast, receiver.url()), **body)
    assert refused.status_code == 422
    assert pointer in [error["pointer"] for error in refused.json["errors"]]


def test_another_workspace_finds_neither_endpoint_nor_replay(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer
) -> None:
    made = endpoint(cast, receiver.url())
    there = replay(api, made).headers["Location"]
    body = {"since": clock.rfc3339(clock.now())}
    assert api("outsider").post(f"/webhook-endpoints/{made['id']}/replay", json=body).status_code == 404
    assert api("outsider").get(there).status_code == 404
    assert api("outsider").post(f"{there}/cancel").status_code == 404


def test_what_happens_now_goes_before_what_is_sent_again(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = endpoint(cast, receiver.url())
    old = [happen(cast) for _ in range(3 * MOST)]
    settle(pump)
    replay(api, made)
    assert replaying.step(pump.lease)
    new = [happen(cast) for _ in range(3)]
    before = len(receiver.received)
    settle(pump)
    came = [one.headers["webhook-id"] for one in receiver.received[before:]]
    assert sorted(came) == sorted(old + new)
    assert max(came.index(one) for one in new) < MOST, "in the first batch"


def test_it_is_laid_out_a_little_at_a_time_and_goes_on_where_it_was(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "MOST_EVENTS", 3)
    monkeypatch.setattr(replaying, "MOST_WAITING", 4)
    made = endpoint(cast, receiver.url())
    ids = [happen(cast) for _ in range(10)]
    settle(pump)
    replay(api, made)
    for _ in range(20):
        replaying.step(pump.lease)
    waiting = [row for row in deliveries(cast) if row["redelivery"]]
    assert 4 <= len(waiting) <= 6, "more are not laid out while these wait"
    pump.close()
    other = Pump(DEMO, deadline_s=5)
    assert other.take()
    settle(other)
    other.close()
    assert sorted(one.headers["webhook-id"] for one in receiver.received[10:]) == sorted(ids)


def test_a_cancelled_one_sends_no_more(
    cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "MOST_EVENTS", 3)
    made = endpoint(cast, receiver.url())
    for _ in range(10):
        happen(cast)
    settle(pump)
    monkeypatch.setattr(replaying, "MOST_WAITING", 1)
    there = replay(api, made).headers["Location"]
    for _ in range(20):
        replaying.step(pump.lease)
    cancelled = api("admin").post(f"{there}/cancel")
    assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
    settle(pump)
    assert len(receiver.received) == 10
    assert api("admin").post(f"{there}/cancel").json["code"] == "replay_over"


def test_a_deleted_endpoint_ends_its_replays(cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer) -> None:
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    replay(api, made)
    api("admin").delete(f"/webhook-endpoints/{made['id']}")
    settle(pump)
    with cast.reading() as work:
        assert work.scalars(select(Replay.state).where(Replay.workspace_id == cast.acme)).all() == ["cancelled"]


def test_a_failed_one_is_tried_again_like_any_other(cast: Cast, api: Api, pump: Pump, receiver: LoopbackServer) -> None:
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    receiver.respond = lambda received: answer("503 Service Unavailable")
    with clock.held(clock.now()):
        replay(api, made)
        settle(pump)
        receiver.respond = lambda received: answer()
        clock.advance(timedelta(seconds=10))
        settle(pump)
    assert [row["attempts"] for row in deliveries(cast) if row["redelivery"]] == [2]
