"""A person's inbox."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portico.domains.notifications import queries, schemas, service
from portico.domains.notifications.api.blueprint import READ, WRITE, blp, in_words
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.kernel.schemas import Nothing

_ONE = '/notifications/<id("ntf"):notification_id>'


@blp.get(
    "/notifications",
    scope=READ,
    listing=queries.INBOX,
    answer=schemas.Notification,
    people_only=True,
    summary="List your notifications",
)
def list_notifications(actor: Actor, query: ListQuery) -> Page:
    """What is muted stands here only with `filter[muted]=true`."""
    found = queries.page_of_notifications(actor, query)
    return replace(found, rows=[in_words(actor, row) for row in found.rows])


@blp.get(
    "/notifications/unread",
    scope=READ,
    answer=schemas.UnreadCount,
    people_only=True,
    summary="Count your unread notifications",
)
def count_unread_notifications(actor: Actor) -> Any:
    """Without what is held, and what is muted: the number on the bell."""
    count = queries.count_of_unread(actor)
    return {"count": min(count, queries.COUNTED), "more": count > queries.COUNTED}


@blp.get(_ONE, scope=READ, answer=schemas.Notification, people_only=True, summary="Read a notification")
def get_notification(actor: Actor, notification_id: str) -> Any:
    """Reading it here does not mark it."""
    return in_words(actor, queries.shown_notification(actor, notification_id))


@blp.post(
    f"{_ONE}/read",
    scope=WRITE,
    body=Nothing,
    optional_body=True,
    answer=schemas.Notification,
    people_only=True,
    summary="Mark a notification as read",
)
def read_notification(actor: Actor, notification_id: str, body: dict[str, Any]) -> Any:
    """The first time counts."""
    service.mark_read(actor, notification_id)
    return in_words(actor, queries.shown_notification(actor, notification_id))


@blp.post(
    "/notifications/read",
    scope=WRITE,
    body=schemas.ReadAll,
    optional_body=True,
    answer=schemas.ReadCount,
    people_only=True,
    summary="Mark all your notifications as read",
)
def read_all_notifications(actor: Actor, body: dict[str, Any]) -> Any:
    """Answers how many were unread."""
    return {"count": service.mark_all_read(actor, **body)}
