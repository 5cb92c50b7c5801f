"""The process of `portico stream`: the server, the bell that wakes it, and what it notes for others."""

from __future__ import annotations

import signal
import threading

from portico import monitor
from portico.kernel import last_use, sightings
from portico.kernel.bell_listening import BellListener
from portico.settings import Settings
from portico.stream.serving import StreamServer


class _Ending:
    def __init__(self) -> None:
        self.asked = threading.Event()
        self.failed = False

    def fail(self) -> None:
        self.failed = True
        self.asked.set()


def serve(here: Settings, host: str, port: int) -> int:
    """Until SIGINT or SIGTERM; answers the exit code."""
    ending = _Ending()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.asked.set())
    server = StreamServer(here, host, port, failed=ending.fail)
    listener = BellListener(here, server.wake, server.hear)
    stop_noting = [last_use.flush_regularly(), sightings.flush_regularly()]
    watched = monitor.serve_own(here, dict)
    server.start()
    listener.start()
    # With a timeout, so that signals are handled on every platform.
    while not ending.asked.wait(0.5):
        pass
    server.stop()
    listener.stop()
    if watched is not None:
        watched.shutdown()
    for stop in stop_noting:
        stop()
    return 1 if ending.failed else 0
