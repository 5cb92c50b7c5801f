"""Reads of the months that close attendance."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, func, or_, select

from portico.domains.attendance.models import AttendancePeriod, Workday
from portico.domains.attendance.models.workdays import UNSETTLED
from portico.domains.attendance.queries import setup
from portico.domains.directory.models import Employee
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

PERIOD = cast(Table, AttendancePeriod.__table__)
_day = Workday.__table__.c
_employee = Employee.__table__.c
SHOWN = 200
PERIODS = Listing(
    PERIOD.c.id,
    filters={"month": Filter(column=PERIOD.c.month), "state": Filter(column=PERIOD.c.state)},
    sorts={"month": Sort(PERIOD.c.month)},
    default_sort="-month",
)


def month_days(month: str) -> tuple[date, date]:
    """The first and the last date of a month such as 2026-11. Raises NotFound."""
    try:
        year, number = map(int, month.split("-"))
        first = date(year, number, 1)
    except ValueError:
        raise NotFound() from None
    if f"{first:%Y-%m}" != month or not 1900 <= year <= 2199:
        raise NotFound()
    return first, date(year, number, monthrange(year, number)[1])


def month_of(on: date) -> str:
    return f"{on:%Y-%m}"


def row(workspace_id: str, month: str, *, lock: bool = False) -> AnyRow | None:
    statement = select(PERIOD).where(PERIOD.c.workspace_id == workspace_id, PERIOD.c.month == month)
    return session().execute(statement.with_for_update() if lock else statement).one_or_none()


def period(actor: Actor, month: str) -> dict[str, Any]:
    """A month, also one of which nobody has done anything. Raises NotFound for what is none."""
    return periods_of(actor, [month])[0]


def periods_of(actor: Actor, months: Sequence[str], most: int | None = None) -> list[dict[str, Any]]:
    """As `period`, of several in two statements. `most` is as far as is counted what is not settled: pages, which ask
    for so many, get one more where there are more."""
    here = (PERIOD.c.workspace_id == actor.workspace_id, PERIOD.c.month.in_(months))
    known = {found.month: dict(found._mapping) for found in session().execute(select(PERIOD).where(*here))}
    counts = _counts(actor, months, most)
    empty = dict.fromkeys(("reason", "tzdb_version", "closed_at", "locked_at", "reopened_at"))
    fresh = {**empty, "state": "open", "version": 0}
    return [
        {**fresh, **known.get(month, {}), "id": month, "month": month, "unresolved": count}
        for month, count in zip(months, counts, strict=True)
    ]


def page_of_periods(actor: Actor, query: ListQuery) -> Page:
    found = page(setup.visible_to(actor, PERIOD), PERIODS, actor.workspace_id, query)
    counts = _counts(actor, [one.month for one in found.rows])
    rows = [
        {**one._mapping, "id": one.month, "unresolved": count} for one, count in zip(found.rows, counts, strict=True)
    ]
    return Page(rows, found.next_cursor, found.total, found.fields)


def _unsettled(actor: Actor, first: date, last: date) -> list[ColumnElement[bool]]:
    # Written into the statement, so that the planner sees that the index of what is unsettled has it all.
    names: BindParameter[Any] = bindparam("unsettled", UNSETTLED, expanding=True, literal_execute=True)
    return [
        _day.workspace_id == actor.workspace_id,
        _day.work_on.between(first, last),
        or_(_day.stale, _day.status.in_(names)),
        _day.status != "locked",
    ]


def _counts(actor: Actor, months: Sequence[str], most: int | None = None) -> Sequence[int]:
    """How many days of each month are not settled, in one statement."""
    if not months:
        return []
    counts = []
    for month in months:
        inside = select(_day.id).where(*_unsettled(actor, *month_days(month)))
        inside = inside if most is None else inside.limit(most + 1)
        counts.append(select(func.count()).select_from(inside.subquery()).scalar_subquery())
    return list(session().execute(select(*counts)).one())


def count_unresolved(actor: Actor, month: str) -> int:
    return _counts(actor, [month])[0]


def is_unfinished(actor: Actor, first: date, last: date) -> bool:
    """Whether there are days that are not computed to their end: they hinder locking in any case."""
    inside = select(_day.id).where(*_unsettled(actor, first, last), or_(_day.stale, _day.status == "open"))
    return session().scalar(inside.limit(1)) is not None


def unresolved(actor: Actor, first: date, last: date, limit: int = SHOWN) -> list[dict[str, Any]]:
    wanted = (_day.id, _day.employee_id, _day.work_on, _day.status, _day.stale, _day.exceptions, _employee.display_name)
    theirs = (_employee.workspace_id == _day.workspace_id) & (_employee.id == _day.employee_id)
    found_days = select(*wanted).join(Employee, theirs).where(*_unsettled(actor, first, last))
    rows = session().execute(found_days.order_by(_day.work_on, _day.employee_id).limit(limit))
    return [
        {
            "workday_id": found.id,
            "employee_id": found.employee_id,
            "display_name": found.display_name,
            "work_on": found.work_on,
            "why": "stale" if found.stale else found.status,
            "exceptions": [one["code"] for one in found.exceptions],
        }
        for found in rows
    ]


def locked_months(workspace_id: str) -> set[str]:
    return set(
        session().scalars(
            select(PERIOD.c.month).where(PERIOD.c.workspace_id == workspace_id, PERIOD.c.state == "locked")
        )
    )


def is_locked(workspace_id: str, on: date) -> bool:
    found = row(workspace_id, month_of(on))
    return found is not None and found.state == "locked"


def locked_since(workspace_id: str, on: date) -> bool:
    """Whether a month that is locked ends on this date or later."""
    return any(month_days(month)[1] >= on for month in locked_months(workspace_id))
