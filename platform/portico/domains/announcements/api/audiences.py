"""Whom announcements are for, and what became of them, over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import audience_schemas, queries, schemas, service
from portico.domains.announcements.api.blueprint import ONE, blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Accepted


@blp.get(
    f"{ONE}/audience",
    scope="announcements:write",
    answer=audience_schemas.AnnouncementAudience,
    summary="Read whom an announcement is for",
)
def get_announcement_audience(actor: Actor, announcement_id: str) -> Any:
    return {**queries.managed(actor, announcement_id), "job": None}


@blp.put(
    f"{ONE}/audience",
    scope="announcements:write",
    body=audience_schemas.AnnouncementAudiencePut,
    answer=audience_schemas.AnnouncementAudience,
    versioned=True,
    must_match=True,
    also=(202,),
    summary="Say whom an announcement is for",
    refusals=("invalid_transition", "audience_busy"),
)
def put_announcement_audience(
    actor: Actor, announcement_id: str, body: dict[str, Any], expected_version: int | None
) -> Any:
    """Once it is published, `202` with the job that tells who is new, and only them, and lets go who is out."""
    found, job = service.put_audience(actor, announcement_id, body["audience"], expected_version=expected_version)
    if job is None:
        return {**found, "job": None}
    return Accepted({**found, "job": job}, f"/api/v1/jobs/{job['id']}")


@blp.post(
    f"{ONE}/audience/preview",
    scope="announcements:write",
    body=audience_schemas.AnnouncementPreviewInput,
    optional_body=True,
    answer=audience_schemas.AnnouncementPreview,
    summary="See whom an audience reaches",
)
def preview_announcement_audience(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    """How many people, ten of them, and what each rule brings; nothing changes."""
    return service.preview(actor, announcement_id, body.get("audience"))


@blp.get(
    f"{ONE}/receipts",
    scope="announcements.receipts:read",
    listing=queries.RECEIPTS,
    parameters={"state": False, "department": False},
    answer=schemas.AnnouncementReceipt,
    summary="List who has read an announcement",
    refusals=("receipts_counts_only", "announcement_withdrawn"),
)
def list_announcement_receipts(
    actor: Actor, announcement_id: str, query: ListQuery, state: str | None = None, department: str | None = None
) -> Page:
    """By employee. `state` is one of `unread`, `read`, `acknowledged` and `late`; `department`: with all below.
    Where managers may see them too, a lead sees those of their department."""
    return service.page_of_receipts(actor, announcement_id, query, state=state, department=department)


@blp.get(
    f"{ONE}/stats",
    scope="announcements.receipts:read",
    answer=audience_schemas.AnnouncementStats,
    summary="Count who has read an announcement",
)
def get_announcement_stats(actor: Actor, announcement_id: str) -> Any:
    """Counted anew, by department."""
    return service.stats(actor, announcement_id)
