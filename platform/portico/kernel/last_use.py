"""When something was last used, collected in the process and written at most once a minute per row.

A GET must not write; losing a minute of this at a crash is accepted.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from portico.kernel import clock
from portico.kernel.errors import Unavailable
from portico.kernel.unit_of_work import system_unit

log = logging.getLogger("portico.last_use")
Writer = Callable[[dict[str, datetime]], None]
EVERY_SECONDS = 60.0

_writers: dict[str, Writer] = {}
_seen: dict[str, dict[str, datetime]] = {}
_lock = threading.Lock()


def writes(kind: str) -> Callable[[Writer], Writer]:
    """Register who writes the instants of one kind, in an open system unit."""

    def register(writer: Writer) -> Writer:
        _writers[kind] = writer
        return writer

    return register


def note(kind: str, key: str) -> None:
    """Remember that this was used just now."""
    with _lock:
        _seen.setdefault(kind, {})[key] = clock.now()


def flush() -> None:
    """Write what was collected. What the database does not take is kept for the next time."""
    with _lock:
        seen = {kind: dict(keys) for kind, keys in _seen.items() if keys}
        _seen.clear()
    if not seen:
        return
    try:
        with system_unit("last use: write what the process collected", write=True):
            for kind, keys in seen.items():
                _writers[kind](keys)
    except (SQLAlchemyError, Unavailable) as error:
        log.warning("When things were last used waits for the database: %s.", type(error).__name__)
        _keep(seen)


def _keep(seen: dict[str, dict[str, datetime]]) -> None:
    """Take back what was not written, behind what was noted since."""
    with _lock:
        for kind, keys in seen.items():
            _seen[kind] = {**keys, **_seen.get(kind, {})}


def flush_regularly() -> Callable[[], None]:
    """Flush in the background until the answered function is called, which flushes once more."""
    stopped = threading.Event()

    def loop() -> None:
        while not stopped.wait(EVERY_SECONDS):
            flush()

    threading.Thread(target=loop, name="last-use", daemon=True).start()

    def stop() -> None:
        stopped.set()
        flush()

    return stop
