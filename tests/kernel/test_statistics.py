"""Tables that grow quickly are looked at anew, by whoever adds the rows."""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import ProgrammingError

from portico.kernel import statistics
from portico.kernel.events import Event
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit, unit
from tests.support.cast import Cast
from tests.support.pumping import happen
from tests.support.waiting import until

pytestmark = pytest.mark.postgres


def _grow(count: int) -> None:
    event = Event.__table__
    with system_unit("tests: very many events", write=True) as work:
        pattern = dict(work.execute(select(event).order_by(event.c.seq.desc()).limit(1)).mappings().one())
        first = pattern["seq"] + 1
        rows = [{**pattern, "id": new_id("evt"), "seq": first + place, "fanned_out": True} for place in range(count)]
        work.execute(insert(event), rows)
        work.execute(text("SELECT pg_stat_force_next_flush()"))


def _believed() -> int:
    with system_unit("tests: what PostgreSQL believes") as work:
        return int(work.scalar(text("SELECT reltuples FROM pg_class WHERE oid = 'event'::regclass")) or 0)


def test_a_table_that_has_grown_is_looked_at_once(cast: Cast) -> None:
    happen(cast)
    _grow(400)
    assert statistics.refresh() > 0
    assert _believed() > 400
    before = _believed()
    _grow(10)
    statistics.refresh()
    assert _believed() == before


def test_a_thread_does_it_when_enough_was_added(cast: Cast) -> None:
    happen(cast)
    _grow(400)
    with statistics.Refreshing() as refreshing:
        refreshing.grew(statistics.FIRST - 1)
        refreshing.grew(1)
        until(lambda: _believed() > 400, what="a look at the table")


def test_the_web_may_not(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), unit(cast.acme, write=True) as work:
        work.scalar(select(func.portico_refresh_statistics()))
