"""What the pump asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from portico.domains.webhooks.pump import Pump
from portico.kernel import db
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import endpoint, happen, settle

pytestmark = pytest.mark.both_databases


@contextmanager
def _statements(database: db.Database) -> Iterator[list[str]]:
    """Every statement but those that open a transaction."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "SELECT set_config")):
            found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def test_an_idle_pump_asks_one_question_a_turn(cast: Cast, pump: Pump, database: db.Database) -> None:
    endpoint(cast, "http://127.0.0.1:9/")
    settle(pump)
    with _statements(database) as found:
        assert not pump.step()
    assert len(found) == 1


def test_the_cost_of_a_turn_does_not_grow_with_the_backlog(
    cast: Cast, pump: Pump, receiver: LoopbackServer, database: db.Database
) -> None:
    endpoint(cast, receiver.url())
    for _ in range(40):
        happen(cast)
    while not pump.in_flight:
        pump.step()
    with _statements(database) as found:
        pump.step()
    assert len(found) < 15
    settle(pump)
    assert len(receiver.received) == 40
