"""Names to addresses, in threads of our own, so that every answer is seen before one is dialled.

`getaddrinfo` cannot be cancelled: a name server that never answers holds a thread until the C library gives
up. Hence one lookup per name at a time, a bounded number of threads, and callers who walk away at their
deadline while the thread stays behind. The threads are daemons: they never delay the end of a process.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

DNS_S = 2.0
KEPT_S = 60.0
FAILURE_KEPT_S = 5.0
THREADS = 32
NAMES_KEPT = 8192

Lookup = Callable[[str], Sequence[str]]
"""A name to its addresses; raises OSError when there are none."""

Tell = Callable[[str, tuple[str, ...]], None]
"""Called from another thread with a name and its addresses; none means that the name has none."""


def system_addresses(host: str) -> Sequence[str]:
    """The addresses of the system's resolver, in the order of RFC 6724."""
    # Bytes, because text would pass Python's IDNA codec, which raises errors of its own.
    found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Resolver:
    """Looks names up in the background; remembers answers for a minute, failures for five seconds."""

    def __init__(self, tell: Tell, lookup: Lookup = system_addresses) -> None:
        self._tell = tell
        self._lookup = lookup
        self._lock = threading.Lock()
        self._known: dict[str, tuple[tuple[str, ...], float]] = {}
        self._asked: set[str] = set()
        self._queue: deque[str] = deque()
        self._threads = 0

    def remembered(self, host: str) -> tuple[str, ...] | None:
        """The addresses when they are known and fresh; empty when the name is known to have none."""
        addresses, until = self._known.get(host, ((), 0.0))
        return addresses if until > time.monotonic() else None

    def ask(self, host: str) -> None:
        """Look the name up and tell; nothing happens when that is under way already."""
        with self._lock:
            if host in self._asked:
                return
            self._asked.add(host)
            self._queue.append(host)
            if self._threads >= THREADS:
                return
            self._threads += 1
        threading.Thread(target=self._work, name="portico-dns", daemon=True).start()

    def _work(self) -> None:
        while (host := self._next()) is not None:
            addresses = self._look_up(host)
            self._remember(host, addresses)
            self._tell(host, addresses)

    def _next(self) -> str | None:
        with self._lock:
            if self._queue:
                return self._queue.popleft()
            self._threads -= 1
            return None

    def _look_up(self, host: str) -> tuple[str, ...]:
        try:
            return tuple(self._lookup(host))
        except OSError:
            return ()

    def _remember(self, host: str, addresses: tuple[str, ...]) -> None:
        until = time.monotonic() + (KEPT_S if addresses else FAILURE_KEPT_S)
        with self._lock:
            if len(self._known) >= NAMES_KEPT:
                self._known.clear()
            self._known[host] = (addresses, until)
            self._asked.discard(host)
