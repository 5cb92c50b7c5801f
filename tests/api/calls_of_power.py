"""Calls of the matrix: groups, and what an app uses of its power."""

from __future__ import annotations

from typing import Any

GROUPS: dict[str, tuple[str, str, Any]] = {
    "get_group": ("/groups/{}", "employee", None),
    "update_group": ("/groups/{}", "hr_admin", {"description": "Changed"}),
    "delete_group": ("/groups/{}", "hr_admin", None),
    "list_group_members": ("/groups/{}/members", "employee", None),
    "change_group_members": ("/groups/{}/members", "hr_admin", {"add": []}),
}
INSTALLATIONS: dict[str, tuple[str, str]] = {
    "get_scope_use": ("/installations/{}/scope-use", "app_manager"),
    "shrink_installation": ("/installations/{}/shrink", "app_manager"),
}
