"""Overtime and corrections over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.api.blueprint import blp
from portico.domains.attendance.queries import requests as queries
from portico.domains.attendance.schemas import requests as schemas
from portico.domains.attendance.service import corrections, overtime
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_OVERTIME = '/overtime-requests/<id("ovt"):overtime_id>'
_CORRECTION = '/attendance/corrections/<id("cor"):correction_id>'
_WRITE = "attendance.requests:write"
_DECIDING = ("request_decided", "period_locked")


@blp.get(
    "/overtime-requests",
    scope="attendance:read",
    listing=queries.OVERTIME,
    answer=schemas.OvertimeRequest,
    summary="List requests for overtime",
)
def list_overtime_requests(actor: Actor, query: ListQuery) -> Page:
    """Your own; with `attendance.team:read` those of who reports to you, and everybody's for HR and apps."""
    return queries.page_of_overtime(actor, query)


@blp.post(
    "/overtime-requests",
    scope=_WRITE,
    body=schemas.OvertimeCreate,
    answer=schemas.OvertimeRequest,
    status=201,
    summary="Ask for overtime",
    refusals=("overtime_exists", "period_locked"),
)
def create_overtime_request(actor: Actor, body: dict[str, Any]) -> Created:
    """For a day to come or one that was. What counts is what was worked beyond the plan, and by most rules no more than
    was approved."""
    made = overtime.request_overtime(actor, body)
    return Created(made, f"/api/v1/overtime-requests/{made['id']}")


@blp.get(_OVERTIME, scope="attendance:read", answer=schemas.OvertimeRequest, summary="Read a request for overtime")
def get_overtime_request(actor: Actor, overtime_id: str) -> Any:
    return queries.overtime(actor, overtime_id)


@blp.post(
    f"{_OVERTIME}/approve",
    scope="attendance:admin",
    body=schemas.OvertimeApproval,
    optional_body=True,
    answer=schemas.OvertimeRequest,
    summary="Approve overtime",
    refusals=_DECIDING,
)
def approve_overtime_request(actor: Actor, overtime_id: str, body: dict[str, Any]) -> Any:
    """For HR and apps; approvers decide by `/approvals/{id}/approve`. `minutes`: fewer than were asked for."""
    return overtime.decide_overtime(actor, overtime_id, "approved", **body)


@blp.post(
    f"{_OVERTIME}/reject",
    scope="attendance:admin",
    body=schemas.RequestNote,
    optional_body=True,
    answer=schemas.OvertimeRequest,
    summary="Reject overtime",
    refusals=_DECIDING,
)
def reject_overtime_request(actor: Actor, overtime_id: str, body: dict[str, Any]) -> Any:
    return overtime.decide_overtime(actor, overtime_id, "rejected", **body)


@blp.post(
    f"{_OVERTIME}/cancel",
    scope=_WRITE,
    answer=schemas.OvertimeRequest,
    summary="Cancel overtime",
    refusals=_DECIDING,
)
def cancel_overtime_request(actor: Actor, overtime_id: str) -> Any:
    return overtime.cancel_overtime(actor, overtime_id)


@blp.get(
    "/attendance/corrections",
    scope="attendance:read",
    listing=queries.CORRECTIONS,
    answer=schemas.AttendanceCorrection,
    summary="List corrections",
)
def list_corrections(actor: Actor, query: ListQuery) -> Page:
    """Your own; with `attendance.team:read` those of who reports to you, and everybody's for HR and apps."""
    return queries.page_of_corrections(actor, query)


@blp.post(
    "/attendance/corrections",
    scope=_WRITE,
    body=schemas.AttendanceCorrectionCreate,
    answer=schemas.AttendanceCorrection,
    status=201,
    people_only=True,
    summary="Ask for a correction",
    refusals=("correction_quota", "correction_too_late", "period_locked"),
)
def create_correction(actor: Actor, body: dict[str, Any]) -> Created:
    """A punch that is missing, one that is wrong, or one in place of another. Punches never change: approved, a
    `correction` punch stands beside them, and the wrong one is void."""
    made = corrections.submit_correction(actor, body)
    return Created(made, f"/api/v1/attendance/corrections/{made['id']}")


@blp.get(_CORRECTION, scope="attendance:read", answer=schemas.AttendanceCorrection, summary="Read a correction")
def get_correction(actor: Actor, correction_id: str) -> Any:
    return queries.correction(actor, correction_id)


@blp.post(
    f"{_CORRECTION}/approve",
    scope="attendance:admin",
    body=schemas.RequestNote,
    optional_body=True,
    answer=schemas.AttendanceCorrection,
    summary="Approve a correction",
    refusals=_DECIDING,
)
def approve_correction(actor: Actor, correction_id: str, body: dict[str, Any]) -> Any:
    """For HR and apps; approvers decide by `/approvals/{id}/approve`. Nobody approves their own."""
    return corrections.decide_correction(actor, correction_id, "approved", **body)


@blp.post(
    f"{_CORRECTION}/reject",
    scope="attendance:admin",
    body=schemas.RequestNote,
    optional_body=True,
    answer=schemas.AttendanceCorrection,
    summary="Reject a correction",
    refusals=_DECIDING,
)
def reject_correction(actor: Actor, correction_id: str, body: dict[str, Any]) -> Any:
    return corrections.decide_correction(actor, correction_id, "rejected", **body)


@blp.post(
    f"{_CORRECTION}/withdraw",
    scope=_WRITE,
    answer=schemas.AttendanceCorrection,
    people_only=True,
    summary="Withdraw a correction",
    refusals=("request_decided",),
)
def withdraw_correction(actor: Actor, correction_id: str) -> Any:
    return corrections.withdraw_correction(actor, correction_id)
