"""Stream processes that die, readers that do not read, and two processes on one PostgreSQL: nothing is missed."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.cast import Cast, make_cast
from tests.support.listening import Heard, listening
from tests.support.pumping import happen
from tests.support.running import STARTED_WITHIN, Portico, Process, free_ports, responds
from tests.support.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.postgres]
EVENTS = 100
LARGE, LARGE_ONES = "x" * 100_000, 100


class Streams:
    """A PostgreSQL with a company in it, and two stream processes."""

    def __init__(self, portico: Portico) -> None:
        self.cast: Cast = make_cast()
        self.token = self.cast.token("admin")
        self.ports = free_ports(2)
        program = str(Path(sys.executable).with_name("portico"))
        self.processes = [
            portico.start(f"stream-{port}", (program, "stream", "--port", str(port))) for port in self.ports
        ]
        for port in self.ports:
            until(
                lambda port=port: responds(f"http://127.0.0.1:{port}/healthz"),  # type: ignore[misc]
                within=STARTED_WITHIN,
                what=f"an answer of the streams: {portico.log(f'stream-{port}')}",
            )

    def url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.ports[number]}/events"


@pytest.fixture(scope="module")
def running() -> Iterator[Streams]:
    with Portico("postgres") as portico:
        yield Streams(portico)


def test_a_reader_that_does_not_read_costs_nobody_anything(running: Streams) -> None:
    with _deaf(running.url(0), running.token), listening(running.url(0), running.token) as ear:
        ear.frame()
        before = _resident(running.processes[0])
        made = [happen(running.cast, display_name=LARGE) for _ in range(LARGE_ONES)]
        assert [one.data["id"] for one in ear.take(LARGE_ONES)] == made
        grown = _resident(running.processes[0]) - before
    assert grown < 40, "10 MB of events wait in the database for whoever does not take them"


def test_a_death_leaves_no_gap_and_no_duplicate(running: Streams) -> None:
    """Two processes on one database; the one that is listened to dies, and the other goes on where it was."""
    heard: list[Heard] = []
    with listening(running.url(1), running.token, query="types=contact.*") as other:
        other.frame()
        with listening(running.url(0), running.token, query="types=contact.*") as ear:
            ear.frame()
            made = [happen(running.cast) for _ in range(EVENTS)]
            heard += ear.take(EVENTS // 3)
            running.processes[0].kill()
        made += [happen(running.cast) for _ in range(EVENTS)]
        with listening(running.url(1), running.token, query="types=contact.*", last_id=heard[-1].id) as ear:
            heard += ear.take(len(made) - len(heard))
        assert [one.data["id"] for one in heard] == made
        assert [one.data["id"] for one in other.take(len(made))] == made, "who listened to the other heard it all"


def _deaf(url: str, token: str) -> socket.socket:
    """A connection that asks for the stream and reads nothing of it."""
    parts = urlsplit(url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((parts.hostname or "", parts.port))
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    connection.sendall(request.encode())
    assert connection.recv(15) == b"HTTP/1.1 200 OK"
    return connection


def _resident(process: Process) -> float:
    """Megabytes."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6
