"""Workdays, months and reports over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from portico.domains.attendance.api.blueprint import ADMIN, READ, REPORTS, TEAM, blp
from portico.domains.attendance.queries import explaining, periods, reports, workdays
from portico.domains.attendance.schemas import workdays as shapes
from portico.domains.attendance.service import closing, confirming
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.listing import ListQuery, Page

_DAYS = "/attendance/workdays"
_DAY = f'{_DAYS}/<id("wkd"):workday_id>'
_PERIOD = "/attendance/periods/<month>"


@blp.get(_DAYS, scope=READ, listing=workdays.WORKDAYS, answer=shapes.Workday, summary="List workdays", reads="employee")
def list_workdays(actor: Actor, query: ListQuery) -> Page:
    """Your own; with `attendance.team:read` those of who reports to you, and of all for HR and apps."""
    return workdays.page_of_workdays(actor, query)


@blp.get(_DAY, scope=READ, answer=shapes.Workday, summary="Read a workday")
def get_workday(actor: Actor, workday_id: str) -> Any:
    return workdays.workday(actor, workday_id)


@blp.get(f"{_DAY}/explain", scope=READ, answer=shapes.Explained, summary="Explain a workday")
def explain_workday(actor: Actor, workday_id: str) -> Any:
    """From which inputs it was computed, and step by step how."""
    return explaining.explained(actor, workday_id)


@blp.post(
    f"{_DAY}/confirm",
    scope=TEAM,
    versioned=True,
    answer=shapes.Workday,
    summary="Confirm a workday",
    refusals=("day_not_computed", "period_locked"),
)
def confirm_workday(actor: Actor, workday_id: str, expected_version: int | None) -> Any:
    """It is right as it stands, with its exceptions. Nobody confirms their own."""
    return confirming.confirm_workday(actor, workday_id, expected_version=expected_version)


@blp.get(
    "/attendance/periods",
    scope=REPORTS,
    listing=periods.PERIODS,
    answer=shapes.AttendancePeriod,
    summary="List the months of attendance that somebody closed",
)
def list_periods(actor: Actor, query: ListQuery) -> Page:
    return periods.page_of_periods(actor, query)


@blp.get(_PERIOD, scope=REPORTS, answer=shapes.AttendancePeriod, summary="Read a month of attendance")
def get_period(actor: Actor, month: str) -> Any:
    """Such as 2026-11."""
    return periods.period(actor, month)


@blp.post(
    f"{_PERIOD}/close",
    scope=(ADMIN, REPORTS),
    answer=shapes.AttendanceClosedPeriod,
    summary="Close a month: see what is not settled",
    refusals=("invalid_transition", "out_of_range"),
)
def close_period(actor: Actor, month: str) -> Any:
    """As often as you like, until it is locked."""
    return closing.close_period(actor, month)


@blp.post(
    f"{_PERIOD}/lock",
    scope=(ADMIN, REPORTS),
    body=shapes.AttendancePeriodLock,
    optional_body=True,
    answer=shapes.AttendancePeriod,
    summary="Lock a month: its days stay as they are",
    refusals=("invalid_transition", "period_unresolved", "out_of_range"),
)
def lock_period(actor: Actor, month: str, body: dict[str, Any]) -> Any:
    return closing.lock_period(actor, month, anyway=body.get("anyway", False))


@blp.post(
    f"{_PERIOD}/reopen",
    scope=(ADMIN, REPORTS),
    body=shapes.AttendancePeriodReopen,
    answer=shapes.AttendancePeriod,
    summary="Open a locked month again",
    refusals=("invalid_transition", "out_of_range"),
)
def reopen_period(actor: Actor, month: str, body: dict[str, Any]) -> Any:
    """With a reason, which stays on record. What happened meanwhile is taken in."""
    return closing.reopen_period(actor, month, reason=body["reason"])


def _on(given: str, name: str) -> date:
    try:
        if len(given) != 10:
            raise ValueError
        return date.fromisoformat(given)
    except ValueError:
        raise invalid(f"/query/{name}", "invalid", "Give a date such as 2026-11-22.") from None


@blp.get(
    "/attendance/reports/daily",
    scope=REPORTS,
    answer=shapes.DailyReport,
    parameters={"from_on": True, "until_on": True, "employee_ids": False, "department_id": False},
    summary="Report on days",
    reads="employee",
)
def get_daily_report(
    actor: Actor, from_on: str, until_on: str, employee_ids: str | None = None, department_id: str | None = None
) -> Any:
    """At most 31 days of at most 100 people: by `employee_ids`, a `department_id`, or all whom you see. For more make
    an export of `attendance_daily`."""
    people = reports.people_of(actor, employee_ids, department_id)
    return reports.daily(actor, people, _on(from_on, "from_on"), _on(until_on, "until_on"))


@blp.get(
    "/attendance/reports/monthly",
    scope=REPORTS,
    answer=shapes.MonthlyReport,
    parameters={"month": True, "employee_ids": False, "department_id": False},
    summary="Report on a month",
    reads="employee",
)
def get_monthly_report(
    actor: Actor, month: str, employee_ids: str | None = None, department_id: str | None = None
) -> Any:
    """Of at most 100 people. For more make an export of `attendance_monthly`."""
    return reports.monthly(actor, reports.people_of(actor, employee_ids, department_id), month)
