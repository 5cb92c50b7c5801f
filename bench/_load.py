"""A load client that costs little: keep-alive sockets in one thread, one request in flight on each.

    python _load.py < {"port", "connections", "seconds", "warm_up", "request", "first"}   → {"done", "errors", …}

`request` is the raw HTTP/1.1 request with `%(n)08d` where each has a number of its own; the numbers begin at `first`.
Runs as a process, so that measuring shares no interpreter with what is measured.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from typing import Any

HEAD_END = b"\r\n\r\n"


def complete(buffer: bytes) -> tuple[bool, bytes]:
    """Whether a whole answer is there, and its status."""
    head, separator, body = buffer.partition(HEAD_END)
    if not separator:
        return False, b""
    at = head.lower().find(b"content-length:")
    if at < 0:
        raise ValueError(f"an answer without a length: {head[:200]!r}")
    return len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0]), head[9:12]


class Load:
    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.number = spec["first"]
        self.template = spec["request"].replace("\n", "\r\n")
        self.done = self.errors = 0
        self.statuses: dict[str, int] = {}
        self.latencies: list[float] = []

    def request(self) -> bytes:
        """The next one, its length counted."""
        head, _, body = self.template.partition("\r\n\r\n")
        text = body.replace("%(n)08d", f"{self.number:08d}")
        self.number += 1
        return f"{head.replace('%(length)d', str(len(text)))}\r\n\r\n{text}".encode()

    def run(self) -> dict[str, Any]:
        with selectors.DefaultSelector() as ready:
            for _ in range(self.spec["connections"]):
                one = socket.create_connection(("127.0.0.1", self.spec["port"]))
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                ready.register(one, selectors.EVENT_READ, [b"", self._send(one)])
            elapsed = self._turn(ready, time.perf_counter() + self.spec["seconds"])
        return {
            "done": self.done,
            "elapsed": elapsed,
            "next": self.number,
            "statuses": self.statuses,
            "latencies": self.latencies,
        }

    def _send(self, one: socket.socket) -> float:
        one.sendall(self.request())
        return time.perf_counter()

    def _turn(self, ready: selectors.BaseSelector, until: float) -> float:
        """Until the time is over and the last answer is in."""
        began = time.perf_counter()
        flying = self.spec["connections"]
        while flying:
            for key, _ in ready.select(10):
                state: list[Any] = key.data
                one: Any = key.fileobj
                chunk = one.recv(1 << 17)
                if not chunk:
                    raise ConnectionError("the server hung up")
                state[0] += chunk
                whole, status = complete(state[0])
                if whole:
                    flying -= self._note(one, state, status.decode(), until)
        return time.perf_counter() - began

    def _note(self, one: socket.socket, state: list[Any], status: str, until: float) -> int:
        now = time.perf_counter()
        self.done += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.latencies.append(now - state[1])
        if now >= until:
            return 1
        state[0], state[1] = b"", self._send(one)
        return 0


if __name__ == "__main__":
    json.dump(Load(json.load(sys.stdin)).run(), sys.stdout)
