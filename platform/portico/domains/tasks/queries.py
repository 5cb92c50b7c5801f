"""Reads of long work: everyone sees what they asked for themselves, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, func, select

from portico.domains.tasks.errors import ExportExpired, JobUnfinished
from portico.domains.tasks.models import TaskFile, TaskFilePart
from portico.kernel import clock, public
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.jobs import Job
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session, unit

_job = cast(Table, Job.__table__).c
_file = cast(Table, TaskFile.__table__).c
_part = cast(Table, TaskFilePart.__table__).c

JOBS = Listing(
    id_column=_job.id,
    filters={
        "kind": Filter(column=_job.kind, operators=("eq", "in")),
        "state": Filter(column=_job.state, operators=("eq", "in")),
    },
    sorts={"created_at": Sort(_job.id)},
)


def visible_to(actor: Actor) -> AnySelect:
    """The jobs that the actor asked for, each with the file that it made."""
    own = (_file.workspace_id == _job.workspace_id) & (_file.job_id == _job.id)
    return (
        select(Job.__table__, _file.name, _file.size, _file.media_type, _file.expires_at, _file.attempt)
        .outerjoin(TaskFile.__table__, own)
        .where(_job.workspace_id == actor.workspace_id, _job.asked_by == actor.caller_key)
    )


def _shown(row: AnyRow) -> dict[str, Any]:
    found = dict(row._mapping)
    # Other long work than exports leaves no file: what came of it stands where it happened.
    done = row.state == "succeeded" and row.result is not None and "expires_at" in row.result
    result = _result(row.id, row.result) if done else None
    return {**found, "progress": {"done": row.done, "total": row.total}, "result": result, "errors_url": None}


def _result(job_id: str, kept: dict[str, Any]) -> dict[str, Any]:
    until = datetime.fromisoformat(kept["expires_at"])
    return {**kept, "url": public.url(f"/api/v1/jobs/{job_id}/file"), "expires_at": until}


def job(actor: Actor, job_id: str) -> dict[str, Any]:
    """One job of the actor's. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_job.id == job_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown(row)


def page_of_jobs(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), JOBS, actor.workspace_id, query)
    return Page([_shown(row) for row in found.rows], found.next_cursor, found.total, found.fields)


def unfinished(actor: Actor, kind: str) -> int:
    mine = (_job.workspace_id == actor.workspace_id, _job.asked_by == actor.caller_key, _job.kind == kind)
    waiting = select(func.count()).select_from(Job.__table__).where(*mine, _job.state.in_(("queued", "running")))
    return session().scalar(waiting) or 0


def file_of(actor: Actor, job_id: str) -> dict[str, Any]:
    """The finished file of a job. Raises NotFound, JobUnfinished and ExportExpired."""
    found = job(actor, job_id)
    if found["state"] != "succeeded":
        raise JobUnfinished()
    if found["expires_at"] is None or found["expires_at"] <= clock.now():
        raise ExportExpired()
    return found


def pieces(workspace_id: str, job_id: str, attempt: int) -> Iterator[bytes]:
    """The parts of a file in their order, each read in a unit of its own: a slow reader holds no connection."""
    number = 0
    while True:
        with unit(workspace_id, write=False):
            content = session().scalar(
                select(_part.content).where(
                    _part.workspace_id == workspace_id,
                    _part.job_id == job_id,
                    _part.attempt == attempt,
                    _part.number == number,
                )
            )
        if content is None:
            return
        yield content
        number += 1
