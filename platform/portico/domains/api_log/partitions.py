"""The log, kept by the day: partitions are made a week ahead, and dropped when all in them is old.

As for the attempts of webhooks: only PostgreSQL has them, a function of the owner takes each step in a transaction of
its own and gives up when a lock is not free, and what fits no partition lies in the default one and is swept
in batches.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import Integer, cast, delete, func, select, tuple_
from sqlalchemy.exc import OperationalError

from portico.domains.api_log.models import ApiRequest
from portico.kernel import clock
from portico.kernel.db import Instant, database
from portico.kernel.ids import least_id
from portico.kernel.unit_of_work import session, system_unit
from portico.settings import current as settings

DAYS_AHEAD = 7
BATCH = 500
log = logging.getLogger("portico.sweep")


def sweep() -> int:
    """Forget what has had its time, and make room for what comes. Answers how many rows went; a partition is one."""
    done = 0
    try:
        while not database().sqlite and (changed := _step()) is not None:
            log.info("kept the API log", extra={"partition": changed})
            done += 1
    except OperationalError as error:
        log.warning("The API log is kept later: %s.", type(error.orig).__name__)
    while (gone := _forget()) == BATCH:
        done += gone
    return done + gone


def _step() -> str | None:
    step = func.portico_keep_api_requests(
        cast(clock.now(), Instant()), cast(DAYS_AHEAD, Integer), cast(settings().api_log_kept_days, Integer)
    )
    with system_unit("sweep: partitions of the API log", write=True) as work:
        changed: str | None = work.scalar(select(step))
    return changed


def _forget() -> int:
    """One batch of those that no partition took along. Looked for without the lock that writers wait for."""
    oldest = clock.now() - timedelta(days=settings().api_log_kept_days)
    bound = least_id("req", oldest.replace(hour=0, minute=0, second=0, microsecond=0))
    old = select(ApiRequest.workspace_id, ApiRequest.id).where(ApiRequest.id < bound).limit(BATCH)
    with system_unit("sweep: find requests that have had their time"):
        which = [(row.workspace_id, row.id) for row in session().execute(old)]
    if which:
        key = tuple_(ApiRequest.workspace_id, ApiRequest.id)
        with system_unit("sweep: requests that have had their time", write=True):
            session().execute(delete(ApiRequest).where(key.in_(which), ApiRequest.id < bound))
    return len(which)
