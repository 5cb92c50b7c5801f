"""Days of everybody: who was late, absent or forgot to clock; one day with the reasons in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portico.admin.blueprint import blueprint, go
from portico.domains.attendance import wording
from portico.domains.attendance.queries import explaining, groups, setup, workdays
from portico.domains.attendance.service import confirming
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.web import attendance_words as words
from portico.web import workday_words as day_words
from portico.web.acting import act
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

GROUP = N_("Attendance")
SCOPE = "attendance:admin"
MENU = [Entry("admin", N_("Days"), "calendar-clock", "admin.attendance_days", 38, scope=SCOPE, group=GROUP)]


def day_of(text: str | None, otherwise: date) -> date:
    """A date of the address; one that is none is the usual one."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return otherwise


@blueprint.page("/attendance/days", scope=SCOPE)
def attendance_days(actor: Actor) -> str:
    today = setup.today(actor)
    on = day_of(request.args.get("on"), today - timedelta(days=1))
    only = request.args.get("show") == "exceptions"
    filters = {"work_on": on.isoformat(), "group_id": request.args.get("group"), "exception": "true" if only else None}
    found = workdays.page_of_workdays(actor, page_query(workdays.WORKDAYS, filters, sort="created_at"))
    return render_template(
        "admin/attendance/days.html",
        on=on,
        today=today,
        only=only,
        rows=found.rows,
        links=page_links(found),
        names=directory.names_of(actor, [row["employee_id"] for row in found.rows]),
        groups=groups.names(actor),
        earlier=on - timedelta(days=1),
        later=on + timedelta(days=1),
        words=words,
        day_words=day_words,
    )


_DAY = '/attendance/days/<id("wkd"):workday_id>'


@blueprint.page(_DAY, scope=SCOPE)
def attendance_day(actor: Actor, workday_id: str) -> str:
    told = explaining.explained(actor, workday_id)
    day = told["workday"]
    return render_template(
        "admin/attendance/day.html",
        day=day,
        told=told,
        steps=[wording.said(one["code"], one["about"], day["timezone"], gettext) for one in told["steps"]],
        name=directory.names_of(actor, [day["employee_id"]]).get(day["employee_id"], ""),
        group=groups.names(actor).get(day["group_id"] or ""),
        words=words,
        day_words=day_words,
    )


@blueprint.page(f"{_DAY}/confirm", methods=("POST",), scope=SCOPE)
def attendance_day_confirm(actor: Actor, workday_id: str) -> Any:
    act(lambda: confirming.confirm_workday(actor, workday_id), gettext("Confirmed."))
    return go("attendance_day", workday_id=workday_id)
