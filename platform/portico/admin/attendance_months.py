"""Months of attendance: what is not settled, locking, opening again; and the reports over them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from flask import redirect, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portico.admin.attendance_days import GROUP, SCOPE
from portico.admin.blueprint import blueprint, go
from portico.admin.picker import department_names
from portico.domains.attendance.queries import periods, reports, setup
from portico.domains.attendance.service import closing
from portico.domains.directory import queries as directory
from portico.domains.tasks import service as tasks
from portico.kernel.actor import Actor
from portico.kernel.errors import Invalid
from portico.kernel.ids import is_id
from portico.kernel.listing import COUNTED
from portico.kernel.text import N_
from portico.web import attendance_words as words
from portico.web import workday_words as day_words
from portico.web.acting import act
from portico.web.forms import Form
from portico.web.lists import counted
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

_REPORTS = "attendance.reports:read"
MENU = [
    Entry("admin", N_("Months"), "calendar-check-2", "admin.attendance_months", 44, scope=SCOPE, group=GROUP),
    Entry("admin", N_("Attendance reports"), "table-2", "admin.attendance_reports", 45, scope=_REPORTS, group=GROUP),
]
_MONTH = "/attendance/months/<month>"
_EXPORTS = ("attendance_monthly", "attendance_daily")


class Reopen(Form):
    pointers: ClassVar = {"/reason": "reason"}

    reason = TextAreaField(lazy_gettext("Why is it opened again?"), [DataRequired(), Length(max=500)])


def _months(today: date, count: int = 13) -> list[str]:
    """This month and those before it."""
    found, first = [], today.replace(day=1)
    for _ in range(count):
        found.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return found


@blueprint.page("/attendance/months", scope=SCOPE)
def attendance_months(actor: Actor) -> str:
    rows = periods.periods_of(actor, _months(setup.today(actor)), COUNTED)
    return render_template(
        "admin/attendance/months.html",
        rows=[(row, _first(row["month"])) for row in rows],
        day_words=day_words,
        counted=counted,
    )


def _first(month: str) -> date:
    return periods.month_days(month)[0]


@blueprint.page(_MONTH, methods=("GET", "POST"), scope=SCOPE)
def attendance_month(actor: Actor, month: str) -> Any:
    """The form on this page opens a locked month again."""
    first, last = periods.month_days(month)
    form = Reopen()
    if form.validate_on_submit():
        with form.attempt():
            closing.reopen_period(actor, month, reason=form.reason.data)
            return go("attendance_month", month=month)
    return form.page(
        "admin/attendance/month.html",
        row=periods.period(actor, month),
        first=first,
        unresolved=periods.unresolved(actor, first, last),
        unfinished=periods.is_unfinished(actor, first, last),
        over=last < setup.today(actor),
        words=words,
        day_words=day_words,
    )


@blueprint.page(f"{_MONTH}/close", methods=("POST",), scope=SCOPE)
def attendance_month_close(actor: Actor, month: str) -> Any:
    act(lambda: closing.close_period(actor, month), gettext("Looked through. What is listed is not settled yet."))
    return go("attendance_month", month=month)


@blueprint.page(f"{_MONTH}/lock", methods=("POST",), scope=SCOPE)
def attendance_month_lock(actor: Actor, month: str) -> Any:
    anyway = request.form.get("anyway") == "1"
    act(lambda: closing.lock_period(actor, month, anyway=anyway), gettext("Locked. Its days stay as they are."))
    return go("attendance_month", month=month)


@blueprint.page("/attendance/reports", scope=_REPORTS)
def attendance_reports(actor: Actor) -> str:
    today = setup.today(actor)
    months = _months(today, 25)
    month = request.args.get("month") or months[1]
    if month not in months:
        month = months[1]
    department_id = request.args.get("department") or None
    department_id = department_id if is_id(department_id, "dep") else None
    found, trouble = _report(actor, month, department_id)
    return render_template(
        "admin/attendance/reports.html",
        month=month,
        first=_first(month),
        months=[(one, day_words.month(_first(one))) for one in months],
        department_id=department_id,
        departments=_departments(actor),
        found=found,
        trouble=trouble,
        words=words,
        day_words=day_words,
    )


def _report(actor: Actor, month: str, department_id: str | None) -> tuple[dict[str, Any] | None, str | None]:
    """The report, or why there is none: of more than 100 people one makes a file."""
    try:
        return reports.monthly(actor, reports.people_of(actor, None, department_id), month), None
    except Invalid as refusal:
        return None, gettext(refusal.detail)


def _departments(actor: Actor) -> list[tuple[str, str]]:
    ids = [row.id for row in directory.all_departments(actor)][:300]
    names = department_names(actor, ids)
    return sorted(names.items(), key=lambda pair: pair[1])


@blueprint.page("/attendance/reports/export", methods=("POST",), scope=_REPORTS)
def attendance_reports_export(actor: Actor) -> Any:
    resource, month = request.form.get("resource", ""), request.form.get("month", "")
    made: list[dict[str, Any]] = []

    def work() -> None:
        if resource in _EXPORTS:
            made.append(tasks.create_export(actor, resource=resource, format="csv", filter={"month": month}))

    if act(work, gettext("The export has begun. You may leave this page; it goes on.")) and made:
        return redirect(workspace_url("portal.exports_one", job_id=made[0]["id"]), 303)
    return go("attendance_reports")
