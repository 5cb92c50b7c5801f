"""Somebody looked at a day and says that it is right as it stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from portico.domains.attendance import events, permissions
from portico.domains.attendance.errors.periods import PeriodLocked
from portico.domains.attendance.errors.rules import DayNotComputed
from portico.domains.attendance.queries import workdays
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict, Forbidden, Stale
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session


def confirm_workday(actor: Actor, workday_id: str, *, expected_version: int | None = None) -> dict[str, Any]:
    """By HR, or by whom the person reports to; nobody confirms their own day. When something changes later, the day is
    computed anew and is to be confirmed again. Raises NotFound, Forbidden, Stale, DayNotComputed and PeriodLocked."""
    before = workdays.row(actor, workday_id, lock=True)
    if before["employee_id"] == actor.employee_id and not permissions.sees_everybody(actor):
        raise Forbidden("Nobody confirms their own day; your manager or HR does.")
    if expected_version not in (None, before["version"]):
        raise Stale()
    if before["status"] == "locked":
        raise PeriodLocked()
    if before["stale"] or before["status"] == "open":
        raise DayNotComputed()
    if before["status"] == "confirmed":
        return workdays.shown(before)
    stamped = {"status": "confirmed", "confirmed_at": clock.now(), "version": before["version"] + 1}
    table = workdays.DAY
    done = session().scalar(
        update(table)
        .where(table.c.workspace_id == actor.workspace_id, table.c.id == workday_id)
        .where(table.c.version == before["version"])
        .values(stamped)
        .returning(table.c.id)
    )
    if done is None:
        raise Conflict()
    shown = workdays.shown({**before, **stamped})
    emit(actor, events.WORKDAY_CONFIRMED, shown, changes=["status"])
    return shown
