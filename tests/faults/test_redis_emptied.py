"""Redis is emptied while jobs wait in it: the rows are the truth, and each job is done once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portico.domains.contacts import service as contacts
from portico.kernel import clock, jobs
from portico.kernel.jobs import Job
from portico.kernel.jobs.carrier import QUEUE
from tests.support.cast import Cast, make_cast
from tests.support.running import STARTED_WITHIN, WORKER, Portico
from tests.support.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.redis]
JOBS = 20


def _states(cast: Cast) -> list[tuple[str, int]]:
    with cast.reading() as work:
        found = work.execute(select(Job.state, Job.attempts).where(Job.workspace_id == cast.acme))
        return [(row.state, row.attempts) for row in found]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_jobs_that_an_emptied_redis_forgot_are_done_once(kind: str) -> None:
    with Portico(kind, with_redis=True) as portico:
        cast = make_cast()
        with cast.writing():
            contact = contacts.create_contact(cast.actor("agent"), {"display_name": "Zoë"})
        jobs.configure(portico.settings)
        # Enqueued a minute ago: what has been due for a while is swept by the worker as soon as it starts.
        with clock.held(clock.now() - timedelta(minutes=1)), cast.writing():
            for _ in range(JOBS):
                jobs.enqueue(cast.actor("agent"), "tickets.reindex_requester", contact_id=contact["id"])
        assert portico.redis().llen(f"rq:queue:{QUEUE}") == JOBS
        portico.redis().flushall()
        portico.start("worker", WORKER)
        finished = [("succeeded", 1)] * JOBS
        until(lambda: {state for state, _ in _states(cast)} == {"succeeded"}, STARTED_WITHIN, "the end of all jobs")
        assert _states(cast) == finished
