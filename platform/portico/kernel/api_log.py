"""The log of what apps ask of the API: gathered in the process and written every few seconds, off the request's path.

A crash loses what was gathered since the last writing, at most `EVERY_SECONDS`. Memory has a bound: what comes while
`MOST` wait is dropped and counted. When the database does not answer, what was gathered is kept within that bound and
written later; writing it twice changes nothing, because each call has its id from here.

It holds no body, no token, no value of a query, and of paths the ids alone.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from portico.kernel import metrics
from portico.kernel.errors import Unavailable
from portico.kernel.unit_of_work import system_unit

EVERY_SECONDS = 2.0
MOST = 10_000
BATCH = 500
DROPPED = metrics.counter(
    "portico_api_log_dropped_total",
    "Calls of apps that are missing in the API log, by why: full (too many waited), refused (the database took none).",
    "why",
)
log = logging.getLogger("portico.api_log")


@dataclass(slots=True)
class Call:
    """One call of an app. The names are those of the table."""

    id: str
    workspace_id: str
    installation_id: str
    app_id: str
    employee_id: str | None
    given_id: str | None
    at: datetime | str
    method: str
    operation: str
    route: str
    path: str
    query_keys: Sequence[str] | None
    status: int
    code: str | None
    errors: list[dict[str, str]] | None
    duration_ms: int
    scopes_needed: Sequence[str]
    scopes_held: Sequence[str]
    user_agent: str | None
    rate_limit: str | None
    rate_limit_policy: str | None
    replayed: bool


Writer = Callable[[Sequence[Call]], None]

_writer: Writer | None = None
_waiting: deque[Call] = deque()
_collecting = False


def writes(writer: Writer) -> Writer:
    """Register who adds calls to the table, in an open system unit."""
    global _writer
    _writer = writer
    return writer


def collect(yes: bool = True) -> None:
    """Whether this process gathers calls: where nobody writes them, nobody shall keep them."""
    global _collecting
    _collecting = yes
    if not yes:
        _waiting.clear()


def collecting() -> bool:
    return _collecting


def note(call: Call) -> None:
    """Remember a call for the next writing."""
    if len(_waiting) >= MOST:
        DROPPED.labels("full").inc()
        return
    _waiting.append(call)


def flush() -> None:
    """Write what was gathered until now, in batches."""
    for _ in range(0, len(_waiting), BATCH):
        calls = list(islice(_waiting, BATCH))
        if not calls or not _written(calls):
            return
        for _call in calls:
            _waiting.popleft()


def _written(calls: Sequence[Call]) -> bool:
    """Whether these need not be written again."""
    if _writer is None:
        return True
    try:
        with system_unit("api log: write what apps asked", write=True, durable=False):
            _writer(calls)
    except (OperationalError, NoConnectionFree, Unavailable) as error:
        log.warning("The API log waits for the database: %s.", type(error).__name__)
        return False
    except DBAPIError as error:
        if error.connection_invalidated:
            return False
        DROPPED.labels("refused").inc(len(calls))
        log.warning("The database refused %d calls of the API log: %s.", len(calls), str(error.orig)[:300])
    return True


def flush_regularly() -> Callable[[], None]:
    """Gather, and flush in the background, until the answered function is called, which flushes once more."""
    stopped = threading.Event()
    collect()

    def loop() -> None:
        while not stopped.wait(EVERY_SECONDS):
            flush()

    threading.Thread(target=loop, name="api-log", daemon=True).start()

    def stop() -> None:
        stopped.set()
        flush()

    return stop


def waiting() -> list[Any]:
    """What was gathered and is not written."""
    return list(_waiting)
