"""Overtime, and corrections of punches: asking for them and what became of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext, to_user_timezone
from wtforms.fields.choices import SelectChoice

from portico.domains.approvals import queries as approvals
from portico.domains.attendance.queries import punches
from portico.domains.attendance.queries import requests as queries
from portico.domains.attendance.queries.rules import rules_for
from portico.domains.attendance.service import corrections, overtime
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.portal.absences_forms import CorrectionForm, OvertimeForm
from portico.portal.blueprint import blueprint
from portico.web import attendance_words as words
from portico.web.acting import act
from portico.web.lists import page_links, page_query
from portico.web.pages import workspace_url

_WRITE = "attendance.requests:write"


@blueprint.page("/overtime", methods=("GET", "POST"), scope=_WRITE)
def overtime_requests(actor: Actor) -> Any:
    form = OvertimeForm()
    if form.validate_on_submit():
        with form.attempt():
            overtime.request_overtime(actor, form.values())
            flash(gettext("You asked for it. You hear as soon as somebody has decided."), "success")
            return redirect(workspace_url("portal.overtime_requests"), 303)
    found = queries.page_of_overtime(actor, page_query(queries.OVERTIME, {"employee_id": actor.employee_id}))
    return form.page(
        "portal/absences/overtime.html",
        found=found,
        links=page_links(found),
        words=words,
        requests=approvals.about(actor, overtime.SUBJECT, [row["id"] for row in found.rows]),
    )


@blueprint.page('/overtime/<id("ovt"):overtime_id>/cancel', methods=("POST",), scope=_WRITE)
def overtime_requests_cancel(actor: Actor, overtime_id: str) -> Any:
    act(lambda: overtime.cancel_overtime(actor, overtime_id), gettext("Cancelled."))
    return redirect(workspace_url("portal.overtime_requests"), 303)


@blueprint.page("/attendance/corrections", scope=_WRITE)
def attendance_corrections(actor: Actor) -> Any:
    found = queries.page_of_corrections(actor, page_query(queries.CORRECTIONS, {"employee_id": actor.employee_id}))
    return CorrectionForm(formdata=None).page(
        "portal/absences/corrections.html",
        found=found,
        links=page_links(found),
        words=words,
        zones={row.id: _zone(actor, row.work_on) for row in found.rows},
        requests=approvals.about(actor, corrections.SUBJECT, [row.id for row in found.rows]),
    )


def _zone(actor: Actor, on: date) -> str:
    return rules_for(actor.workspace_id, actor.employee_id or "", on).timezone


@blueprint.page("/attendance/corrections/new", methods=("GET", "POST"), scope=_WRITE)
def attendance_corrections_new(actor: Actor) -> Any:
    """Of one day: `?on=2026-11-26`."""
    on = _day(request.args.get("on", ""))
    zone = _zone(actor, on)
    there = punches.punches_of_days(actor.workspace_id, actor.employee_id or "", on, on)
    wrong = [one for one in there if one["status"] in punches.LIVE]
    form = CorrectionForm()
    form.punch_id.choices = [
        SelectChoice("", gettext("none")),
        *(SelectChoice(one["id"], _punch(one, zone)) for one in wrong),
    ]
    kinds = [SelectChoice(name, gettext(label)) for name, label in corrections.KINDS.items()]
    form.kind.choices = [SelectChoice("", gettext("nothing")), *kinds]
    if form.validate_on_submit():
        with form.attempt():
            corrections.submit_correction(actor, form.values(on, on + timedelta(days=1), zone))
            flash(gettext("You asked for it. You hear as soon as somebody has decided."), "success")
            return redirect(workspace_url("portal.attendance_corrections"), 303)
    return form.page("portal/absences/correct.html", on=on, zone=zone, punches=there, words=words)


def _punch(punch: dict[str, Any], zone: str) -> str:
    return f"{words.time_in(punch['occurred_at'], zone)} {words.words(words.KINDS, punch['kind'])}"


def _day(wanted: str) -> date:
    """The day that was asked for; today, where that is none."""
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        return to_user_timezone(clock.now()).date()  # type: ignore[no-any-return]


@blueprint.page('/attendance/corrections/<id("cor"):correction_id>/withdraw', methods=("POST",), scope=_WRITE)
def attendance_corrections_withdraw(actor: Actor, correction_id: str) -> Any:
    act(lambda: corrections.withdraw_correction(actor, correction_id), gettext("Withdrawn."))
    return redirect(workspace_url("portal.attendance_corrections"), 303)
