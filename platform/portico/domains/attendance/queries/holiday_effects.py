"""What other holidays would do, before they are kept: on which dates, to how many people, what is locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, exists, false, func, or_, select

from portico.domains.attendance.errors.rules import CalendarCycle
from portico.domains.attendance.models import AttendanceAssignment, Workday
from portico.domains.attendance.queries import groups, holidays, periods, setup
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

RULE = ("kind", "name", "works_as", "off_from", "off_until")
EVER = (date(1900, 1, 1), date(2199, 12, 31))
_assignment = AttendanceAssignment.__table__.c
_day = cast(Table, Workday.__table__).c
Rule = Mapping[str, Any]


def effects(
    actor: Actor,
    calendar_id: str,
    *,
    put: Sequence[Rule] = (),
    removed: Iterable[str] = (),
    **moved: str | None,
) -> dict[str, Any]:
    """Of holidays that are `put` (one of a date that is known takes its place), of holidays that go, and of another
    `parent_id`, where it is given. Dates on which nothing changes are left out. Raises NotFound, Invalid and
    CalendarCycle."""
    before, after = _before_and_after(actor, calendar_id, put, set(removed), moved)
    changed = sorted(on for on in {*before, *after} if before.get(on) != after.get(on))
    users = _groups_by_date(actor, calendar_id, changed)
    people = _people_by_date(actor, users)
    locked = periods.locked_months(actor.workspace_id)
    return {
        "people": _people(actor, users),
        "recomputed_days": _computed(actor, users, _day.status != "locked"),
        "locked_days": _computed(actor, users, _day.status == "locked"),
        "locked_months": sorted({periods.month_of(on) for on in changed} & set(locked)),
        "dates": [
            {
                "on": on,
                "before": before.get(on),
                "after": after.get(on),
                "people": people[on],
                "locked": periods.month_of(on) in locked,
            }
            for on in changed
        ],
    }


def _before_and_after(
    actor: Actor, calendar_id: str, put: Sequence[Rule], removed: set[str], moved: Mapping[str, str | None]
) -> tuple[dict[date, Rule], dict[date, Rule]]:
    """What holds of the dates that could change, as the calendar stands and as it would."""
    calendar = setup.one(actor, holidays.CALENDAR, calendar_id)
    rows = holidays.holidays_of(actor, calendar_id)
    own = {row.on_date: _rule(row._mapping) for row in rows}
    kept = {row.on_date: own[row.on_date] for row in rows if row.id not in removed}
    kept |= {one["on"]: _rule(one) for one in put}
    above = _above(actor, calendar["parent_id"])
    other = _above(actor, _parent(actor, calendar_id, moved["parent_id"])) if "parent_id" in moved else above
    return {**above, **own}, {**other, **kept}


def _parent(actor: Actor, calendar_id: str, parent_id: str | None) -> str | None:
    setup.require_there(actor, holidays.CALENDAR, [parent_id], "/parent_id")
    if parent_id in holidays.below(actor, calendar_id):
        raise CalendarCycle()
    return parent_id


def _above(actor: Actor, parent_id: str | None) -> dict[date, Rule]:
    if parent_id is None:
        return {}
    return {on: _rule(row._mapping) for on, row in holidays.holidays_between(actor, parent_id, *EVER).items()}


def _rule(row: Mapping[Any, Any]) -> Rule:
    return {name: row[name] for name in RULE}


Users = Mapping[date, frozenset[str]]


def _groups_by_date(actor: Actor, calendar_id: str, dates: Sequence[date]) -> Users:
    """The groups that go by the calendar on each of these dates, itself or by one below that says nothing of it."""
    if not dates:
        return {}
    parents, below = holidays.parents(actor), holidays.below(actor, calendar_id)
    table = holidays.HOLIDAY.c
    said = session().execute(
        setup.visible_to(actor, holidays.HOLIDAY)
        .with_only_columns(table.calendar_id, table.on_date)
        .where(table.calendar_id.in_(sorted(below - {calendar_id})), table.on_date.between(dates[0], dates[-1]))
    )
    own = {(row.calendar_id, row.on_date) for row in said}
    versions = groups.version_rows(actor.workspace_id)
    found = {}
    for on in dates:
        held = {row.group_id: row for row in versions if row.effective_from <= on}
        found[on] = frozenset(
            group_id
            for group_id, row in held.items()
            if (row.ends_on is None or on < row.ends_on)
            and _goes_by(row.holiday_calendar_id, calendar_id, on, own, parents)
        )
    return found


def _goes_by(
    mine: str | None, calendar_id: str, on: date, own: set[tuple[str, date]], parents: Mapping[str, str | None]
) -> bool:
    while mine is not None and mine != calendar_id:
        mine = None if (mine, on) in own else parents.get(mine)
    return mine == calendar_id


def _people_by_date(actor: Actor, users: Users) -> dict[date, int]:
    wanted = sorted({one for ids in users.values() for one in ids})
    rows = (
        session()
        .execute(
            select(_assignment.group_id, _assignment.from_on, _assignment.until_on, func.count().label("people"))
            .where(_assignment.workspace_id == actor.workspace_id, _assignment.group_id.in_(wanted))
            .group_by(_assignment.group_id, _assignment.from_on, _assignment.until_on)
        )
        .all()
    )
    return {
        on: sum(
            row.people
            for row in rows
            if row.group_id in ids and row.from_on <= on and (row.until_on is None or on < row.until_on)
        )
        for on, ids in users.items()
    }


def _alike(users: Users) -> dict[frozenset[str], list[date]]:
    """The dates by the groups that they touch."""
    found: dict[frozenset[str], list[date]] = {}
    for on, ids in users.items():
        if ids:
            found.setdefault(ids, []).append(on)
    return found


def _people(actor: Actor, users: Users) -> int:
    """Each once, on however many dates."""
    parts = [
        and_(
            _assignment.group_id.in_(sorted(ids)),
            _assignment.from_on <= max(dates),
            or_(_assignment.until_on.is_(None), _assignment.until_on > min(dates)),
        )
        for ids, dates in _alike(users).items()
    ]
    statement = select(func.count(_assignment.employee_id.distinct())).where(
        _assignment.workspace_id == actor.workspace_id, or_(false(), *parts)
    )
    return int(session().scalar(statement) or 0)


def _computed(actor: Actor, users: Users, *which: ColumnElement[bool]) -> int:
    """Days of these people that were computed."""
    mine = and_(
        _assignment.workspace_id == _day.workspace_id,
        _assignment.employee_id == _day.employee_id,
        _assignment.from_on <= _day.work_on,
        or_(_assignment.until_on.is_(None), _assignment.until_on > _day.work_on),
    )
    parts = [
        and_(_day.work_on.in_(dates), exists().where(mine, _assignment.group_id.in_(sorted(ids))))
        for ids, dates in _alike(users).items()
    ]
    statement = select(func.count()).where(_day.workspace_id == actor.workspace_id, or_(false(), *parts), *which)
    return int(session().scalar(statement) or 0)
