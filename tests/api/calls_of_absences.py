"""Calls of the matrix: absences, overtime and corrections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.world import World

Parts = tuple[str, str, Any, dict[str, Any]]
_OTHERS = {"barred": ("agent", "not_found")}
_FOR_ANOTHER = {"barred": ("agent", "forbidden")}


def _of(path: str, noun: str, by: str = "employee", json: Any = None, **more: Any) -> Callable[[World], Parts]:
    return lambda world: (path.format(getattr(world, noun)()["id"]), by, json, more)


def _span(world: World) -> dict[str, Any]:
    values = world.absence_values()
    return {name: values[name] for name in ("employee_id", "from", "to")}


def _half(world: World) -> Parts:
    absence = world.absence()
    first = {"on": absence["from_on"], "slot": "am"}
    return f"/absences/{absence['id']}/shorten", "employee", {"from": first, "to": first}, _OTHERS


def _new_feed(world: World) -> Parts:
    world.feed()  # which makes room
    return "/calendar-feeds", "owner", {"name": "Phone"}, {}


ABSENCES: dict[str, Callable[[World], Parts]] = {
    "list_absence_types": lambda world: ("/absence-types", "employee", None, {}),
    "create_absence_type": lambda world: (
        "/absence-types",
        "hr_admin",
        {"key": world.name("type"), "label": "Strike", "approvers": []},
        {},
    ),
    "get_absence_type": _of("/absence-types/{}", "absence_type"),
    "update_absence_type": _of("/absence-types/{}", "absence_type", "hr_admin", {"label": "Lock-out"}),
    "list_absences": lambda world: ("/absences", "employee", None, {}),
    "create_absence": lambda world: ("/absences", "employee", world.absence_values(), _FOR_ANOTHER),
    "preview_absence": lambda world: ("/absences/preview", "employee", _span(world), _FOR_ANOTHER),
    "get_absence": _of("/absences/{}", "absence", **_OTHERS),
    "get_absence_days": _of("/absences/{}/days", "absence", **_OTHERS),
    "approve_absence": _of("/absences/{}/approve", "absence", "hr_admin", {"note": "Enjoy"}),
    "reject_absence": _of("/absences/{}/reject", "absence", "hr_admin", {}),
    "cancel_absence": _of("/absences/{}/cancel", "absence", json={}, **_OTHERS),
    "shorten_absence": _half,
    "list_calendar_feeds": lambda world: ("/calendar-feeds", "employee", None, {}),
    "create_calendar_feed": _new_feed,
    "delete_calendar_feed": _of("/calendar-feeds/{}", "feed", "owner", barred=("employee", "not_found")),
    "list_overtime_requests": lambda world: ("/overtime-requests", "employee", None, {}),
    "create_overtime_request": lambda world: (
        "/overtime-requests",
        "employee",
        world.overtime_values(),
        _FOR_ANOTHER,
    ),
    "get_overtime_request": _of("/overtime-requests/{}", "overtime", **_OTHERS),
    "approve_overtime_request": _of("/overtime-requests/{}/approve", "overtime", "hr_admin", {"minutes": 30}),
    "reject_overtime_request": _of("/overtime-requests/{}/reject", "overtime", "hr_admin", {}),
    "cancel_overtime_request": _of("/overtime-requests/{}/cancel", "overtime", **_OTHERS),
    "list_corrections": lambda world: ("/attendance/corrections", "employee", None, {}),
    "create_correction": lambda world: ("/attendance/corrections", "employee", world.correction_values(), {}),
    "get_correction": _of("/attendance/corrections/{}", "correction", **_OTHERS),
    "approve_correction": _of("/attendance/corrections/{}/approve", "correction", "hr_admin", {}),
    "reject_correction": _of("/attendance/corrections/{}/reject", "correction", "hr_admin", {}),
    "withdraw_correction": _of("/attendance/corrections/{}/withdraw", "correction", **_OTHERS),
}
