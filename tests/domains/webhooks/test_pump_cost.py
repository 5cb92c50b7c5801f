"""What the pump asks of the database."""

from __future__ import annotations

import pytest

from portico.domains.webhooks.pump import Pump
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import endpoint, happen, settle
from tests.support.statements import Statement, watched

pytestmark = pytest.mark.both_databases


def _asked(statements: list[Statement]) -> int:
    return len([statement for statement in statements if not statement.only_opens])


def test_an_idle_pump_asks_one_question_a_turn(cast: Cast, pump: Pump) -> None:
    endpoint(cast, "http://127.0.0.1:9/")
    settle(pump)
    with watched() as found:
        assert not pump.step()
    assert _asked(found) == 1


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
