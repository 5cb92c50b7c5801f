"""An endpoint that fails for days: its owner hears of it in time, and in the end nothing is sent there."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from portico.domains.webhooks import service
from portico.domains.webhooks.pump import Pump
from portico.kernel import clock, jobs
from portico.kernel.events import Event
from portico.settings import Settings
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import deliveries, endpoint, happen, settle, state_of

pytestmark = pytest.mark.both_databases


def mails(settings: Settings) -> list[str]:
    paths = sorted(Path(settings.home / "mail").glob("*.eml"))
    return [str(message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"]) for path in paths]


def told(cast: Cast) -> list[str]:
    with cast.reading() as work:
        rows = work.scalars(select(Event.type).where(Event.workspace_id == cast.acme).order_by(Event.seq))
        return [name for name in rows if name.startswith("webhook_endpoint.")]


def fail_once(cast: Cast, pump: Pump, after: timedelta) -> None:
    """Let time pass, and one more event meet the receiver."""
    clock.advance(after)
    happen(cast)
    settle(pump)
    jobs.drain()


def test_its_owner_hears_after_an_hour_a_day_three_days_and_at_the_end_each_once(
    cast: Cast, pump: Pump, receiver: LoopbackServer, settings: Settings
) -> None:
    receiver.respond = lambda received: answer("500 Internal Server Error")
    made = endpoint(cast, receiver.url())
    with clock.held(clock.now()):
        fail_once(cast, pump, timedelta(0))
        before = len(mails(settings))
        fail_once(cast, pump, timedelta(minutes=59))
        assert told(cast).count("webhook_endpoint.failing") == 0
        for hours in (1, 1, 23, 1, 48, 1):
            fail_once(cast, pump, timedelta(hours=hours))
        assert told(cast).count("webhook_endpoint.failing") == 3
        for _ in range(4):
            fail_once(cast, pump, timedelta(hours=16))
        assert state_of(cast, made["id"]).status == "disabled"
        assert state_of(cast, made["id"]).reason == "failing"
        assert told(cast)[-1] == "webhook_endpoint.disabled"
        fresh = mails(settings)[before:]
        admins = fresh.count("A webhook endpoint was disabled")
        assert admins >= 1
        assert fresh.count("A webhook endpoint fails") == 3 * admins

        happen(cast)
        settle(pump)
        newest = deliveries(cast)[0]
        assert newest["state"] == "held", "what happens meanwhile is kept"
        receiver.respond = lambda received: answer()
        with cast.writing():
            service.enable_endpoint(cast.actor("admin"), made["id"])
        settle(pump)
        assert {row["id"]: row["state"] for row in deliveries(cast)}[newest["id"]] == "succeeded"


def test_one_success_begins_it_anew(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: answer("500 Internal Server Error")
    made = endpoint(cast, receiver.url())
    with clock.held(clock.now()):
        fail_once(cast, pump, timedelta(0))
        fail_once(cast, pump, timedelta(hours=2))
        receiver.respond = lambda received: answer()
        fail_once(cast, pump, timedelta(hours=1))
        receiver.respond = lambda received: answer("500 Internal Server Error")
        fail_once(cast, pump, timedelta(days=6))
        assert state_of(cast, made["id"]).status == "active"
        assert told(cast).count("webhook_endpoint.failing") == 1
        fail_once(cast, pump, timedelta(hours=2))
        assert told(cast).count("webhook_endpoint.failing") == 2


def test_few_failures_in_many_days_do_not_disable(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    receiver.respond = lambda received: answer("400 Bad Request")
    made = endpoint(cast, receiver.url())
    with clock.held(clock.now()):
        happen(cast)
        settle(pump)
        clock.advance(timedelta(days=6))
        settle(pump)
        assert state_of(cast, made["id"]).consecutive_failures < 20
        assert state_of(cast, made["id"]).status == "active"
