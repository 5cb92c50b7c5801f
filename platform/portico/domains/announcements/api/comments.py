"""Comments on announcements over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import queries, schemas, service
from portico.domains.announcements.api.blueprint import ONE, blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created


@blp.get(
    f"{ONE}/comments",
    scope="announcements:read",
    listing=queries.COMMENTS,
    answer=schemas.AnnouncementComment,
    summary="List the comments on an announcement",
    refusals=("announcement_withdrawn",),
)
def list_announcement_comments(actor: Actor, announcement_id: str, query: ListQuery) -> Page:
    """Oldest first."""
    return service.page_of_comments(actor, announcement_id, query)


@blp.post(
    f"{ONE}/comments",
    scope="announcements:read",
    body=schemas.AnnouncementCommentCreate,
    answer=schemas.AnnouncementComment,
    status=201,
    summary="Comment on an announcement",
    refusals=("comments_off", "announcement_withdrawn"),
)
def create_announcement_comment(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Created:
    """Whoever reads it may, while it takes comments."""
    made = service.add_comment(actor, announcement_id, body["body"])
    return Created(made, f"/api/v1/announcements/{announcement_id}/comments")


@blp.delete(
    f'{ONE}/comments/<id("anc"):comment_id>',
    scope="announcements:read",
    status=204,
    summary="Take a comment back",
    refusals=("announcement_withdrawn",),
)
def delete_announcement_comment(actor: Actor, announcement_id: str, comment_id: str) -> None:
    """Your own, or any on an announcement that you manage. Its place stays."""
    service.remove_comment(actor, announcement_id, comment_id)
