"""Operations of long work."""

from __future__ import annotations

from typing import Any

from portico.domains.tasks import queries, schemas, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.web.api import Accepted, ApiBlueprint
from portico.web.downloads import Download

blp = ApiBlueprint("tasks", "Exports and jobs", "Long work: begun, watched, fetched.")
JOB = '/jobs/<id("job"):job_id>'


@blp.post(
    "/exports",
    body=schemas.ExportCreate,
    answer=schemas.Job,
    status=202,
    people_only=True,
    summary="Export a resource into a file",
    refusals=("too_many_exports",),
)
def create_export(actor: Actor, body: dict[str, Any]) -> Accepted:
    """`resource` is `audit` (needs `audit:read`; JSON lines prove themselves with `portico audit verify FILE`) or `me`:
    all that the workspace holds on whoever asks. Cells of CSV that a spreadsheet would take for a formula begin with
    an apostrophe."""
    job = service.create_export(actor, **body)
    return Accepted(job, f"/api/v1/jobs/{job['id']}")


@blp.get("/jobs", listing=queries.JOBS, answer=schemas.Job, summary="List the jobs that you asked for")
def list_jobs(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_jobs(actor, query)


@blp.get(JOB, answer=schemas.Job, summary="Read a job that you asked for")
def get_job(actor: Actor, job_id: str) -> Any:
    return queries.job(actor, job_id)


@blp.get(
    f"{JOB}/file",
    summary="Download what a job made",
    file=("text/csv", "application/jsonl"),
    refusals=("job_unfinished", "export_expired"),
)
def download_job_file(actor: Actor, job_id: str) -> Download:
    """Only for whoever asked for it, and who may read the resource still; until `result.expires_at`."""
    found = service.file_to_download(actor, job_id)
    pieces = queries.pieces(actor.workspace_id, job_id, found["attempt"])
    return Download(pieces, found["name"], found["media_type"], found["size"])
