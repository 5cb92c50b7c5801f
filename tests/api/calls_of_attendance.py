"""Calls of the matrix: clocking in and out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support import attendance
from tests.support.world import World

Parts = tuple[str, str, Any, dict[str, Any]]

_OTHERS = ("agent", "not_found")


def _clocking(world: World) -> Parts:
    attendance.once(world.cast, "employee")
    # In the other workspace nobody clocks.
    return "/attendance/punches", "employee", world.offline_punch(), {"status": 201, "stranger": 409}


def _punch(suffix: str, by: str, json: Any = None) -> Callable[[World], Parts]:
    return lambda world: (f"/attendance/punches/{world.punch()['id']}{suffix}", by, json, {"barred": _OTHERS})


def _import(world: World) -> Parts:
    row = {
        "employee_id": world.cast.employee_id("employee"),
        "occurred_at": "2026-11-20T08:00:00Z",
        "device_id": world.name("terminal"),
    }
    return "/attendance/punches/import", "hr_admin", {"items": [row]}, {"stranger": 200}


def _today(world: World) -> Parts:
    path = f"/attendance/today?employee_id={world.cast.employee_id('employee')}"
    return path, "hr_admin", None, {"barred": _OTHERS, "besides": ("attendance.team:read",)}


PUNCHES: dict[str, Callable[[World], Parts]] = {
    "create_punch": _clocking,
    "list_punches": lambda world: ("/attendance/punches", "employee", None, {}),
    "get_punch": _punch("", "employee"),
    "accept_punch": _punch("/accept", "hr_admin", {"note": "Seen"}),
    "reject_punch": _punch("/reject", "hr_admin", {}),
    "import_punches": _import,
    "get_attendance_today": _today,
}
