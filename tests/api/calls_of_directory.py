"""Calls of the matrix: departments and the life of employees."""

from __future__ import annotations

from typing import Any

from tests.support.world import World

DIRECTORY: dict[str, tuple[str, str, str, Any]] = {
    "move_department": ("/departments/{}/move", "department", "hr_admin", {"parent_id": None}),
    "archive_department": ("/departments/{}/archive", "department", "hr_admin", {}),
    "unarchive_department": ("/departments/{}/unarchive", "archived_department", "hr_admin", {}),
    "delete_department": ("/departments/{}", "department", "hr_admin", None),
    "list_department_members": ("/departments/{}/members", "department", "employee", None),
    "list_past_departments": ("/employees/{}/past-departments", "employee", "employee", None),
    "list_reports": ("/employees/{}/reports", "employee", "employee", None),
    "get_employee_card": ("/employees/{}/card.vcf", "employee", "employee", None),
    "suspend_employee": ("/employees/{}/suspend", "employee", "hr_admin", {}),
    "reactivate_employee": ("/employees/{}/reactivate", "suspended_employee", "hr_admin", {}),
    "depart_employee": ("/employees/{}/depart", "employee", "hr_admin", {}),
    "rehire_employee": ("/employees/{}/rehire", "departed_employee", "hr_admin", {}),
}


def member_of(world: World, place: dict[str, Any]) -> str:
    """The path of somebody in a department: of one who stands there already, with a `place`."""
    path = f"/departments/{world.department()['id']}/members/{world.employee()['id']}"
    if place:
        world.made(world.api("hr_admin").put(path, json=place))
    return path
