"""The streams in this process, on the database of the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portico.kernel import db
from portico.settings import Settings
from portico.stream.pace import Pace
from portico.stream.serving import StreamServer, address
from tests.support.running import free_ports, responds
from tests.support.waiting import until


@pytest.fixture
def here(settings: Settings, database: db.Database) -> Settings:
    return replace(settings, streams_url=f"http://127.0.0.1:{free_ports(1)[0]}", limits_factor=1.0)


@pytest.fixture
def streams(here: Settings) -> Iterator[StreamServer]:
    failures: list[str] = []
    server = StreamServer(
        here,
        *address(here),
        failed=lambda: failures.append("the server ended by itself"),
        pace=Pace(heartbeat_s=0.3, power_s=0.2),
    )
    server.start()
    until(lambda: responds(f"{here.streams_url}/healthz"), what="an answer of the streams")
    yield server
    server.stop()
    assert failures == []


@pytest.fixture
def events_url(streams: StreamServer, here: Settings) -> str:
    return f"{here.streams_url}/events"
