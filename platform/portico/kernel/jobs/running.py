"""Enqueueing, claiming, running and sweeping of jobs."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Refusal
from portico.kernel.ids import new_id
from portico.kernel.jobs import carrier
from portico.kernel.jobs.kinds import JOB_KINDS, JobKind
from portico.kernel.jobs.models import Job
from portico.kernel.unit_of_work import after_commit, session, system_unit, unit

LEASE = timedelta(minutes=5)
RETRY_FIRST = timedelta(seconds=5)
RETRY_LONGEST = timedelta(hours=1)
log = logging.getLogger("portico.jobs")


class JobLost(RuntimeError):
    """A later try has taken the job: this one must not go on."""


@dataclass(frozen=True, slots=True)
class Running:
    """The try that runs on this thread."""

    workspace_id: str
    job_id: str
    attempt: int

    def report(self, done: int, total: int | None) -> None:
        """Say how far it is, in the open unit, and keep the lease. Raises JobLost."""
        kept = session().execute(
            update(Job)
            .where(Job.workspace_id == self.workspace_id, Job.id == self.job_id)
            .where(Job.attempts == self.attempt, Job.state == "running")
            .values(done=done, total=total, due_at=clock.now() + LEASE)
            .returning(Job.id)
        )
        if kept.one_or_none() is None:
            raise JobLost()


_running: ContextVar[Running | None] = ContextVar("portico_job", default=None)


def running() -> Running:
    """The try that runs here, for jobs that report how far they are."""
    here = _running.get()
    if here is None:
        raise RuntimeError("No job runs here.")
    return here


def enqueue(actor: Actor, kind: str, *, asked_by: str | None = None, **args: Any) -> str:
    """Write the job's row in the open unit; it is carried after the commit. Answers the job's id. `asked_by` is the
    caller key of who may see it."""
    if kind not in JOB_KINDS:
        raise LookupError(f"There is no job kind {kind!r}; `portico list jobs` shows them.")
    row = Job(workspace_id=actor.workspace_id, id=new_id("job"), kind=kind, args=args, asked_by=asked_by)
    session().add(row)
    workspace_id, job_id = row.workspace_id, row.id
    after_commit(lambda: carrier.carry(workspace_id, job_id))
    return job_id


def _claim(workspace_id: str, job_id: str) -> tuple[JobKind, dict[str, Any], int] | None:
    """Take the job by a conditional update; None when another has it or it is finished."""
    now = clock.now()
    with unit(workspace_id, write=True) as work:
        row = work.execute(
            update(Job)
            .where(Job.workspace_id == workspace_id, Job.id == job_id)
            .where(Job.state.in_(("queued", "running")), Job.due_at <= now)
            .values(state="running", attempts=Job.attempts + 1, due_at=now + LEASE)
            .returning(Job.kind, Job.args, Job.attempts)
        ).one_or_none()
    return None if row is None else (JOB_KINDS[row.kind], row.args, row.attempts)


def _finish(workspace_id: str, job_id: str, attempt: int, **values: Any) -> None:
    """Write the outcome, unless a later try has taken the job meanwhile."""
    session().execute(
        update(Job)
        .where(
            Job.workspace_id == workspace_id,
            Job.id == job_id,
            Job.attempts == attempt,
            Job.state == "running",
        )
        .values(**values)
    )


def perform(workspace_id: str, job_id: str) -> bool:
    """Run one job now. Answers whether it was ours to run. A failed try is queued again, then failed for good."""
    claimed = _claim(workspace_id, job_id)
    if claimed is None:
        return False
    kind, args, attempt = claimed
    token = _running.set(Running(workspace_id, job_id, attempt))
    try:
        if kind.own_units:
            result = kind.run(system(workspace_id), **args)
            with unit(workspace_id, write=True):
                _succeed(workspace_id, job_id, attempt, result)
        else:
            with unit(workspace_id, write=True):
                _succeed(workspace_id, job_id, attempt, kind.run(system(workspace_id), **args))
    except Exception as error:  # the edge: whatever a job raises is recorded on its row and tried again
        log.exception("job failed", extra={"job_id": job_id, "kind": kind.name})
        _fail(workspace_id, job_id, kind, attempt, error)
    finally:
        _running.reset(token)
    return True


def _succeed(workspace_id: str, job_id: str, attempt: int, result: dict[str, Any] | None) -> None:
    _finish(workspace_id, job_id, attempt, state="succeeded", result=result, error=None, finished_at=clock.now())


def _fail(workspace_id: str, job_id: str, kind: JobKind, attempt: int, error: Exception) -> None:
    message = error.detail if isinstance(error, Refusal) else type(error).__name__
    last = attempt >= kind.tries
    pause = min(RETRY_FIRST * 2 ** (attempt - 1), RETRY_LONGEST)
    with unit(workspace_id, write=True):
        _finish(
            workspace_id,
            job_id,
            attempt,
            state="failed" if last else "queued",
            error=message,
            due_at=clock.now() + pause,
            finished_at=clock.now() if last else None,
        )


def _due(limit: int, older_than: timedelta) -> list[tuple[str, str]]:
    with system_unit("jobs: find due work of all workspaces") as work:
        rows = work.execute(
            select(Job.workspace_id, Job.id)
            .where(Job.state.in_(("queued", "running")), Job.due_at <= clock.now() - older_than)
            .order_by(Job.due_at)
            .limit(limit)
        )
        return [(row.workspace_id, row.id) for row in rows]


def drain(limit: int = 50) -> int:
    """Run due jobs here, one after the other. Answers how many ran."""
    return sum(perform(workspace_id, job_id) for workspace_id, job_id in _due(limit, timedelta()))


def sweep(limit: int = 500) -> int:
    """Carry again what has been due for a while and nobody runs: for a lost or emptied Redis."""
    found = _due(limit, timedelta(seconds=2))
    for workspace_id, job_id in found:
        carrier.carry(workspace_id, job_id)
    return len(found)
