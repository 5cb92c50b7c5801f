"""Attendance as files, and what it holds on a person."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.queries import periods, reports, workdays
from portico.domains.attendance.schemas.workdays import Workday
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.dump import dumper
from portico.kernel.errors import invalid
from portico.kernel.exporting import EXPORTERS, Exporter, Mark, Rows, of_a_person
from portico.kernel.listing import Filter, Listing, ListQuery, Sort
from portico.kernel.text import N_

_PIECE = 50
_FIGURES = (
    *("planned_minutes", "worked_minutes", "late_count", "late_minutes", "serious_late_count", "early_count"),
    *("early_minutes", "missing_count", "absent_minutes", "absence_minutes", "overtime_minutes", "corrections"),
)
MONTHLY = ("employee_id", "display_name", "month", "days", "planned_days", "worked_days", *_FIGURES, "unresolved")
DAILY = (
    "employee_id",
    "display_name",
    "work_on",
    "group_name",
    "shifts",
    "day_kind",
    "status",
    *_FIGURES,
    "exceptions",
)
OF_A_MONTH = Listing(
    workdays.DAY.c.id,
    filters={"month": Filter(kind="text", operators=("eq",))},
    sorts={"created_at": Sort(workdays.DAY.c.id)},
    default_sort="created_at",
)


def _month(query: ListQuery) -> str:
    """The month that was asked for. Raises Invalid and NotFound."""
    found = next((one.value for one in query.conditions if one.field == "month"), None)
    if found is None:
        raise invalid("/filter/month", "required", "Say which month, such as 2026-11.")
    periods.month_days(found)
    return str(found)


def _monthly(actor: Actor, query: ListQuery, mark: Mark) -> tuple[Rows, Mark]:
    month = _month(query)
    people = reports.people_after(actor, mark or "", _PIECE)
    rows = [{"month": month, **row} for row in reports.monthly(actor, people, month)["data"]]
    return rows, max(people) if len(people) == _PIECE else None


def _daily(actor: Actor, query: ListQuery, mark: Mark) -> tuple[Rows, Mark]:
    first, last = periods.month_days(_month(query))
    people = reports.people_after(actor, mark or "", _PIECE)
    rows = [
        {
            **row,
            "work_on": row["work_on"].isoformat(),
            "shifts": " / ".join(row["shifts"]),
            "exceptions": " ".join(row["exceptions"]),
        }
        for row in reports.daily(actor, people, first, last)["data"]
    ]
    return rows, max(people) if len(people) == _PIECE else None


def _count(actor: Actor, query: ListQuery) -> int | None:
    _month(query)
    return reports.count_people(actor)


for _name, _title, _columns, _page in (
    ("attendance_monthly", N_("Attendance of a month by person"), MONTHLY, _monthly),
    ("attendance_daily", N_("Attendance of a month by day"), DAILY, _daily),
):
    EXPORTERS.add(Exporter(_name, _title, OF_A_MONTH, "attendance.reports:read", _columns, _page, _count))


@of_a_person("workdays")
def days_of(actor: Actor) -> Rows:
    """The person's workdays of the last year."""
    today = clock.now().date()
    mine = workdays.DAY.c.employee_id == (actor.employee_id or "")
    rows = workdays.days_between(actor, today.replace(year=today.year - 1, day=1), today, mine)
    dump: Any = dumper(Workday)
    return [dump(workdays.shown(row)) for row in rows]
