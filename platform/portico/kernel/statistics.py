"""What PostgreSQL believes about the size of tables. It looks once a minute itself, and in its first minutes a busy
table grows from nothing to a hundred thousand rows: until then foreign keys and all that is planned once are checked by
plans for an empty table, which read all of it. So whoever adds many rows asks to have a new look (`Refreshing`)."""

from __future__ import annotations

import logging
import threading

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from portico.kernel.db import database
from portico.kernel.errors import Unavailable
from portico.kernel.unit_of_work import system_unit

FIRST, RAREST = 100, 100_000
"""After so many new rows it is asked first, then each time after twice as many; in the end as rarely as that."""
log = logging.getLogger("portico.statistics")


def refresh() -> int:
    """Have each table looked at that has changed by more than twice what it held. Answers how many; 0 on SQLite, which
    plans anew each time."""
    if database().sqlite:
        return 0
    with system_unit("statistics: tables that have grown quickly", write=True) as work:
        return work.scalar(select(func.portico_refresh_statistics())) or 0


class Refreshing:
    """A thread that asks, so that nobody waits for it. `grew` says what was added."""

    def __init__(self) -> None:
        self._rows, self._due = 0, FIRST
        self._wanted = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="statistics", daemon=True)

    def grew(self, rows: int) -> None:
        """From one thread."""
        self._rows += rows
        if self._rows >= self._due:
            self._rows, self._due = 0, min(RAREST, 2 * self._due)
            self._wanted.set()

    def __enter__(self) -> Refreshing:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._wanted.set()
        self._thread.join()

    def _run(self) -> None:
        while self._wanted.wait() and not self._stopping:
            self._wanted.clear()
            try:
                done = refresh()
            except (SQLAlchemyError, Unavailable) as error:
                log.warning("Tables are looked at later: %s.", type(error).__name__)
            else:
                log.info("looked at tables that have grown", extra={"count": done})
