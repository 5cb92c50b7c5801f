"""How an absence is written: one row, the halves that it takes, and the days that are to be reckoned anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Table, delete, insert, tuple_, update
from sqlalchemy.exc import IntegrityError

from portico.domains.attendance import halves
from portico.domains.attendance.errors import AbsenceOverlap, PeriodLocked
from portico.domains.attendance.models import Absence, AbsenceSlot
from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.queries import periods
from portico.domains.attendance.queries.absence_days import Days
from portico.domains.attendance.service.recomputing import mark_days_stale
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict
from portico.kernel.events import EventType, emit
from portico.kernel.unit_of_work import session

table = cast(Table, Absence.__table__)
_slots = cast(Table, AbsenceSlot.__table__)
_DAY = timedelta(days=1)


def require_unlocked(workspace_id: str, days: Iterable[date]) -> None:
    """Raises PeriodLocked."""
    months = {on.replace(day=1) for on in days}
    if any(periods.is_locked(workspace_id, month) for month in sorted(months)):
        raise PeriodLocked()


def take(actor: Actor, absence_id: str, employee_id: str, wanted: Iterable[halves.Half]) -> None:
    """The key of the table refuses a half that another absence has. Raises AbsenceOverlap."""
    rows = [
        {
            "workspace_id": actor.workspace_id,
            "employee_id": employee_id,
            "absent_on": half.on,
            "slot": half.slot,
            "absence_id": absence_id,
        }
        for half in wanted
    ]
    try:
        with session().begin_nested():
            session().execute(insert(_slots), rows)
    except IntegrityError:
        raise AbsenceOverlap() from None


def give_back(actor: Actor, absence_id: str, only: Iterable[halves.Half] | None = None) -> None:
    """All the halves of an absence, or only these."""
    statement = delete(_slots).where(_slots.c.workspace_id == actor.workspace_id, _slots.c.absence_id == absence_id)
    if only is not None:
        which = [(half.on, half.slot) for half in only]
        statement = statement.where(tuple_(_slots.c.absent_on, _slots.c.slot).in_(which))
    session().execute(statement)


def in_the_way(actor: Actor, employee_id: str, days: Days, values: dict[str, Any], *, besides: str = "") -> list[str]:
    """What else is at that time: what is by the hour against everything, halves against halves and hours."""
    first, last = values["from_on"], values["until_on"]
    others = queries.touching(actor.workspace_id, employee_id, first - _DAY, last + _DAY, besides)
    mine = halves.of_row(values)
    return [one["id"] for one in others if _meet(days, mine, values, one)]


def require_room(actor: Actor, employee_id: str, days: Days, values: dict[str, Any], *, besides: str = "") -> None:
    """The caller holds the person, so nobody writes another meanwhile. Raises AbsenceOverlap."""
    found = in_the_way(actor, employee_id, days, values, besides=besides)
    if found:
        raise AbsenceOverlap(extra={"absence_ids": found})


def _meet(days: Days, mine: halves.Stretch | None, values: dict[str, Any], other: dict[str, Any]) -> bool:
    theirs = halves.of_row(other)
    if mine is not None and theirs is not None:
        return mine.first <= theirs.last and theirs.first <= mine.last
    hours, stretch = (values, theirs) if mine is None else (other, mine)
    if stretch is None:
        return bool(values["starts_at"] < other["ends_at"] and other["starts_at"] < values["ends_at"])
    near = (hours["from_on"] - _DAY, hours["until_on"] + _DAY)
    spans = [days.span(half) for half in stretch.halves() if near[0] <= half.on <= near[1]]
    return any(start < hours["ends_at"] and hours["starts_at"] < end for start, end in spans)


def write(actor: Actor, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """One UPDATE that takes only on the version that was read; no change of it is pending any more, unless `values`
    say so. Raises Conflict."""
    stamped = {"pending_change": None, **values, "updated_at": clock.now(), "version": before["version"] + 1}
    done = session().execute(
        update(table)
        .where(table.c.workspace_id == actor.workspace_id, table.c.id == before["id"])
        .where(table.c.version == before["version"])
        .values(stamped)
        .returning(table.c.id)
    )
    if done.one_or_none() is None:
        raise Conflict()
    return queries.shown({**before, **stamped})


def change(
    actor: Actor, before: dict[str, Any], values: dict[str, Any], event: EventType, changes: Iterable[str]
) -> dict[str, Any]:
    after = write(actor, before, values)
    emit(actor, event, after, changes=list(changes), before=before)
    return after


def days_of(absence: dict[str, Any]) -> list[date]:
    """Its dates; one by the hour may fall into a shift of the date before."""
    first = absence["from_on"] if absence["from_slot"] else absence["from_on"] - _DAY
    return [first + timedelta(days=by) for by in range((absence["until_on"] - first).days + 1)]


def reckon(actor: Actor, employee_id: str, days: Iterable[date]) -> None:
    """Days that have come are reckoned anew; those to come are reckoned when they do."""
    soon = clock.now().date() + _DAY
    mark_days_stale(actor.workspace_id, [(employee_id, on) for on in days if on <= soon])
