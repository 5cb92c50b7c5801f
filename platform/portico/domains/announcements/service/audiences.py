"""Whom an announcement is for: looked at before, changed before and after."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import audience, events, queries
from portico.domains.announcements.service import holding, publishing, reviewing, spreading
from portico.domains.announcements.statuses import UNPUBLISHED
from portico.domains.directory import audiences
from portico.kernel.actor import Actor
from portico.kernel.errors import InvalidTransition


def put_audience(
    actor: Actor, announcement_id: str, wanted: dict[str, Any], *, expected_version: int | None = None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Say who it is for; answers the announcement and, once it is published, the job that tells those who are new and
    lets go who is out. Raises NotFound, Stale, InvalidTransition, InsufficientScope, AudienceBusy and Invalid."""
    reviewing.hold_request(actor, announcement_id)
    before = holding.hold(actor, announcement_id, "audience", expected_version=expected_version)
    audiences.check_audience(actor, wanted)
    status = before["status"]
    if status not in (*UNPUBLISHED, "publish_failed", "published"):
        raise InvalidTransition(f"It is {status}; its audience cannot be changed.")
    if before["audience"] == wanted:
        return before, None
    if status in ("scheduled", "published"):
        publishing.require_reach(actor, wanted)
    values: dict[str, Any] = {"audience": wanted}
    if status in ("in_review", "approved") or (status == "scheduled" and before["reviewed_by"] is not None):
        values |= {"status": "draft", "reviewed_by": None, "publish_at": None, "publish_timezone": None}
    after = holding.write(actor, before, values)
    reviewing.take_back(actor, before)
    if status == "published":
        job_id = spreading.begin(actor, after, "audience")
        return after, queries.job_of(actor.workspace_id, job_id)
    holding.record(actor, events.EDITED, after)
    return after, None


def preview(actor: Actor, announcement_id: str, wanted: dict[str, Any] | None) -> dict[str, Any]:
    """Who would be told, of this audience or of the announcement's own. Raises NotFound and Invalid."""
    found = queries.managed(actor, announcement_id)
    if wanted is not None:
        audiences.check_audience(actor, wanted)
    return audience.preview(actor, wanted if wanted is not None else found["audience"])
