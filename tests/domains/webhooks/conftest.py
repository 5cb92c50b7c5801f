"""A receiver that answers as it is told, and a pump that holds the lease."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portico.domains.webhooks.pump import Pump
from portico.kernel import db
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import DEMO


@pytest.fixture
def receiver() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


@pytest.fixture
def pump(database: db.Database) -> Iterator[Pump]:
    made = Pump(DEMO, deadline_s=5)
    assert made.take()
    yield made
    made.close(0)
