"""Announcements themselves over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import queries, schemas, service
from portico.domains.announcements.api.blueprint import ONE, blp
from portico.domains.announcements.permissions import may_step_in
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden
from portico.kernel.listing import ListQuery, Page
from portico.kernel.unit_of_work import unit
from portico.web.api import Created


@blp.get(
    "/announcements",
    scope="announcements:read",
    listing=queries.ANNOUNCEMENTS,
    parameters={"everyone": False},
    own_units=True,
    answer=schemas.AnnouncementRow,
    summary="List announcements",
)
def list_announcements(actor: Actor, query: ListQuery, everyone: str | None = None) -> Page:
    """Those that you write and manage, and those that wait for your review; what is announced to you is `/feed`. An app
    as itself lists what is out. With `everyone=true` an admin lists those of all others too, which stands in the
    record."""
    stepping_in = everyone == "true"
    if stepping_in and not may_step_in(actor):
        raise Forbidden("Announcements of others are listed by admins, and by no app.")
    with unit(actor.workspace_id, write=stepping_in):
        if stepping_in:
            service.note_listing(actor)
        return queries.page_of_announcements(actor, query, everyone=stepping_in)


@blp.post(
    "/announcements",
    scope="announcements:write",
    body=schemas.AnnouncementCreate,
    answer=schemas.Announcement,
    status=201,
    summary="Begin an announcement",
)
def create_announcement(actor: Actor, body: dict[str, Any]) -> Created:
    """A draft, which nobody sees but you. `body` is Markdown; HTML in it is shown as characters."""
    made = service.create_announcement(actor, body)
    return Created(made, f"/api/v1/announcements/{made['id']}")


@blp.get(
    ONE,
    scope="announcements:read",
    own_units=True,
    answer=schemas.Announcement,
    summary="Read an announcement",
    refusals=("announcement_withdrawn",),
)
def get_announcement(actor: Actor, announcement_id: str) -> Any:
    """Who manages it sees all of it, a reader its text and their own `receipt`. To read it here is not to say that you
    did: `PUT …/receipt/me` is. An admin who reads what is another's, and not for them, stands in the record."""
    with unit(actor.workspace_id, write=False):
        found = queries.announcement(actor, announcement_id)
    if found.get("stepped_in"):
        with unit(actor.workspace_id, write=True):
            service.note_reading(actor, found)
    return found


@blp.patch(
    ONE,
    scope="announcements:write",
    body=schemas.AnnouncementUpdate,
    answer=schemas.Announcement,
    versioned=True,
    summary="Change an announcement",
    refusals=("invalid_transition", "urgent_limit_reached"),
)
def update_announcement(actor: Actor, announcement_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """Once it is published, a change of the text makes a revision. With `material` everybody is told and asked to
    acknowledge anew; without, it is a slip of the pen. What waits for a review, or has passed one, becomes a draft."""
    return service.update_announcement(actor, announcement_id, body, expected_version=expected_version)


@blp.delete(
    ONE,
    scope="announcements:write",
    versioned=True,
    status=204,
    summary="Delete a draft",
    refusals=("invalid_transition",),
)
def delete_announcement(actor: Actor, announcement_id: str, expected_version: int | None) -> None:
    """What anybody was told stays; archive it."""
    service.delete_announcement(actor, announcement_id, expected_version=expected_version)


@blp.get(
    f"{ONE}/revisions",
    scope="announcements:read",
    listing=queries.REVISIONS,
    answer=schemas.AnnouncementRevision,
    summary="List the revisions of an announcement",
    refusals=("announcement_withdrawn",),
)
def list_announcement_revisions(actor: Actor, announcement_id: str, query: ListQuery) -> Page:
    """The text from one change to the next, since it was published."""
    found = service.readable(actor, announcement_id)
    return queries.page_of_revisions(actor, found["id"], query)
