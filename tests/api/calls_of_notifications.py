"""Calls of the matrix: presence, and what people are told."""

from __future__ import annotations

from typing import Any

from tests.support.world import World

OWN: dict[str, tuple[str, Any]] = {
    "get_own_presence": ("/presence/me", None),
    "put_own_presence": ("/presence/me", {"availability": "busy", "text": "Writing"}),
    "take_break": ("/presence/me/break", {"minutes": 15}),
    "end_break": ("/presence/me/break", None),
    "list_notifications": ("/notifications", None),
    "count_unread_notifications": ("/notifications/unread", None),
    "read_all_notifications": ("/notifications/read", {}),
    "list_notification_kinds": ("/notification-kinds", None),
    "get_notification_policy": ("/notification-policy/me", None),
    "put_notification_policy": ("/notification-policy/me", {"hold_outside": True}),
    "get_notification_mutes": ("/notification-mutes/me", None),
    "change_notification_mutes": ("/notification-mutes/me", {"mute": {"kinds": ["app.message"]}}),
}
"""What everybody has of their own: path and body."""


def presence_of_two(world: World) -> str:
    return f"/presence?ids={world.employee()['id']},{world.employee()['id']}"


def told(world: World) -> dict[str, Any]:
    """The body of a notification to somebody of the company, for who may send one."""
    return {"to": [world.employee()["id"]], "title": "Your parcel is here", "key": world.name("key")}
