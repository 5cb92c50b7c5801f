"""From a clock-in to its end: what each punch does to the open session, and how sessions end that nobody ended.

A session is about now: a punch that comes in late, behind others, is a fact for the reckoning and moves no session.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, update

from portico.domains.attendance.models import WorkSession
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.reckoning import LONGEST_FREE
from portico.domains.attendance.reckoning.values import ShiftInstance
from portico.domains.attendance.service import punch_notices
from portico.domains.attendance.service.recomputing import mark_stale
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_table = cast(Table, WorkSession.__table__)
_session = _table.c


def follow(actor: Actor, punch: dict[str, Any], current: dict[str, Any] | None, shift: ShiftInstance | None) -> None:
    """Let the open session follow the newest punch."""
    match punch["kind"]:
        case "in":
            _open(actor, punch, shift)
        case "out" if current is not None:
            _change(current, state="closed", out_punch_id=punch["id"], closed_at=punch["occurred_at"], break_since=None)
        case "out":
            end_late(actor, punch)
        case "break_start" if current is not None:
            _change(current, break_since=punch["occurred_at"])
        case "break_end" if current is not None:
            _change(current, break_since=None)


def follow_device(
    actor: Actor, punch: dict[str, Any], current: dict[str, Any] | None, shift: ShiftInstance | None
) -> None:
    """As `follow`, of what a device brought: the one button of a terminal alternates, and an in that comes while one is
    in moves nothing."""
    kind = punch["kind"]
    if kind == "auto":
        kind = "in" if current is None else "out"
    if kind == "in" and current is not None:
        return
    follow(actor, {**punch, "kind": kind}, current, shift)


def _open(actor: Actor, punch: dict[str, Any], shift: ShiftInstance | None) -> None:
    opened_at = punch["occurred_at"]
    due_at = opened_at + LONGEST_FREE if shift is None else shift.window_to
    if due_at < clock.now():
        return
    row = {
        "workspace_id": actor.workspace_id,
        "id": new_id("wse"),
        "employee_id": punch["employee_id"],
        "in_punch_id": punch["id"],
        "out_punch_id": None,
        "state": "open",
        "work_on": punch["work_on"],
        "timezone": punch["timezone"],
        "instance_key": punch["instance_key"],
        "opened_at": opened_at,
        "break_since": None,
        "closed_at": None,
        "ends_at": None if shift is None else shift.ends_at,
        "due_at": due_at,
    }
    session().execute(insert(_table), [row])


def _change(current: dict[str, Any], **values: Any) -> bool:
    """Change the session, if it is still open."""
    done = session().execute(
        update(_table)
        .where(_session.workspace_id == current["workspace_id"], _session.id == current["id"])
        .where(_session.state == "open")
        .values(values)
        .returning(_session.id)
    )
    return done.one_or_none() is not None


def end_late(actor: Actor, punch: dict[str, Any]) -> None:
    """A clock-out that came to light after the session was closed for want of one ends it after all."""
    at = punch["occurred_at"]
    session().execute(
        update(_table)
        .where(_session.workspace_id == actor.workspace_id, _session.employee_id == punch["employee_id"])
        .where(_session.state == "auto_closed", _session.opened_at <= at, _session.due_at >= at)
        .values(state="closed", out_punch_id=punch["id"], closed_at=at)
    )


def close_overdue(workspace_id: str, employee_id: str, at: datetime) -> bool:
    """Close the open session for want of a clock-out, when its time is over at this instant of UTC, whatever the date
    is anywhere. The planned end is when it ends, and that is an exception and no working time. Answers whether it was
    closed here: of two who try, one does."""
    current = queries.open_session(workspace_id, employee_id)
    if current is None or current["due_at"] >= at:
        return False
    ends_at = max(current["opened_at"], current["ends_at"] or current["due_at"])
    if not _change(current, state="auto_closed", closed_at=ends_at, break_since=None):
        return False
    mark_stale(workspace_id, employee_id, current["work_on"])
    punch_notices.tell_forgotten(workspace_id, current)
    return True


def close_of_leaver(workspace_id: str, employee_id: str) -> None:
    """Who is not let in any more cannot clock out: somebody has to look at it."""
    current = queries.open_session(workspace_id, employee_id)
    if current is not None and _change(current, state="needs_review", closed_at=clock.now(), break_since=None):
        mark_stale(workspace_id, employee_id, current["work_on"])


def disown(actor: Actor, punch: dict[str, Any]) -> None:
    """A punch counts no more: what it opened, or closed, has to be looked at."""
    mine = (_session.workspace_id == actor.workspace_id, _session.employee_id == punch["employee_id"])
    opened = update(_table).where(*mine, _session.in_punch_id == punch["id"])
    now = clock.now()
    session().execute(
        opened.where(_session.state == "open").values(state="needs_review", closed_at=now, break_since=None)
    )
    session().execute(opened.where(_session.state.in_(("closed", "auto_closed"))).values(state="needs_review"))
    closed = update(_table).where(*mine, _session.out_punch_id == punch["id"], _session.state == "closed")
    session().execute(closed.values(state="needs_review", out_punch_id=None))
    # A break that did not begin is none.
    breaks = update(_table).where(*mine, _session.state == "open", _session.break_since == punch["occurred_at"])
    session().execute(breaks.values(break_since=None))
