"""What readers say to an announcement."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, insert, update

from portico.domains.announcements import events, permissions, queries
from portico.domains.announcements.errors import CommentsOff
from portico.domains.announcements.models import Announcement, AnnouncementComment
from portico.domains.announcements.service import holding
from portico.domains.announcements.statuses import OUT
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.listing import ListQuery, Page
from portico.kernel.unit_of_work import session

MOST_COMMENTS = 5_000
_announcements = cast(Table, Announcement.__table__)
_comments = cast(Table, AnnouncementComment.__table__)


def readable(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """An announcement that the actor manages, or reads. Raises NotFound and AnnouncementWithdrawn."""
    found = queries.one(actor, announcement_id)
    return found if found is not None else queries.received(actor, announcement_id)[0]


def page_of_comments(actor: Actor, announcement_id: str, query: ListQuery) -> Page:
    """Raises NotFound and AnnouncementWithdrawn."""
    return queries.page_of_comments(actor, readable(actor, announcement_id)["id"], query)


def add_comment(actor: Actor, announcement_id: str, body: str) -> dict[str, Any]:
    """Raises NotFound, AnnouncementWithdrawn, CommentsOff and Invalid."""
    found = readable(actor, announcement_id)
    if not found["comments_enabled"] or found["status"] not in OUT:
        raise CommentsOff()
    _count(actor, found["id"])
    comment = {
        "id": new_id("anc"),
        "announcement_id": found["id"],
        "body": body,
        "author": holding.author(actor),
        "author_key": queries.comment_key(actor) or actor.id,
        "created_at": clock.now(),
        "removed_at": None,
        "removed_by": None,
    }
    session().execute(insert(_comments), [{**comment, "workspace_id": actor.workspace_id}])
    told = {**comment, "confidentiality": found["confidentiality"]}
    emit(actor, events.COMMENT_CREATED, told, resource_id=found["id"])
    return queries.shown_comment(actor, comment)


def _count(actor: Actor, announcement_id: str) -> None:
    done = session().execute(
        update(_announcements)
        .where(_announcements.c.workspace_id == actor.workspace_id, _announcements.c.id == announcement_id)
        .where(_announcements.c.comment_count < MOST_COMMENTS)
        .values(comment_count=_announcements.c.comment_count + 1)
        .returning(_announcements.c.id)
    )
    if done.one_or_none() is None:
        raise invalid("", "too_many", f"An announcement holds at most {MOST_COMMENTS} comments.")


def remove_comment(actor: Actor, announcement_id: str, comment_id: str) -> None:
    """One's own, or any of an announcement that one manages; its place stays. Raises NotFound and Forbidden."""
    found = queries.one(actor, announcement_id)
    managed = found is not None and permissions.owns(actor, found)
    if found is None:
        found = queries.received(actor, announcement_id)[0]
    comment = queries.comment(actor, announcement_id, comment_id)
    if not managed and comment["author_key"] != queries.comment_key(actor):
        raise Forbidden("You take back what you said; the rest belongs to who wrote the announcement.")
    if comment["removed_at"] is not None:
        return
    gone = {"body": "", "removed_at": clock.now(), "removed_by": actor.as_dict()}
    session().execute(
        update(_comments)
        .where(_comments.c.workspace_id == actor.workspace_id, _comments.c.id == comment_id)
        .values(gone)
    )
    holding.record(actor, events.COMMENT_REMOVED, found)
