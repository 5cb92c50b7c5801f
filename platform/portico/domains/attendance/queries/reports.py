"""Reports over days that were computed: what payroll and managers read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portico.domains.attendance.queries import groups, periods, workdays
from portico.domains.attendance.queries.reach import within_sight
from portico.domains.attendance.reckoning import DEFINITION_VERSION
from portico.domains.directory import queries as directory
from portico.domains.directory.models import Employee
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.ids import is_id
from portico.kernel.unit_of_work import session

MOST_PEOPLE, MOST_DAYS = 100, 31
_employee = Employee.__table__.c
_day = workdays.DAY.c
MISSING = ("missing_in", "missing_out")


def people_of(actor: Actor, given: str | None, department_id: str | None) -> dict[str, str]:
    """The names of whom a report is about, by id: those that are named, a department with all below it, or whom the
    actor sees. Raises Invalid for more than 100."""
    statement = select(_employee.id, _employee.display_name).where(
        _employee.workspace_id == actor.workspace_id, *within_sight(actor, _employee.id)
    )
    if given:
        ids = given.split(",")
        wrong = [one for one in ids if not is_id(one, "emp")]
        if wrong or len(ids) > MOST_PEOPLE:
            raise invalid("/query/employee_ids", "invalid", f"Give up to {MOST_PEOPLE} ids of employees, by commas.")
        statement = statement.where(_employee.id.in_(ids))
    if department_id:
        if not is_id(department_id, "dep"):
            raise invalid("/query/department_id", "invalid", "Give the id of a department.")
        inside = directory.departments_within(actor, [department_id])
        statement = statement.where(_employee.id.in_(groups.people_of_departments(actor, sorted(inside))))
    if not given:
        statement = statement.where(_employee.status != "departed")
    rows = session().execute(statement.order_by(_employee.name_key, _employee.id).limit(MOST_PEOPLE + 1)).all()
    if len(rows) > MOST_PEOPLE:
        message = f"That is more than {MOST_PEOPLE} people; name some, choose a department, or make an export."
        raise invalid("/query/employee_ids", "too_many", message)
    return {row.id: row.display_name for row in rows}


def daily(actor: Actor, people: Mapping[str, str], first: date, last: date) -> dict[str, Any]:
    """A row for each of these people and dates that has a day. Raises Invalid."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise invalid("/query/until_on", "invalid", f"Not before the first date, and at most {MOST_DAYS} days at once.")
    days = workdays.days_between(actor, first, last, _day.employee_id.in_(sorted(people)))
    names, places = groups.names(actor), directory.places_of(actor, sorted(people))
    rows = [
        {
            "employee_id": day["employee_id"],
            "display_name": people[day["employee_id"]],
            "work_on": day["work_on"],
            "group_id": day["group_id"],
            "group_name": names.get(day["group_id"] or ""),
            "department_ids": [place["id"] for place in places[day["employee_id"]]],
            **figures(day),
        }
        for day in days
    ]
    order = {one: place for place, one in enumerate(people)}
    rows.sort(key=lambda row: (order[row["employee_id"]], row["work_on"]))
    return {"as_of": clock.now(), "definition_version": DEFINITION_VERSION, "data": rows}


def figures(day: Mapping[str, Any]) -> dict[str, Any]:
    """What a report says of one day."""
    codes = [one["code"] for one in day["exceptions"]]
    details = day["details"]
    return {
        "shifts": details.get("shifts", []),
        "day_kind": day["day_kind"],
        "status": day["status"],
        "planned_minutes": day["planned_s"] // 60,
        "worked_minutes": day["worked_s"] // 60,
        "late_count": codes.count("late") + codes.count("serious_late"),
        "late_minutes": day["late_s"] // 60,
        "serious_late_count": codes.count("serious_late"),
        "early_count": codes.count("early"),
        "early_minutes": day["early_s"] // 60,
        "missing_count": sum(codes.count(code) for code in MISSING),
        "absent_minutes": day["absent_s"] // 60,
        "absence_minutes": day["absence_s"] // 60,
        "absence_by_type": {key: value // 60 for key, value in details.get("absence_by_type", {}).items()},
        "overtime_minutes": day["overtime_s"] // 60,
        "corrections": details.get("corrections", 0),
        "exceptions": codes,
    }


_SUMS = (
    *("planned_minutes", "worked_minutes", "late_count", "late_minutes", "serious_late_count", "early_count"),
    *("early_minutes", "missing_count", "absent_minutes", "absence_minutes", "overtime_minutes", "corrections"),
)


def monthly(actor: Actor, people: Mapping[str, str], month: str) -> dict[str, Any]:
    """A row for each of these people: the sums of the rows of their days. Raises NotFound for what is no month."""
    first, last = periods.month_days(month)
    days = workdays.days_between(actor, first, last, _day.employee_id.in_(sorted(people)))
    by_person: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for day in days:
        by_person[day["employee_id"]].append(day)
    places = directory.places_of(actor, sorted(people))
    return {
        "as_of": clock.now(),
        "definition_version": DEFINITION_VERSION,
        "month": month,
        "locked": periods.is_locked(actor.workspace_id, first),
        "data": [
            {
                "employee_id": one,
                "display_name": name,
                "department_ids": [place["id"] for place in places[one]],
                **summed(by_person[one]),
            }
            for one, name in people.items()
        ],
    }


def summed(days: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a report says of the days of one person."""
    rows = [figures(day) for day in days]
    whole: dict[str, Any] = {name: sum(row[name] for row in rows) for name in _SUMS}
    return {
        **whole,
        "group_ids": sorted({day["group_id"] for day in days if day["group_id"]}),
        "days": len(rows),
        "planned_days": sum(1 for row in rows if row["planned_minutes"]),
        "worked_days": sum(1 for row in rows if row["worked_minutes"]),
        "absence_by_type": _added(row["absence_by_type"] for row in rows),
        "overtime_by_kind": _added(
            {row["day_kind"]: row["overtime_minutes"]} for row in rows if row["overtime_minutes"]
        ),
        "unresolved": sum(1 for day in days if day["stale"] or day["status"] in ("open", "exception")),
    }


def _added(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for part in parts:
        for key, value in part.items():
            found[key] += value
    return dict(found)


def count_people(actor: Actor) -> int:
    statement = select(_employee.id).where(
        _employee.workspace_id == actor.workspace_id, *within_sight(actor, _employee.id)
    )
    return session().scalar(select(func.count()).select_from(statement.subquery())) or 0


def people_after(actor: Actor, last: str, limit: int) -> dict[str, str]:
    """The next people by id, for exports."""
    statement = select(_employee.id, _employee.display_name).where(
        _employee.workspace_id == actor.workspace_id, _employee.id > last, *within_sight(actor, _employee.id)
    )
    rows = session().execute(statement.order_by(_employee.id).limit(limit))
    return {row.id: row.display_name for row in rows}
