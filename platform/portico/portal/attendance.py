"""The clock: what comes next as one button, the day as a bar, and what is written down, in plain words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext

from portico.domains.attendance import service
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.queries import today as todays
from portico.domains.attendance.schemas import punches as schemas
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal.attendance_bar import bar_of
from portico.portal.blueprint import blueprint
from portico.web import attendance_words as words
from portico.web.forms import Form
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("portal", N_("Clock"), "clock", "portal.attendance", 15, scope="attendance:punch", key="k")]
_POSITION = ("lat", "lng", "accuracy_m")


@blueprint.page("/attendance", scope="attendance:punch")
def attendance(actor: Actor) -> str:
    today = todays.today_of(actor)
    sessions = queries.sessions_of_days(actor.workspace_id, today["employee_id"], today["work_on"], today["work_on"])
    person = directory.employee(actor, today["employee_id"])
    manager = person["manager_id"]
    return render_template(
        "portal/attendance/clock.html",
        today=today,
        state=state_of(today),
        bar=bar_of(today["shifts"], sessions, today["punches"], today["now"]),
        manager=directory.names_of(actor, [manager]).get(manager) if manager else None,
        waiting=queries.count_pending(actor),
        words=words,
        may_clock="web" in today["methods"],
    )


def clock_card(actor: Actor) -> dict[str, Any] | None:
    """What the first page shows of the clock; None for who clocks nowhere."""
    if not actor.may("attendance:punch"):
        return None
    today = todays.today_of(actor)
    return {"today": today, "state": state_of(today), "words": words} if "web" in today["methods"] else None


def state_of(today: dict[str, Any]) -> dict[str, Any]:
    """What one is now, since when, and how long one has worked in this session."""
    session, now = today["session"], today["now"]
    if session is None:
        return {"name": "out", "since": _last_out(today), "seconds": 0}
    since: datetime = session["break_since"] or session["opened_at"]
    name = "break" if session["break_since"] else "in"
    return {"name": name, "since": since, "seconds": (now - since).total_seconds()}


def _last_out(today: dict[str, Any]) -> datetime | None:
    outs = [one["occurred_at"] for one in today["punches"] if one["kind"] == "out"]
    return max(outs, default=None)


@blueprint.page("/attendance/clock", methods=("POST",), scope="attendance:punch")
def attendance_clock(actor: Actor) -> Any:
    """One step. Sent twice, it is the same step; sent from a page that is out of date, it is told what is so now."""
    form = Form()
    with form.attempt():
        done = service.clock_step(actor, load(schemas.PunchCreate(), _sent()))
        flash(_told(done), "success" if done.punch["status"] == "accepted" else "warning")
    for message in form.form_errors:
        flash(message, "error")
    home = request.form.get("back") == "home"
    return redirect(workspace_url("portal.home" if home else "portal.attendance"), 303)


def _told(done: Any) -> str:
    if done.punch["status"] == "pending":
        return str(gettext("It is written down and waits for your manager or HR to accept it."))
    if not done.fresh:
        return str(gettext("That was written down a moment ago already."))
    return words.words(words.DONE, done.punch["kind"])


def _sent() -> dict[str, Any]:
    """The form as the API takes it; without scripts, or without leave, there is no position in it."""
    given = {name: request.form.get(name, "").strip() for name in ("kind", "timezone", "note")}
    values = {name: value for name, value in given.items() if value}
    if values.get("timezone") not in schemas.ZONES:
        values.pop("timezone", None)
    position = {name: request.form.get(name, "") for name in _POSITION}
    return {**values, "position": position} if all(position.values()) else values


@blueprint.page("/attendance/team", scope="attendance.team:approve")
def attendance_team(actor: Actor) -> str:
    """The punches of one's people that wait."""
    waiting = queries.pending(actor, 100)
    return render_template(
        "portal/attendance/team.html",
        waiting=waiting,
        names=directory.names_of(actor, {one["employee_id"] for one in waiting}),
        words=words,
    )


@blueprint.page('/attendance/team/<id("pun"):punch_id>', methods=("POST",), scope="attendance.team:approve")
def attendance_team_decide(actor: Actor, punch_id: str) -> Any:
    """What the buttons of a row say, here and in the admin face."""
    note = request.form.get("note", "").strip() or None
    form = Form()
    with form.attempt():
        if note is not None and len(note) > 500:
            form.form_errors = [gettext("Say it in 500 characters.")]
        elif request.form.get("decision") == "accept":
            service.accept_punch(actor, punch_id, note)
            flash(gettext("Accepted. It counts."), "success")
        else:
            service.reject_punch(actor, punch_id, note)
            flash(gettext("Rejected. It does not count, and its person sees so."), "success")
    for message in form.form_errors:
        flash(message, "error")
    admin = request.form.get("back") == "admin" and actor.has_role("hr_admin")
    return redirect(workspace_url("admin.punches" if admin else "portal.attendance_team"), 303)
