"""What is announced to the person, over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import audience_schemas, queries, schemas, service
from portico.domains.announcements.api.blueprint import ONE, blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page

_READ = "announcements:read"


@blp.get(
    "/announcements/feed",
    scope=_READ,
    listing=queries.FEED,
    answer=audience_schemas.AnnouncementFeedItem,
    summary="List what is announced to you",
)
def list_announcement_feed(actor: Actor, query: ListQuery) -> Page:
    """Newest first, titles in your language where they are there. `filter[pending]=true` is what you have to read or to
    acknowledge, `filter[pinned]=true` what stands on top, `filter[expired]=true` what is over."""
    return queries.page_of_feed(actor, query)


@blp.put(
    f"{ONE}/receipt/me",
    scope=_READ,
    body=audience_schemas.AnnouncementRead,
    answer=schemas.AnnouncementReceipt,
    summary="Say that you have read an announcement",
    refusals=("announcement_withdrawn",),
)
def put_own_receipt(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    """The first time counts and stays; a repeat changes nothing but `last_read_at`. The author sees it, unless the
    announcement shows counts alone."""
    return service.read(actor, announcement_id)


@blp.post(
    f"{ONE}/ack",
    scope=_READ,
    body=audience_schemas.AnnouncementAckInput,
    optional_body=True,
    answer=schemas.AnnouncementReceipt,
    summary="Acknowledge an announcement",
    refusals=("ack_not_asked", "revision_outdated", "announcement_withdrawn"),
)
def acknowledge_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    """Of the revision that you saw, by default the present one; of one before the last material change it is
    `409 revision_outdated` with the present `revision`. A repeat is `200`; after the deadline it counts as late."""
    return service.acknowledge(actor, announcement_id, revision=body.get("revision"))
