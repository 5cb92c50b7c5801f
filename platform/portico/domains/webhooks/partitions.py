"""The log of attempts, kept by the day: partitions are made a week ahead, and dropped when all in them is old.

Only PostgreSQL has them. The application owns no table there, so a function of the owner takes each step (see the
migration that made the table so). Each is a transaction of its own that waits half a second for its locks at most: the
pump goes on writing, and what could not be done is tried again by the next sweep. An attempt that fits no partition,
because nobody swept for a week or a clock jumped, lies in the default one and is swept from there in batches.
"""

from __future__ import annotations

import logging

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.exc import OperationalError

from portico.kernel import clock
from portico.kernel.db import Instant, database
from portico.kernel.unit_of_work import system_unit
from portico.settings import current as settings

DAYS_AHEAD = 7
log = logging.getLogger("portico.sweep")


def keep_ahead() -> int:
    """Make the partitions that are missing and drop those that are old. Answers how many steps it took."""
    if database().sqlite:
        return 0
    done = 0
    try:
        while (changed := _step()) is not None:
            log.info("kept the log of attempts", extra={"partition": changed})
            done += 1
    except OperationalError as error:
        log.warning("The log of attempts is kept later: %s.", type(error.orig).__name__)
    return done


def _step() -> str | None:
    step = func.portico_keep_attempts(
        cast(clock.now(), Instant()), cast(DAYS_AHEAD, Integer), cast(settings().attempts_kept_days, Integer)
    )
    with system_unit("sweep: partitions of the log of attempts", write=True) as work:
        changed: str | None = work.scalar(select(step))
    return changed
