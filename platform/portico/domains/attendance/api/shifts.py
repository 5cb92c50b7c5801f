"""Shifts and the roster over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.api.blueprint import ADMIN, READ, blp
from portico.domains.attendance.queries import setup, shifts
from portico.domains.attendance.schemas import shifts as shapes
from portico.domains.attendance.service import rostering, shifting
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_SHIFTS = "/attendance/shifts"
_SHIFT = f'{_SHIFTS}/<id("shf"):shift_id>'
_VERSION = f'{_SHIFT}/versions/<id("shv"):shift_version_id>'


@blp.get(_SHIFTS, scope=READ, listing=setup.SHIFTS, answer=shapes.Shift, summary="List shifts")
def list_shifts(actor: Actor, query: ListQuery) -> Page:
    """Each with the version that holds today; archived ones only when the filter asks for them."""
    return shifts.page_of_shifts(actor, query)


@blp.post(
    _SHIFTS,
    scope=ADMIN,
    body=shapes.ShiftCreate,
    answer=shapes.Shift,
    status=201,
    summary="Make a shift",
    refusals=("name_taken", "out_of_range"),
)
def create_shift(actor: Actor, body: dict[str, Any]) -> Created:
    """With its first version. `22:00` to `30:00` is a night shift that ends at six on the next date."""
    shift = shifting.create_shift(actor, body)
    return Created(shift, f"/api/v1{_SHIFTS}/{shift['id']}")


@blp.get(_SHIFT, scope=READ, answer=shapes.Shift, summary="Read a shift")
def get_shift(actor: Actor, shift_id: str) -> Any:
    return shifts.shift(actor, shift_id)


@blp.patch(
    _SHIFT,
    scope=ADMIN,
    body=shapes.ShiftUpdate,
    answer=shapes.Shift,
    versioned=True,
    must_match=True,
    summary="Rename a shift",
    refusals=("name_taken", "out_of_range"),
)
def update_shift(actor: Actor, shift_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """Its times change by a new version."""
    return shifting.update_shift(actor, shift_id, body, expected_version)


@blp.delete(
    _SHIFT,
    scope=ADMIN,
    versioned=True,
    must_match=True,
    status=204,
    summary="Put a shift away",
    refusals=("in_use", "out_of_range"),
)
def delete_shift(actor: Actor, shift_id: str, expected_version: int | None) -> None:
    """Deleted when nobody ever worked it, else archived: the days keep it."""
    shifting.delete_shift(actor, shift_id, expected_version)


@blp.get(
    f"{_SHIFT}/versions",
    scope=READ,
    listing=setup.SHIFT_VERSIONS,
    answer=shapes.ShiftVersion,
    summary="List the versions of a shift",
)
def list_shift_versions(actor: Actor, shift_id: str, query: ListQuery) -> Page:
    return shifts.page_of_versions(actor, shift_id, query)


@blp.post(
    f"{_SHIFT}/versions",
    scope=ADMIN,
    body=shapes.ShiftVersionCreate,
    answer=shapes.ShiftVersion,
    status=201,
    summary="Give a shift other times from a date on",
    refusals=("version_exists", "period_locked", "out_of_range"),
)
def create_shift_version(actor: Actor, shift_id: str, body: dict[str, Any]) -> Created:
    """Days from then on are computed anew."""
    made = shifting.create_version(actor, shift_id, body)
    return Created(made, f"/api/v1{_SHIFTS}/{shift_id}/versions")


@blp.patch(
    _VERSION,
    scope=ADMIN,
    body=shapes.ShiftVersionUpdate,
    answer=shapes.ShiftVersion,
    versioned=True,
    must_match=True,
    summary="Change a version that no day was computed by",
    refusals=("version_used", "version_exists", "period_locked"),
)
def update_shift_version(
    actor: Actor, shift_id: str, shift_version_id: str, body: dict[str, Any], expected_version: int | None
) -> Any:
    return shifting.update_version(actor, shift_id, shift_version_id, body, expected_version)


@blp.delete(
    _VERSION,
    scope=ADMIN,
    versioned=True,
    must_match=True,
    status=204,
    summary="Delete a version that no day was computed by",
    refusals=("version_used", "only_version"),
)
def delete_shift_version(actor: Actor, shift_id: str, shift_version_id: str, expected_version: int | None) -> None:
    shifting.delete_version(actor, shift_id, shift_version_id, expected_version)


@blp.get(
    "/attendance/roster",
    scope=READ,
    listing=shifts.ROSTER,
    answer=shapes.RosterEntry,
    summary="List the roster",
)
def list_roster(actor: Actor, query: ListQuery) -> Page:
    """What is published of oneself, with `attendance.team:read` of who reports to one; drafts are for
    `attendance:admin`."""
    return shifts.page_of_roster(actor, query)


@blp.put(
    "/attendance/roster",
    scope=ADMIN,
    body=shapes.RosterPut,
    answer=shapes.RosterDone,
    summary="Put up to 500 entries on the roster",
    refusals=("period_locked",),
)
def put_roster(actor: Actor, body: dict[str, Any]) -> Any:
    """As drafts, in the place of those of the same person, date and slot. Nobody works by them before they are
    published."""
    return rostering.put_entries(actor, body["entries"])


@blp.post(
    "/attendance/roster/publish",
    scope=ADMIN,
    body=shapes.RosterPublish,
    answer=shapes.RosterDone,
    summary="Publish the drafts of some dates",
    refusals=("period_locked",),
)
def publish_roster(actor: Actor, body: dict[str, Any]) -> Any:
    """Each draft takes the place of what was published; days that were worked already are computed anew."""
    return rostering.publish(actor, **body)


@blp.post(
    "/attendance/roster/copy",
    scope=ADMIN,
    body=shapes.RosterCopy,
    answer=shapes.RosterDone,
    summary="Copy a week of the roster to another",
    refusals=("period_locked",),
)
def copy_roster_week(actor: Actor, body: dict[str, Any]) -> Any:
    """As drafts. The weeks are those of the two dates, from Monday to Sunday."""
    return rostering.copy_week(actor, **body)
