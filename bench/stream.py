"""The stream with 1,000 listeners: memory, and from the commit to the last listener; beside a bare ASGI app."""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import _support

from portico.domains.contacts.events import CONTACT_CREATED
from portico.domains.identity import service as identity
from portico.kernel import bell
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import unit
from tests.support.cast import Cast, make_cast
from tests.support.running import STARTED_WITHIN, Portico, Process, free_ports, responds
from tests.support.waiting import until

SETTLE_S = 3.0
LOST_AFTER_S = 60.0
FLOOR = str(Path(__file__).with_name("_stream_floor.py"))


class Crowd:
    """Listeners on one loop; each event holds when it was committed, and each listener notes how late it came."""

    def __init__(self, port: int, path: str, tokens: list[str]) -> None:
        self._port, self._path, self._tokens = port, path, tokens
        self.connected = 0
        self.late: list[float] = []
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def gather(self) -> None:
        for start in range(0, len(self._tokens), 50):
            await asyncio.gather(*(self._connect(token) for token in self._tokens[start : start + 50]))

    async def _connect(self, token: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(
            f"GET {self._path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode("latin-1")
        )
        status = await reader.readline()
        if b" 200 " not in status:
            raise SystemExit(f"{status!r} {await reader.read(1000)!r}")
        while await reader.readline() != b"\r\n":
            pass
        self.connected += 1
        self._writers.append(writer)
        self._tasks.append(asyncio.create_task(self._listen(reader)))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"data: ") and b'"sent:' in line:
                now = time.time()
                sent = float(line.partition(b'"sent:')[2].partition(b'"')[0])
                self.late.append(now - sent)

    async def heard(self, count: int) -> None:
        ends = time.monotonic() + LOST_AFTER_S
        while len(self.late) < count:
            if time.monotonic() > ends:
                raise SystemExit(f"only {len(self.late)} of {count} were heard after {LOST_AFTER_S:g} s")
            await asyncio.sleep(0.01)

    def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.close()


def resident(process: Process | subprocess.Popen[bytes]) -> float:
    """Megabytes."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)


def make_tokens(cast: Cast, count: int) -> list[str]:
    """One each: a thousand listeners are a thousand credentials to look at."""
    actor: Actor = cast.actor("admin")
    with unit(actor.workspace_id, write=True):
        return [
            identity.create_token(actor, name=f"bench {n}", scopes=actor.scopes, life=timedelta(days=1))
            for n in range(count)
        ]


def happen(cast: Cast) -> None:
    with unit(cast.acme, write=True):
        # The commit follows at once; its time is part of what is measured.
        subject = {"id": new_id("con"), "display_name": f"sent:{time.time():.6f}", "version": 1}
        emit(cast.system(), CONTACT_CREATED, subject)


async def measure(process: Process, crowd: Crowd, rounds: int, tell: Any) -> dict[str, Any]:
    empty = resident(process)
    await crowd.gather()
    await asyncio.sleep(SETTLE_S)
    idle = resident(process)
    before, at = _support.cpu_seconds(process.pid), time.monotonic()
    await asyncio.sleep(10)
    idle_cpu = (_support.cpu_seconds(process.pid) - before) / (time.monotonic() - at)
    for number in range(rounds):
        await asyncio.to_thread(tell)
        await crowd.heard((number + 1) * crowd.connected)
        await asyncio.sleep(0.2)
    found = {
        "listeners": crowd.connected,
        "empty_mb": empty,
        "idle_mb": idle,
        "kb_per_listener": round((idle - empty) * 1000 / crowd.connected, 1),
        "after_mb": resident(process),
        "idle_cpu_percent": round(idle_cpu * 100, 1),
        "from_emit_to_listener": _support.summary(crowd.late),
    }
    crowd.leave()
    return found


def portico_figures(kind: str, listeners: int, rounds: int) -> dict[str, Any]:
    with Portico(kind) as portico:
        cast = make_cast()
        tokens = make_tokens(cast, listeners)
        # In `portico up` this process holds the pump too; here it is alone.
        port = free_ports(1)[0]
        program = str(Path(sys.executable).with_name("portico"))
        process = portico.start("stream", (program, "stream", "--port", str(port)))
        until(lambda: responds(f"http://127.0.0.1:{port}/healthz"), within=STARTED_WITHIN, what="the streams")
        bell.configure(portico.settings, portico.database)  # this process commits, and rings as the web would
        crowd = Crowd(port, "/events?types=contact.*", tokens)
        return asyncio.run(measure(process, crowd, rounds, lambda: happen(cast)))


def floor_figures(listeners: int, rounds: int) -> dict[str, Any]:
    """The same server with an app that holds the connections, asks nobody and sends to all what it is told."""
    port = free_ports(1)[0]
    with closing(_Floor(port)) as floor:
        crowd = Crowd(port, "/events", ["none"] * listeners)
        return asyncio.run(measure(floor.process, crowd, rounds, floor.tell))


class _Floor:
    def __init__(self, port: int) -> None:
        self.process: Any = subprocess.Popen(
            [sys.executable, FLOOR, str(port)], stdin=subprocess.PIPE, start_new_session=True
        )
        until(lambda: responds(f"http://127.0.0.1:{port}/"), what="the floor")

    def tell(self) -> None:
        self.process.stdin.write(json.dumps({"id": "x", "display_name": f"sent:{time.time():.6f}"}).encode() + b"\n")
        self.process.stdin.flush()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * asked.listeners)), hard))
    machine = _support.machine()
    figures: dict[str, Any] = {}
    for kind in ("postgres", "sqlite"):
        if asked.only in (None, kind):
            _support.say(f"{kind}: {asked.listeners} listeners …")
            figures[kind] = portico_figures(kind, asked.listeners, asked.rounds)
    _support.say("the floor …")
    figures["floor"] = floor_figures(asked.listeners, asked.rounds)
    _support.report(machine, figures)


if __name__ == "__main__":
    main()
