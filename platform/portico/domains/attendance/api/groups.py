"""Attendance groups over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from portico.domains.attendance.api.blueprint import ADMIN, blp
from portico.domains.attendance.queries import groups, setup
from portico.domains.attendance.schemas import groups as shapes
from portico.domains.attendance.service import grouping
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_GROUPS = "/attendance/groups"
_GROUP = f'{_GROUPS}/<id("atg"):attendance_group_id>'


def _day(actor: Actor, given: str | None) -> date:
    """A date of the query, or today. Raises Invalid."""
    if not given:
        return setup.today(actor)
    try:
        if len(given) != 10:
            raise ValueError
        return date.fromisoformat(given)
    except ValueError:
        raise invalid("/query/on", "invalid", "Give a date such as 2026-11-22.") from None


@blp.get(_GROUPS, scope=ADMIN, listing=setup.GROUPS, answer=shapes.AttendanceGroup, summary="List attendance groups")
def list_attendance_groups(actor: Actor, query: ListQuery) -> Page:
    """Each with the rules that hold today, and how many people are in it."""
    return groups.page_of_groups(actor, query)


@blp.post(
    _GROUPS,
    scope=ADMIN,
    body=shapes.AttendanceGroupCreate,
    answer=shapes.AttendanceGroup,
    status=201,
    summary="Make an attendance group",
    refusals=("name_taken", "period_locked", "out_of_range"),
)
def create_attendance_group(actor: Actor, body: dict[str, Any]) -> Created:
    """Everybody is in one group on a date: who is named as an employee there, else the one with the greatest
    `priority` of those that fit. Where several are alike, none has them: see `/attendance/overlaps`."""
    group = grouping.create_group(actor, body)
    return Created(group, f"/api/v1{_GROUPS}/{group['id']}")


@blp.get(_GROUP, scope=ADMIN, answer=shapes.AttendanceGroup, summary="Read an attendance group")
def get_attendance_group(actor: Actor, attendance_group_id: str) -> Any:
    return groups.group(actor, attendance_group_id)


@blp.patch(
    _GROUP,
    scope=ADMIN,
    body=shapes.AttendanceGroupUpdate,
    answer=shapes.AttendanceGroup,
    versioned=True,
    must_match=True,
    summary="Rename an attendance group, rank it, or let it end",
    refusals=("name_taken", "period_locked", "out_of_range"),
)
def update_attendance_group(
    actor: Actor, attendance_group_id: str, body: dict[str, Any], expected_version: int | None
) -> Any:
    """Its rules change by a new version."""
    return grouping.update_group(actor, attendance_group_id, body, expected_version)


@blp.delete(
    _GROUP,
    scope=ADMIN,
    versioned=True,
    must_match=True,
    status=204,
    summary="Delete an attendance group that nobody was ever in",
    refusals=("in_use", "out_of_range"),
)
def delete_attendance_group(actor: Actor, attendance_group_id: str, expected_version: int | None) -> None:
    """One that had people keeps their days: let it end by `ends_on`."""
    grouping.delete_group(actor, attendance_group_id, expected_version)


@blp.get(
    f"{_GROUP}/versions",
    scope=ADMIN,
    listing=setup.GROUP_VERSIONS,
    answer=shapes.AttendanceGroupVersion,
    summary="List the versions of an attendance group",
)
def list_attendance_group_versions(actor: Actor, attendance_group_id: str, query: ListQuery) -> Page:
    return groups.page_of_versions(actor, attendance_group_id, query)


@blp.post(
    f"{_GROUP}/versions",
    scope=ADMIN,
    body=shapes.AttendanceGroupVersionCreate,
    answer=shapes.AttendanceGroupVersion,
    status=201,
    summary="Give an attendance group other rules from a date on",
    refusals=("version_exists", "period_locked", "out_of_range"),
)
def create_attendance_group_version(actor: Actor, attendance_group_id: str, body: dict[str, Any]) -> Created:
    """Another zone, other people, other shifts. Days from then on are computed anew."""
    made = grouping.create_version(actor, attendance_group_id, body)
    return Created(made, f"/api/v1{_GROUPS}/{attendance_group_id}/versions")


@blp.delete(
    f'{_GROUP}/versions/<id("agv"):attendance_group_version_id>',
    scope=ADMIN,
    versioned=True,
    must_match=True,
    status=204,
    summary="Delete a version of an attendance group",
    refusals=("only_version", "period_locked"),
)
def delete_attendance_group_version(
    actor: Actor, attendance_group_id: str, attendance_group_version_id: str, expected_version: int | None
) -> None:
    """The version before it holds on instead."""
    grouping.delete_version(actor, attendance_group_id, attendance_group_version_id, expected_version)


@blp.get(
    f"{_GROUP}/members",
    scope=(ADMIN, "attendance.team:read"),
    listing=groups.ASSIGNMENTS,
    answer=shapes.AttendanceAssignment,
    parameters={"on": False},
    summary="List who is in an attendance group",
)
def list_attendance_group_members(
    actor: Actor, attendance_group_id: str, query: ListQuery, on: str | None = None
) -> Page:
    """On the date `on`, or today."""
    return groups.members_of(actor, attendance_group_id, _day(actor, on), query)


@blp.get(
    "/attendance/overlaps",
    scope=(ADMIN, "attendance.team:read"),
    listing=groups.ASSIGNMENTS,
    answer=shapes.AttendanceAssignment,
    parameters={"on": False},
    summary="List whom several attendance groups claim",
)
def list_attendance_overlaps(actor: Actor, query: ListQuery, on: str | None = None) -> Page:
    """They are in none of them until one has a greater priority, or names them. On the date `on`, or today."""
    return groups.overlaps(actor, _day(actor, on), query)
