"""A connection that ends at a commit does not say whether it was one. Whatever the pump had committed so, nothing of it
is lost, and nothing is told twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from portico.domains.webhooks.models import Attempt, Delivery, LivingPump, PumpLease
from portico.domains.webhooks.pump import Pump
from portico.domains.webhooks.pump.shards import LEASES
from portico.kernel import clock, db, unit_of_work
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import DEMO, column, endpoint, happen, settle

pytestmark = pytest.mark.both_databases
Lose = Callable[[str], None]


@pytest.fixture
def lose_the_answer(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> Lose:
    """The next unit of this reason is committed, and its connection ends before the answer."""
    dialect = database.engine.dialect
    commit = dialect.do_commit

    def lose(reason: str) -> None:
        def committed(connection: Any) -> None:
            commit(connection)
            if unit_of_work.is_open() and unit_of_work.current().reason == reason:
                monkeypatch.setattr(dialect, "do_commit", commit)
                raise dialect.loaded_dbapi.OperationalError("the connection has ended")

        monkeypatch.setattr(dialect, "do_commit", committed)

    return lose


def test_what_was_claimed_is_sent(cast: Cast, pump: Pump, receiver: LoopbackServer, lose_the_answer: Lose) -> None:
    endpoint(cast, receiver.url())
    happen(cast)
    lose_the_answer("pump: claim deliveries")
    with pytest.raises(OperationalError):
        pump.step()
    assert column(cast, Delivery, "state") == ["sending"]
    assert not pump.in_flight
    settle(pump)
    assert len(receiver.received) == 1
    assert column(cast, Delivery, "state") == ["succeeded"]


def test_what_was_written_is_not_written_again(
    cast: Cast, pump: Pump, receiver: LoopbackServer, lose_the_answer: Lose
) -> None:
    endpoint(cast, receiver.url())
    happen(cast)
    lose_the_answer("pump: write results")
    with pytest.raises(OperationalError):
        settle(pump)
    assert column(cast, Delivery, "state") == ["succeeded"]
    settle(pump)
    assert len(receiver.received) == 1
    assert column(cast, Attempt, "number") == [1]
    assert not pump.in_flight


def test_a_life_that_began_goes_on_with_the_shards_that_it_got(database: db.Database, lose_the_answer: Lose) -> None:
    beginning = Pump(DEMO)
    lose_the_answer("pump: bury the dead, take free shards")
    with pytest.raises(OperationalError):
        beginning.take()
    assert beginning.take()
    assert beginning.lease.held.keys() == set(LEASES)
    with system_unit("tests: who lives, and what is whose") as work:
        assert list(work.scalars(select(LivingPump.holder))) == [beginning.lease.holder]
        rows = work.execute(select(PumpLease.name, PumpLease.fencing))
        assert {row.name: row.fencing for row in rows} == beginning.lease.held
    beginning.close(0)


@pytest.mark.postgres
def test_one_that_is_stopped_while_it_writes_does_not_stop_the_others(database: db.Database) -> None:
    stopped, other = Pump(DEMO), Pump(DEMO)
    assert stopped.take()
    with database.writing.begin() as writing:
        row = select(func.set_config("role", "portico_system", True))
        writing.execute(row)
        mine = LivingPump.holder == stopped.lease.holder
        writing.execute(select(LivingPump.holder).where(mine).with_for_update(read=True, key_share=True))
        with system_unit("tests: its time is over", write=True) as work:
            work.execute(update(LivingPump).where(mine).values(expires_at=clock.now()))
        assert not other.take(), "it looks again later, and has not waited"
    assert other.take()
    assert other.lease.held.keys() == set(LEASES)
    other.close(0)
