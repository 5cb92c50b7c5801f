"""What the pump asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select, text

from portico.domains.webhooks.models import REPLAYED, Delivery
from portico.domains.webhooks.pump import Pump
from portico.domains.webhooks.pump.pulse import feel_pulse
from portico.domains.webhooks.pump.shards import shard_of
from portico.kernel import clock, statistics
from portico.kernel.events import Event
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import endpoint, happen, settle
from tests.support.statements import Statement, watched

both = pytest.mark.both_databases


def _asked(statements: list[Statement]) -> int:
    return len([statement for statement in statements if not statement.only_opens])


@both
def test_an_idle_pump_asks_one_question_a_turn(cast: Cast, pump: Pump) -> None:
    endpoint(cast, "http://127.0.0.1:9/")
    settle(pump)
    with watched() as found:
        assert not pump.step()
    assert _asked(found) == 1


@both
def test_the_cost_of_a_turn_does_not_grow_with_the_backlog(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    for _ in range(40):
        happen(cast)
    while not pump.in_flight:
        pump.step()
    with watched() as found:
        pump.step()
    assert _asked(found) < 15
    settle(pump)
    assert len(receiver.received) == 40


@both
def test_who_rings_is_asked_once(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    """An event goes from the outbox to the wire with one look at what is due."""
    endpoint(cast, receiver.url())
    settle(pump)
    happen(cast)
    pump.wake()
    with watched() as found:
        pump.step()
    assert sum("walk" in statement.sql for statement in found) == 1
    assert pump.in_flight == 1
    settle(pump)


# --- what PostgreSQL reads --------------------------------------------------------------------------------------------

ENDED, WAITING = 6_000, 1_500


def _seeded(made: dict[str, Any]) -> None:
    """A replay that is well on its way: most of it ended, what waits came last."""
    event, delivery = Event.__table__, Delivery.__table__
    with system_unit("tests: very many deliveries", write=True) as work:
        pattern = dict(work.execute(select(event).order_by(event.c.id.desc()).limit(1)).mappings().one())
        head = pattern["id"][:-6]
        ids = [f"{head}{number:06d}" for number in range(ENDED + WAITING)]
        rows = [{**pattern, "id": id, "seq": 10_000 + number, "fanned_out": True} for number, id in enumerate(ids)]
        work.execute(insert(event), rows)
        now = clock.now()
        about = {
            "workspace_id": pattern["workspace_id"],
            "endpoint_id": made["id"],
            "replay_id": "rpl_test",
            "lane": REPLAYED,
            "type": pattern["type"],
            "next_at": now,
            "created_at": now,
        }
        work.execute(
            insert(delivery),
            [
                {
                    **about,
                    "id": f"dlv_{id[4:]}",
                    "event_id": id,
                    "state": "succeeded" if number < ENDED else "waiting",
                    "finished_at": now if number < ENDED else None,
                }
                for number, id in enumerate(ids)
            ],
        )
        work.execute(text("SELECT pg_stat_force_next_flush()"))


def _read_whole(statements: list[Statement]) -> set[str]:
    """The tables that these statements read from end to end, of those that are large."""
    found = set()
    with system_unit("tests: plans") as work:
        for statement in statements:
            if not statement.sql.startswith(("SELECT", "WITH")) or statement.only_opens:
                continue
            explained = f"EXPLAIN (FORMAT JSON) {statement.sql}"
            plan = work.connection().exec_driver_sql(explained, statement.parameters).scalar_one()
            found |= set(_scans((plan if isinstance(plan, list) else orjson.loads(plan))[0]["Plan"]))
    return found & {"delivery", "event"}


def _scans(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] in ("Seq Scan", "Bitmap Heap Scan"):
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _scans(below)


@pytest.mark.postgres
def test_what_is_due_and_whether_there_is_room_is_read_in_the_order_of_the_index(
    cast: Cast, api: Api, pump: Pump
) -> None:
    """However many wait: what is read from the beginning of the table reads first all that has ended."""
    made = endpoint(cast, "http://127.0.0.1:9/")
    happen(cast)
    settle(pump)
    since = clock.rfc3339(clock.now() - timedelta(hours=1))
    assert api("admin").post(f"/webhook-endpoints/{made['id']}/replay", json={"since": since}).status_code == 202
    _seeded(made)
    assert statistics.refresh() > 0
    with watched() as found:
        pulse = feel_pulse([shard_of(made["id"])])
        pump._lay_out(pulse)
    assert pulse.ready
    assert pulse.replays
    assert any("OFFSET" in statement.sql for statement in found), "it was looked for room"
    assert _read_whole(found) == set()
