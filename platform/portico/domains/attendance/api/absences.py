"""Absences over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.api.blueprint import blp
from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.schemas import absences as schemas
from portico.domains.attendance.service import absence_changes, absence_types
from portico.domains.attendance.service import absences as service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_ONE = '/absences/<id("abs"):absence_id>'
_TYPE = '/absence-types/<id("abt"):type_id>'
_CHANGING = ("absence_decided", "absence_change_pending", "period_locked")


@blp.get(
    "/absence-types",
    scope="absences:read",
    listing=queries.ABSENCE_TYPES,
    answer=schemas.AbsenceType,
    summary="List types of absences",
)
def list_absence_types(actor: Actor, query: ListQuery) -> Page:
    return queries.page_of_types(actor, query)


@blp.post(
    "/absence-types",
    scope="absences:approve",
    body=schemas.AbsenceTypeCreate,
    answer=schemas.AbsenceType,
    status=201,
    summary="Add a type of absence",
    refusals=("absence_type_exists",),
)
def create_absence_type(actor: Actor, body: dict[str, Any]) -> Created:
    """`approvers` decide about absences of this type, a step each; with an empty list nobody has to."""
    made = absence_types.create_type(actor, body)
    return Created(made, f"/api/v1/absence-types/{made['id']}")


@blp.get(_TYPE, scope="absences:read", answer=schemas.AbsenceType, summary="Read a type of absence")
def get_absence_type(actor: Actor, type_id: str) -> Any:
    return queries.absence_type(actor, type_id)


@blp.patch(
    _TYPE,
    scope="absences:approve",
    body=schemas.AbsenceTypeUpdate,
    answer=schemas.AbsenceType,
    versioned=True,
    summary="Change a type of absence",
)
def update_absence_type(
    actor: Actor, type_id: str, body: dict[str, Any], expected_version: int | None
) -> dict[str, Any]:
    """`archived` takes it out of what can be asked for. An app changes the types that it made."""
    return absence_types.update_type(actor, type_id, body, expected_version=expected_version)


@blp.get("/absences", scope="absences:read", listing=queries.ABSENCES, answer=schemas.Absence, summary="List absences")
def list_absences(actor: Actor, query: ListQuery) -> Page:
    """Your own and those of who reports to you; HR's and an app's are everybody's within reach. Those that touch some
    dates: `filter[from_on][lte]` the last and `filter[until_on][gte]` the first of them."""
    return queries.page_of_absences(actor, query)


@blp.post(
    "/absences",
    scope="absences:write",
    body=schemas.AbsenceCreate,
    answer=schemas.Absence,
    status=201,
    also=(200,),
    summary="Ask for an absence",
    refusals=("absence_overlap", "absence_ref_taken", "period_locked"),
)
def create_absence(actor: Actor, body: dict[str, Any]) -> Any:
    """For oneself; an app for anybody in its range, and HR for all. An app may write it `approved` when it asked
    itself. With a `source_ref` of its own, a repeat answers 200 with what it wrote first."""
    new, made = service.create_absence(actor, body)
    return Created(made, f"/api/v1/absences/{made['id']}") if new else made


@blp.post(
    "/absences/preview",
    scope="absences:read",
    body=schemas.AbsencePreview,
    answer=schemas.AbsenceDays,
    summary="Count the working days of an absence",
)
def preview_absence(actor: Actor, body: dict[str, Any]) -> Any:
    """Nothing is asked for. `conflicts` are absences that stand in its way."""
    return service.preview(actor, body)


@blp.get(_ONE, scope="absences:read", answer=schemas.Absence, summary="Read an absence")
def get_absence(actor: Actor, absence_id: str) -> Any:
    return queries.absence(actor, absence_id)


@blp.get(f"{_ONE}/days", scope="absences:read", answer=schemas.AbsenceDays, summary="Read what an absence counts")
def get_absence_days(actor: Actor, absence_id: str) -> Any:
    """By the rules as they stand now; those of a locked month stand as they were reckoned in its workdays."""
    return service.days_of(actor, absence_id)


@blp.post(
    f"{_ONE}/approve",
    scope="absences:approve",
    body=schemas.AbsenceNote,
    optional_body=True,
    answer=schemas.Absence,
    summary="Approve an absence",
    refusals=_CHANGING,
)
def approve_absence(actor: Actor, absence_id: str, body: dict[str, Any]) -> Any:
    """For HR and apps, above the steps of its approval; approvers decide by `/approvals/{id}/approve`. The same for a
    change of it that was asked for."""
    return absence_changes.decide_absence(actor, absence_id, "approved", **body)


@blp.post(
    f"{_ONE}/reject",
    scope="absences:approve",
    body=schemas.AbsenceNote,
    optional_body=True,
    answer=schemas.Absence,
    summary="Reject an absence",
    refusals=_CHANGING,
)
def reject_absence(actor: Actor, absence_id: str, body: dict[str, Any]) -> Any:
    return absence_changes.decide_absence(actor, absence_id, "rejected", **body)


@blp.post(
    f"{_ONE}/cancel",
    scope="absences:write",
    body=schemas.AbsenceNote,
    optional_body=True,
    answer=schemas.Absence,
    summary="Cancel an absence",
    refusals=_CHANGING,
)
def cancel_absence(actor: Actor, absence_id: str, body: dict[str, Any]) -> Any:
    """What has not begun is cancelled at once. What has begun is asked for (`pending_change`), unless HR or an app does
    it. Repeating it changes nothing."""
    return absence_changes.cancel_absence(actor, absence_id, **body)


@blp.post(
    f"{_ONE}/shorten",
    scope="absences:write",
    body=schemas.AbsenceShorten,
    answer=schemas.Absence,
    summary="Shorten an absence",
    refusals=_CHANGING,
)
def shorten_absence(actor: Actor, absence_id: str, body: dict[str, Any]) -> Any:
    """To a part of what it was. Days that have begun are given back when it is approved, as with cancelling."""
    return absence_changes.shorten_absence(actor, absence_id, body)
