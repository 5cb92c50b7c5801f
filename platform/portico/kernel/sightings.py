"""Who looked at whose data: counted in the process and written every few seconds, so that reading never writes.

A crash loses what was counted since the last writing, at most `EVERY_SECONDS`; when the database does not answer, the
counts are kept and written later, up to `MOST` of them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Unavailable
from portico.kernel.unit_of_work import system_unit

EVERY_SECONDS = 5.0
MOST = 50_000
log = logging.getLogger("portico.sightings")


class Sighting(NamedTuple):
    """One reader, one object (or the empty string for many at once), one way of reading, one day."""

    workspace_id: str
    object_type: str
    object_id: str
    read_on: date
    reader_kind: str
    reader_id: str
    on_behalf_of: str
    way: str


Counts = Mapping[Sighting, tuple[int, datetime]]
Writer = Callable[[Counts], None]

_writer: Writer | None = None
_counts: dict[Sighting, tuple[int, datetime]] = {}
_lock = threading.Lock()


def writes(writer: Writer) -> Writer:
    """Register who adds the counts to the table, in an open system unit."""
    global _writer
    _writer = writer
    return writer


def note(actor: Actor, object_type: str, object_id: str = "", way: str = "one") -> None:
    """The actor read this object; with another way, a list of them. Looking at oneself, and the platform, do not
    count."""
    if actor.kind == "system" or (actor.kind == "employee" and object_id == actor.employee_id):
        return
    now = clock.now()
    behalf = (actor.employee_id or "") if actor.kind == "app_for_employee" else ""
    key = Sighting(actor.workspace_id, object_type, object_id, now.date(), actor.kind, actor.id, behalf, way)
    _add({key: (1, now)})


def _add(counts: Counts) -> None:
    with _lock:
        for key, (times, at) in counts.items():
            known = _counts.get(key)
            if known is not None:
                _counts[key] = (known[0] + times, max(known[1], at))
            elif len(_counts) < MOST:
                _counts[key] = (times, at)


def flush() -> None:
    """Write what was counted."""
    with _lock:
        counts = dict(_counts)
        _counts.clear()
    for workspace_id in sorted({key.workspace_id for key in counts}):
        _write({key: seen for key, seen in counts.items() if key.workspace_id == workspace_id})


def _write(counts: Counts) -> None:
    """Those of one workspace. What a workspace that is gone left behind is dropped, and holds nobody else up."""
    if _writer is None:
        return
    try:
        with system_unit("sightings: write who read what", write=True):
            _writer(counts)
    except IntegrityError:
        log.warning("Nobody is there any more for what was read: %d counts dropped.", len(counts))
    except (SQLAlchemyError, Unavailable) as error:
        log.warning("Who read what waits for the database: %s.", type(error).__name__)
        _add(counts)


def flush_regularly() -> Callable[[], None]:
    """Flush in the background until the answered function is called, which flushes once more."""
    stopped = threading.Event()

    def loop() -> None:
        while not stopped.wait(EVERY_SECONDS):
            flush()

    threading.Thread(target=loop, name="sightings", daemon=True).start()

    def stop() -> None:
        stopped.set()
        flush()

    return stop
