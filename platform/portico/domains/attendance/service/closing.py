"""Months: closing shows what is not settled, locking keeps their days as they are, and opening again says why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.attendance import events, permissions
from portico.domains.attendance.errors.rules import PeriodUnresolved
from portico.domains.attendance.queries import periods, setup, workdays
from portico.domains.attendance.service import unseen
from portico.domains.attendance.zones import tzdb_version
from portico.domains.directory.ranges import require_whole_company
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import InvalidTransition
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_day = workdays.DAY.c


def _held(actor: Actor, month: str) -> AnyRow:
    """The row of a month, made where there is none, and held: of two who close at once, one waits. Raises NotFound."""
    periods.month_days(month)
    now = clock.now()
    fresh = {
        "workspace_id": actor.workspace_id,
        "id": new_id("prd"),
        "month": month,
        "state": "open",
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    if periods.row(actor.workspace_id, month) is None:
        try:
            with session().begin_nested():
                session().execute(insert(periods.PERIOD).values(fresh))
        except IntegrityError:
            pass  # somebody else made it at this moment
    found = periods.row(actor.workspace_id, month, lock=True)
    if found is None:
        raise InvalidTransition()
    return found


def _step(actor: Actor, row: AnyRow, kind: EventType, **values: Any) -> dict[str, Any]:
    table = periods.PERIOD
    session().execute(
        update(table)
        .where(table.c.workspace_id == actor.workspace_id, table.c.id == row.id)
        .values(**values, by_actor=actor.as_dict(), updated_at=clock.now(), version=row.version + 1)
    )
    after = periods.period(actor, row.month)
    emit(actor, kind, after, changes=["state"], before={**row._mapping, "id": row.month, "unresolved": 0})
    return after


def close_period(actor: Actor, month: str) -> dict[str, Any]:
    """Begin to close a month, or look again: every day that should have a row gets one, and what is not settled is
    listed. Raises NotFound and InvalidTransition."""
    require_whole_company(actor)
    permissions.require_hr(actor)
    row = _held(actor, month)
    if row.state == "locked":
        raise InvalidTransition("The month is locked; open it again first.")
    first, last = periods.month_days(month)
    unseen.complete(actor, first, min(last, setup.today(actor) - timedelta(days=1)))
    after = _step(actor, row, events.PERIOD_CLOSED, state="closing", closed_at=clock.now())
    return {**after, "list": periods.unresolved(actor, first, last)}


def lock_period(actor: Actor, month: str, *, anyway: bool = False) -> dict[str, Any]:
    """Keep the days of a month as they are. Raises NotFound, InvalidTransition and PeriodUnresolved."""
    require_whole_company(actor)
    permissions.require_hr(actor)
    row = _held(actor, month)
    if row.state != "closing":
        raise InvalidTransition("Close the month first, and look at what is not settled.")
    first, last = periods.month_days(month)
    if last >= setup.today(actor):
        raise InvalidTransition("The month is not over.")
    if periods.is_unfinished(actor, first, last):
        raise PeriodUnresolved("Some days wait to be computed, or are not over. Try again when they are.")
    if not anyway and periods.count_unresolved(actor, month):
        raise PeriodUnresolved()
    _days(actor, first, last, _day.status != "locked", status="locked", recheck_at=None)
    return _step(actor, row, events.PERIOD_LOCKED, state="locked", locked_at=clock.now(), tzdb_version=tzdb_version())


def _days(actor: Actor, first: date, last: date, *where: Any, **values: Any) -> None:
    session().execute(
        update(workdays.DAY)
        .where(_day.workspace_id == actor.workspace_id, _day.work_on.between(first, last), *where)
        .values(**values, version=_day.version + 1)
    )


def reopen_period(actor: Actor, month: str, *, reason: str) -> dict[str, Any]:
    """Let a locked month change again; what happened meanwhile is taken in. Raises NotFound and InvalidTransition."""
    require_whole_company(actor)
    permissions.require_hr(actor)
    row = _held(actor, month)
    if row.state != "locked":
        raise InvalidTransition("Only a locked month can be opened again.")
    first, last = periods.month_days(month)
    locked, confirmed = _day.status == "locked", _day.confirmed_at.is_not(None)
    _days(actor, first, last, locked, confirmed, status="confirmed", stale=True)
    # Of the others it is computed anew what they are.
    _days(actor, first, last, locked, status="computed", stale=True, inputs_hash=None)
    return _step(
        actor, row, events.PERIOD_REOPENED, state="reopened", reason=reason, reopened_at=clock.now(), tzdb_version=None
    )
