"""Calls of the matrix: what a company tells its people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.world import World

Parts = tuple[str, str, Any, dict[str, Any]]
Make = Callable[[World], Parts]

_NOBODY = {"app": (403, "forbidden")}


def _of(suffix: str = "", noun: str = "announcement", by: str = "announcer", json: Any = None, **more: Any) -> Make:
    return lambda world: (f"/announcements/{getattr(world, noun)()['id']}{suffix}", by, json, more)


def _mine(suffix: str, noun: str = "announcement", json: Any = None, **more: Any) -> Make:
    return _of(suffix, noun, json={} if json is None else json, app=(404, "not_found"), **more)


def _category(by: str, json: Any = None) -> Make:
    return lambda world: (f"/announcement-categories/{world.announcement_category()['id']}", by, json, {})


def _comment(world: World) -> Parts:
    announcement_id = world.published_announcement()["id"]
    comment = world.post("announcer", f"/announcements/{announcement_id}/comments", {"body": "Hello"})
    path = f"/announcements/{announcement_id}/comments/{comment['id']}"
    return path, "announcer", None, {"barred": ("employee", "forbidden"), "app": (403, "forbidden")}


ANNOUNCEMENTS: dict[str, Make] = {
    "list_announcements": lambda world: ("/announcements", "announcer", None, {}),
    "create_announcement": lambda world: ("/announcements", "announcer", {"title": "New", "body": "Text"}, {}),
    "get_announcement": _of(noun="published_announcement", by="announcer"),
    "update_announcement": _mine("", json={"title": "Other"}),
    "delete_announcement": _of(app=(404, "not_found")),
    "list_announcement_revisions": _of("/revisions", "published_announcement"),
    "list_announcement_feed": lambda world: ("/announcements/feed", "employee", None, _NOBODY),
    "put_own_receipt": _of("/receipt/me", "published_announcement", "employee", {"read": True}, app=(404, "not_found")),
    "acknowledge_announcement": _of("/ack", "published_announcement", "employee", {}, app=(404, "not_found")),
    "submit_announcement": _mine("/submit", "reviewed_announcement"),
    "approve_announcement": _of("/approve", "submitted_announcement", "admin", {}),
    "reject_announcement": _of("/reject", "submitted_announcement", "admin", {"reason": "vague"}),
    "publish_announcement": _mine("/publish", besides=("announcements:publish_all",)),
    "schedule_announcement": _mine(
        "/schedule", json={"publish_at": "2099-01-01T00:00:00Z"}, besides=("announcements:publish_all",)
    ),
    "unschedule_announcement": _mine("/unschedule", "scheduled_announcement"),
    "withdraw_announcement": _mine("/withdraw", "published_announcement"),
    "remind_of_announcement": _mine("/remind", "published_announcement"),
    "archive_announcement": _mine("/archive", "published_announcement"),
    "pin_announcement": _mine("/pin", "published_announcement", {"until": "2099-01-01T00:00:00Z"}),
    "unpin_announcement": _mine("/unpin", "published_announcement"),
    "hand_over_announcement": lambda world: (
        f"/announcements/{world.announcement()['id']}/hand-over",
        "announcer",
        {"employee_id": world.cast.employee_id("announcer")},
        {"app": (404, "not_found")},
    ),
    "get_announcement_audience": _of("/audience", app=(404, "not_found")),
    "put_announcement_audience": _mine(
        "/audience", json={"audience": {"include": [{"kind": "role", "id": "agent"}], "exclude": []}}
    ),
    "preview_announcement_audience": _mine("/audience/preview"),
    "list_announcement_receipts": _of("/receipts", "published_announcement", barred=("employee", "forbidden")),
    "get_announcement_stats": _of("/stats", "published_announcement", barred=("employee", "not_found")),
    "list_announcement_comments": _of("/comments", "published_announcement"),
    "create_announcement_comment": _of("/comments", "published_announcement", "announcer", {"body": "Hello"}),
    "delete_announcement_comment": _comment,
    "list_announcement_categories": lambda world: ("/announcement-categories", "employee", None, {}),
    "create_announcement_category": lambda world: (
        "/announcement-categories",
        "admin",
        {"name": world.name("Category ")},
        {},
    ),
    "get_announcement_category": _category("employee"),
    "update_announcement_category": _category("admin", {"sort_order": 3}),
    "delete_announcement_category": _category("admin"),
}
