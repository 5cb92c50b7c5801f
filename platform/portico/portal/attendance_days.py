"""My days: what each came to, what is wrong with it in plain words, and how it was reckoned, step by step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext

from portico.domains.attendance.queries import explaining, requests, workdays
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.queries import today as todays
from portico.domains.attendance.service import corrections
from portico.domains.attendance.wording import said
from portico.domains.directory import queries as directory
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import ListQuery, conditions_of
from portico.portal.attendance_bar import Bar, bar_of
from portico.portal.attendance_correction import CorrectionForm
from portico.portal.blueprint import blueprint
from portico.web import attendance_words as words
from portico.web.acting import act
from portico.web.pages import workspace_url

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_DATE = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)
_DAY = timedelta(days=1)


@blueprint.page("/attendance/days", scope="attendance:read")
def attendance_days(actor: Actor) -> str:
    """The month in the address, or this one."""
    today = todays.date_of(actor, clock.now())
    first = _month(request.args.get("month", ""), today)
    last = _after(first) - _DAY
    days = [workdays.shown(row) for row in _rows(actor, first, last)]
    return render_template(
        "portal/attendance/days.html",
        days=[one for one in days if not _is_empty(one)][::-1],
        sums=_sums(days),
        first=first,
        before=(first - _DAY).replace(day=1),
        after=_after(first) if _after(first) <= today else None,
        words=words,
        manager=_manager(actor),
    )


def _month(given: str, today: date) -> date:
    found = _MONTH.fullmatch(given)
    return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)


def _after(first: date) -> date:
    return (first.replace(day=28) + 4 * _DAY).replace(day=1)


def _rows(actor: Actor, first: date, last: date) -> list[dict[str, Any]]:
    return workdays.days_between(actor, first, last, workdays.DAY.c.employee_id == (actor.employee_id or ""))


def _is_empty(day: dict[str, Any]) -> bool:
    """A day of rest on which nothing was, or one that no rule knows: it would only make the list long."""
    nothing = not (day["planned_minutes"] or day["worked_seconds"] or day["exceptions"] or day["absence_minutes"])
    return nothing and day["day_kind"] != "holiday"


def _sums(days: Sequence[dict[str, Any]]) -> dict[str, int]:
    over = [one for one in days if one["status"] != "open"]
    return {
        "planned": sum(one["planned_minutes"] for one in over) * 60,
        "worked": sum(one["worked_seconds"] for one in days),
        "late": sum(1 for one in days if one["late_minutes"]),
        "troubled": sum(1 for one in days if one["status"] == "exception"),
    }


def _manager(actor: Actor) -> str | None:
    manager_id = directory.employee(actor, actor.employee_id or "")["manager_id"]
    return directory.names_of(actor, [manager_id]).get(manager_id) if manager_id else None


@blueprint.page("/attendance/days/<on>", scope="attendance:read")
def attendance_day(actor: Actor, on: str) -> Any:
    return day_page(actor, date_in(on), CorrectionForm(formdata=None))


@blueprint.page("/attendance/days/<on>/corrections", methods=("POST",), scope="attendance.requests:write")
def attendance_correct(actor: Actor, on: str) -> Any:
    """Ask for a correction of this day. Raises NotFound."""
    day, form = date_in(on), CorrectionForm()
    form.offer(clocked(actor, day))
    if form.validate_on_submit():
        with form.attempt():
            corrections.submit_correction(actor, form.values(day, todays.zone_of(actor, day)))
            flash(gettext("Asked. Who decides is told; you see here what becomes of it."), "success")
            return _to(day)
    return day_page(actor, day, form)


@blueprint.page(
    '/attendance/days/<on>/corrections/<id("cor"):correction_id>/withdraw',
    methods=("POST",),
    scope="attendance.requests:write",
)
def attendance_correction_withdraw(actor: Actor, on: str, correction_id: str) -> Any:
    act(lambda: corrections.withdraw_correction(actor, correction_id), gettext("Taken back."))
    return _to(date_in(on))


def _to(day: date) -> Any:
    return redirect(workspace_url("portal.attendance_day", on=day.isoformat()), 303)


def clocked(actor: Actor, day: date) -> list[dict[str, Any]]:
    return queries.punches_of_days(actor.workspace_id, actor.employee_id or "", day, day)


def day_page(actor: Actor, day: date, form: CorrectionForm) -> Any:
    """One day with all that was clocked on it, and a way to say what is wrong with it."""
    punches = clocked(actor, day)
    form.offer(punches)
    row = next(iter(_rows(actor, day, day)), None)
    today = todays.date_of(actor, clock.now())
    if day > today:
        raise NotFound()
    steps = explaining.explained(actor, row["id"])["steps"] if row and row["computed_at"] else []
    return form.page(
        "portal/attendance/day.html",
        on=day,
        day=workdays.shown(row) if row else None,
        steps=[said(one["code"], one["about"], row["timezone"], _translated) for one in steps if row],
        punches=[queries.shown(actor, one) for one in punches],
        zone=todays.zone_of(actor, day),
        bar=_bar(actor, day, steps, punches),
        before=day - _DAY,
        after=day + _DAY if day < today else None,
        asked=_asked(actor, day),
        may_ask=actor.may("attendance.requests:write"),
        words=words,
        manager=_manager(actor),
    )


def _asked(actor: Actor, day: date) -> Sequence[Any]:
    """The corrections of this day that one has asked for, the newest first."""
    own = conditions_of(requests.CORRECTIONS, {"work_on": day.isoformat(), "employee_id": actor.employee_id or ""})
    return requests.page_of_corrections(actor, ListQuery(limit=20, conditions=own, sort="-created_at")).rows


def _translated(text: str) -> str:
    return str(gettext(text))


def date_in(text: str) -> date:
    """Raises NotFound."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # the 31st of February
    raise NotFound()


def _bar(actor: Actor, day: date, steps: Sequence[dict[str, Any]], punches: Sequence[dict[str, Any]]) -> Bar | None:
    """What the reckoning says was worked; while nothing is reckoned yet, what the sessions say."""
    planned = [_span(one, "starts_at", "ends_at") for one in steps if one["code"] == "shift"]
    worked = [_span(one, "from", "until") for one in steps if one["code"] == "work"]
    sessions = [{"state": "closed", "opened_at": one["starts_at"], "closed_at": one["ends_at"]} for one in worked]
    if not worked:
        sessions = queries.sessions_of_days(actor.workspace_id, actor.employee_id or "", day, day)
    return bar_of(planned, sessions, punches, clock.now())


def _span(one: dict[str, Any], start: str, end: str) -> dict[str, datetime]:
    about = one["about"]
    return {"starts_at": datetime.fromisoformat(about[start]), "ends_at": datetime.fromisoformat(about[end])}
