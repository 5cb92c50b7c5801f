"""Names to addresses, in threads of our own, so that every answer is seen before one is dialled.

`getaddrinfo` cannot be cancelled: a name server that never answers holds a thread until the C library gives
up. Hence one lookup per name at a time, a bounded number of threads, and callers who walk away at their
deadline while the thread stays behind. The threads are daemons: they never delay the end of a process.

Some threads are kept free for names that were answered in time before: whoever points many names at a name server
that never answers holds up other such names and new ones, but not those of receivers that are well.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

DNS_S = 2.0
KEPT_S = 60.0
FAILURE_KEPT_S = 5.0
THREADS = 32
FOR_DOUBTFUL = 24
"""So many of them at most look up names that have not proved themselves."""
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


@dataclass(frozen=True, slots=True)
class _Known:
    """What the last lookup of a name brought, until when that is believed, and whether it came in time."""

    addresses: tuple[str, ...] = ()
    until: float = 0.0
    prompt: bool = False


class Resolver:
    """Looks names up in the background; remembers answers for a minute, failures for five seconds."""

    def __init__(self, tell: Tell, lookup: Lookup = system_addresses) -> None:
        self._tell = tell
        self._lookup = lookup
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}
        self._asked: set[str] = set()
        self._proved: deque[str] = deque()
        self._doubtful: deque[str] = deque()
        self._threads = self._on_doubtful = 0

    def remembered(self, host: str) -> tuple[str, ...] | None:
        """The addresses when they are known and fresh; empty when the name is known to have none."""
        known = self._known.get(host)
        return known.addresses if known is not None and known.until > time.monotonic() else None

    def ask(self, host: str) -> None:
        """Look the name up and tell; nothing happens when that is under way already."""
        with self._lock:
            if host in self._asked:
                return
            self._asked.add(host)
            queue = self._proved if self._known.get(host, _Known()).prompt else self._doubtful
            queue.append(host)
            if self._threads >= THREADS:
                return
            self._threads += 1
        threading.Thread(target=self._work, name="portico-dns", daemon=True).start()

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            host, doubtful = taken
            began = time.monotonic()
            addresses = self._look_up(host)
            self._remember(host, addresses, prompt=bool(addresses) and time.monotonic() - began < DNS_S)
            with self._lock:
                self._on_doubtful -= doubtful
            self._tell(host, addresses)

    def _next(self) -> tuple[str, bool] | None:
        """A name, and whether it is a doubtful one; None ends the thread."""
        with self._lock:
            if self._proved:
                return self._proved.popleft(), False
            if self._doubtful and self._on_doubtful < FOR_DOUBTFUL:
                self._on_doubtful += 1
                return self._doubtful.popleft(), True
            self._threads -= 1
            return None

    def _look_up(self, host: str) -> tuple[str, ...]:
        try:
            return tuple(self._lookup(host))
        except OSError:
            return ()

    def _remember(self, host: str, addresses: tuple[str, ...], *, prompt: bool) -> None:
        until = time.monotonic() + (KEPT_S if addresses else FAILURE_KEPT_S)
        with self._lock:
            if len(self._known) >= NAMES_KEPT:
                self._known.clear()
            self._known[host] = _Known(addresses, until, prompt)
            self._asked.discard(host)
