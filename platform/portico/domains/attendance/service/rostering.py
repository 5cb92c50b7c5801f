"""The roster: drafts, and what is published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Table, delete, select, tuple_, update

from portico.domains.attendance import events
from portico.domains.attendance.errors.periods import PeriodLocked
from portico.domains.attendance.models import AttendanceLocation
from portico.domains.attendance.queries import periods, setup, shifts
from portico.domains.attendance.service import recomputing, staling
from portico.domains.directory.models import Employee
from portico.domains.directory.ranges import within_range
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.adding import add
from portico.kernel.errors import FieldError, Invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_entry = shifts.ENTRY.c
_employee = Employee.__table__.c
_PIECE = 200


def put_entries(actor: Actor, entries: Sequence[dict[str, Any]], source: str = "manual") -> dict[str, int]:
    """Drafts in the place of those of the same person, date and slot. Raises Invalid and PeriodLocked."""
    _require_people(actor, [one["employee_id"] for one in entries])
    setup.require_there(actor, shifts.SHIFT, [one["shift_id"] for one in entries], "/entries")
    location = cast(Table, AttendanceLocation.__table__)
    setup.require_there(actor, location, [one["location_id"] for one in entries], "/entries")
    _require_open(actor, [one["work_on"] for one in entries])
    now = clock.now()
    keys = [(one["employee_id"], one["work_on"], one["slot"]) for one in entries]
    drafts = (_entry.workspace_id == actor.workspace_id, _entry.published.is_(False))
    for start in range(0, len(keys), _PIECE):
        same = tuple_(_entry.employee_id, _entry.work_on, _entry.slot).in_(sorted(keys)[start : start + _PIECE])
        session().execute(delete(shifts.ENTRY).where(*drafts, same))
    add(
        shifts.ENTRY,
        [
            {
                **{name: one[name] for name in ("employee_id", "work_on", "slot", "shift_id", "location_id")},
                "workspace_id": actor.workspace_id,
                "id": new_id("ros"),
                "published": False,
                "source": source,
                "created_at": now,
                "updated_at": now,
                "version": 1,
            }
            for one in entries
        ],
    )
    return {"entries": len(entries), "days": len({key[:2] for key in keys})}


def _require_people(actor: Actor, ids: Sequence[str]) -> None:
    wanted = sorted(set(ids))
    known: set[str] = set()
    for start in range(0, len(wanted), _PIECE):
        statement = select(_employee.id).where(
            _employee.workspace_id == actor.workspace_id,
            _employee.id.in_(wanted[start : start + _PIECE]),
            *within_range(actor, _employee.id),
        )
        known.update(session().scalars(statement))
    wrong = [
        FieldError(f"/entries/{place}/employee_id", "unknown", "There is no such employee.")
        for place, one in enumerate(ids)
        if one not in known
    ]
    if wrong:
        raise Invalid(errors=wrong)


def _require_open(actor: Actor, dates: Sequence[date]) -> None:
    """Raises PeriodLocked."""
    if {periods.month_of(on) for on in dates} & periods.locked_months(actor.workspace_id):
        raise PeriodLocked()


def publish(actor: Actor, from_on: date, until_on: date, employee_ids: Sequence[str] | None = None) -> dict[str, int]:
    """Make drafts known: each takes the place of what was published of its person, date and slot. Raises Invalid and
    PeriodLocked."""
    _require_open(actor, _dates(from_on, until_on))
    here = [
        _entry.workspace_id == actor.workspace_id,
        _entry.work_on.between(from_on, until_on),
        *within_range(actor, _entry.employee_id),
    ]
    if employee_ids is not None:
        here.append(_entry.employee_id.in_(employee_ids))
    # Held in one order: of two who publish at once, the second finds nothing left.
    statement = select(_entry.id, _entry.employee_id, _entry.work_on, _entry.slot).where(
        *here, _entry.published.is_(False)
    )
    drafts = session().execute(statement.order_by(_entry.id).with_for_update()).all()
    for start in range(0, len(drafts), _PIECE):
        part = drafts[start : start + _PIECE]
        same = tuple_(_entry.employee_id, _entry.work_on, _entry.slot).in_(
            [(row.employee_id, row.work_on, row.slot) for row in part]
        )
        session().execute(delete(shifts.ENTRY).where(*here, _entry.published, same))
        ids = _entry.id.in_([row.id for row in part])
        session().execute(
            update(shifts.ENTRY)
            .where(*here, ids)
            .values(published=True, updated_at=clock.now(), version=_entry.version + 1)
        )
    days = {(row.employee_id, row.work_on) for row in drafts}
    if drafts:
        _tell(actor, from_on, until_on, days)
    return {"entries": len(drafts), "days": len(days)}


def _tell(actor: Actor, from_on: date, until_on: date, days: set[tuple[str, date]]) -> None:
    """Days that are computed already come to something else; days up to today are to be computed at all."""
    staling.people_changed(actor, days)
    today = setup.today(actor)
    recomputing.mark_days_stale(actor.workspace_id, [day for day in days if day[1] <= today])
    emit(
        actor,
        events.ROSTER_PUBLISHED,
        {
            "id": new_id("rop"),
            "from_on": from_on,
            "until_on": until_on,
            "employee_ids": sorted({employee_id for employee_id, _ in days}),
            "entries": len(days),
        },
    )


def _dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=by) for by in range((last - first).days + 1)]


def copy_week(
    actor: Actor, from_week_on: date, to_week_on: date, employee_ids: Sequence[str] | None = None
) -> dict[str, int]:
    """What is planned in the week of the one date, as drafts in the week of the other; drafts count before what is
    published. Raises PeriodLocked."""
    first, to = _monday(from_week_on), _monday(to_week_on)
    found: dict[tuple[str, date, int], dict[str, Any]] = {}
    here = [
        _entry.workspace_id == actor.workspace_id,
        _entry.work_on.between(first, first + timedelta(days=6)),
        *within_range(actor, _entry.employee_id),
    ]
    if employee_ids is not None:
        here.append(_entry.employee_id.in_(employee_ids))
    statement = select(shifts.ENTRY).where(*here).order_by(_entry.published.desc(), _entry.id)
    for row in session().execute(statement).mappings():
        found[row["employee_id"], row["work_on"], row["slot"]] = {
            **{name: row[name] for name in ("employee_id", "slot", "shift_id", "location_id")},
            "work_on": row["work_on"] + (to - first),
        }
    if not found:
        return {"entries": 0, "days": 0}
    return put_entries(actor, list(found.values()), "copy")


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())
