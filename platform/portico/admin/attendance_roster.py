"""The roster of a month as a grid: tick cells, choose a shift, put it; publish when it is right."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portico.admin.attendance_days import GROUP, SCOPE, day_of
from portico.admin.blueprint import blueprint, go
from portico.domains.attendance.queries import groups, setup, shifts
from portico.domains.attendance.service import rostering
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.ids import is_id
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.text import N_
from portico.web import attendance_words as words
from portico.web import workday_words as day_words
from portico.web.acting import act
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Roster"), "calendar-range", "admin.attendance_roster", 39, scope=SCOPE, group=GROUP)]
REST = "rest"


def _span(first: date, week: bool) -> tuple[date, date]:
    """The week of a date, or its month."""
    if week:
        monday = first - timedelta(days=first.weekday())
        return monday, monday + timedelta(days=6)
    return first.replace(day=1), first.replace(day=monthrange(first.year, first.month)[1])


def _dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=by) for by in range((last - first).days + 1)]


@blueprint.page("/attendance/roster", scope=SCOPE)
def attendance_roster(actor: Actor) -> str:
    today = setup.today(actor)
    week = request.args.get("view") == "week"
    first, last = _span(day_of(request.args.get("on"), today), week)
    teams = [row for row in groups.page_of_groups(actor, ListQuery(limit=MAX_LIMIT)).rows if _is_rostered(row)]
    team = next((row for row in teams if row["id"] == request.args.get("group")), teams[0] if teams else None)
    people = groups.members_of(actor, team["id"], first, ListQuery(limit=100)).rows if team else []
    people = people or (groups.members_of(actor, team["id"], today, ListQuery(limit=100)).rows if team else [])
    ids = [one["employee_id"] for one in people]
    entries = shifts.entries_between(actor, first, last, ids) if ids else []
    known = {row["id"]: row for row in shifts.all_shifts(actor, archived=True)}
    return render_template(
        "admin/attendance/roster.html",
        first=first,
        last=last,
        week=week,
        dates=_dates(first, last),
        earlier=first - timedelta(days=1),
        later=last + timedelta(days=1),
        today=today,
        teams=teams,
        team=team,
        people=sorted(people, key=lambda one: one["display_name"]),
        cells=cells_of(entries, known),
        drafts=sum(1 for one in entries if not one.published),
        shifts=[row for row in known.values() if not row["archived_at"]],
        rest=REST,
        words=words,
        day_words=day_words,
    )


def _is_rostered(row: dict[str, Any]) -> bool:
    return bool(row["current"]["rules"]["kind"] == "roster")


def cells_of(entries: Iterable[Any], known: dict[str, dict[str, Any]]) -> dict[tuple[str, date], list[dict[str, Any]]]:
    """What stands in each cell: of a slot the draft, where there is one."""
    slots: dict[tuple[str, date, int], Any] = {}
    for row in sorted(entries, key=lambda one: -one.published):
        slots[row.employee_id, row.work_on, row.slot] = row
    found: dict[tuple[str, date], list[dict[str, Any]]] = {}
    for (employee_id, on, _), row in sorted(slots.items()):
        shift = known.get(row.shift_id or "")
        about = {"name": shift["name"] if shift else None, "color": shift["color"] if shift else "gray"}
        found.setdefault((employee_id, on), []).append({**about, "draft": not row.published})
    return found


def _back(on: date) -> Any:
    week = {"view": "week"} if request.form.get("view") == "week" else {}
    return go("attendance_roster", on=on.isoformat(), group=request.form.get("group") or None, **week)


@blueprint.page("/attendance/roster/put", methods=("POST",), scope=SCOPE)
def attendance_roster_put(actor: Actor) -> Any:
    """The chosen shift into each ticked cell."""
    today = setup.today(actor)
    on = day_of(request.form.get("on"), today)
    act(
        lambda: rostering.put_entries(actor, _entries()),
        gettext("Put as drafts. Publish them when the roster is right."),
    )
    return _back(on)


def _entries() -> list[dict[str, Any]]:
    """What was ticked. Raises Invalid."""
    shift_id = request.form.get("shift_id", "")
    if shift_id != REST and not is_id(shift_id, "shf"):
        raise invalid("", "invalid", gettext("Choose a shift."))
    found: dict[tuple[str, date], None] = {}
    for cell in request.form.getlist("cell")[:2000]:
        employee_id, _, shown = cell.partition("|")
        try:
            found[employee_id, date.fromisoformat(shown)] = None
        except ValueError:
            continue
    keys = [key for key in found if is_id(key[0], "emp")]
    if not keys:
        raise invalid("", "invalid", gettext("Tick the days of some people first."))
    return [
        {
            "employee_id": employee_id,
            "work_on": on,
            "slot": 0,
            "shift_id": None if shift_id == REST else shift_id,
            "location_id": None,
        }
        for employee_id, on in keys
    ]


@blueprint.page("/attendance/roster/publish", methods=("POST",), scope=SCOPE)
def attendance_roster_publish(actor: Actor) -> Any:
    today = setup.today(actor)
    first, last = _span(day_of(request.form.get("on"), today), request.form.get("view") == "week")
    ids = [one for one in request.form.getlist("employee_id") if is_id(one, "emp")][:500]
    act(
        lambda: rostering.publish(actor, first, last, ids or None),
        gettext("Published. Everybody sees their own shifts."),
    )
    return _back(first)


@blueprint.page("/attendance/roster/copy", methods=("POST",), scope=SCOPE)
def attendance_roster_copy(actor: Actor) -> Any:
    """One week onto the next ones."""
    today = setup.today(actor)
    source = day_of(request.form.get("from_week_on"), today)
    target = day_of(request.form.get("to_week_on"), source + timedelta(days=7))
    ids = [one for one in request.form.getlist("employee_id") if is_id(one, "emp")][:500]
    act(lambda: rostering.copy_week(actor, source, target, ids or None), gettext("Copied as drafts."))
    return _back(target)
