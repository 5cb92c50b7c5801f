"""Who stands in which departments: several, of which exactly one is the primary one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from portico.domains.directory import queries
from portico.domains.directory.events import EMPLOYEE_UPDATED
from portico.domains.directory.models import Department, DepartmentMember, Employee, PastDepartmentMember
from portico.domains.directory.ranges import require_within
from portico.domains.directory.service.holding import hold_departments
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

MOST = 100
_AT_ONCE = 500
Place = dict[str, Any]
_department: Any = Department.__table__
_employee: Any = Employee.__table__
_member: Any = DepartmentMember.__table__


@dataclass
class _Difference:
    """What has to be written, as rows of the table; those that end first, so that no index stands in the way."""

    gone: list[Place] = field(default_factory=list)
    unset: list[Place] = field(default_factory=list)
    new: list[Place] = field(default_factory=list)
    changed: list[Place] = field(default_factory=list)

    def add(self, employee_id: str, before: Sequence[Place], after: Sequence[Place]) -> None:
        old, wanted = {one["id"]: one for one in before}, {one["id"]: one for one in after}
        for department_id, place in old.items():
            if department_id not in wanted:
                self.gone.append(_key(employee_id, place))
            elif place["primary"] and not wanted[department_id]["primary"]:
                self.unset.append(_key(employee_id, place))
        for department_id, place in wanted.items():
            if department_id not in old:
                self.new.append(_row(employee_id, place))
            elif old[department_id] != place:
                self.changed.append({**_row(employee_id, place), **_key(employee_id, place)})


def _key(employee_id: str, place: Place) -> Place:
    return {"of_employee": employee_id, "of_department": place["id"]}


def _row(employee_id: str, place: Place) -> Place:
    return {
        "employee_id": employee_id,
        "department_id": place["id"],
        "is_primary": place["primary"],
        "lead": place["lead"],
        "title": place["title"],
        "sort_order": place["sort_order"],
    }


def completed(places: Sequence[Place]) -> list[Place]:
    """Places as they are kept: nothing is left out, and one of them is the primary one."""
    whole = [{"primary": False, "lead": False, "title": None, "sort_order": 0, **place} for place in places]
    if whole and not any(place["primary"] for place in whole):
        whole[0]["primary"] = True
    return sorted(whole, key=lambda place: (not place["primary"], place["id"]))


def require_departments(actor: Actor, places: Sequence[Place]) -> None:
    """Hold the departments that somebody comes into. Raises Invalid for one that is not there."""
    known = hold_departments(actor, [place["id"] for place in places])
    for number, place in enumerate(places):
        if place["id"] not in known:
            raise invalid(f"/departments/{number}/id", "unknown", N_("There is no such department."))


def write_places(actor: Actor, changes: Mapping[str, tuple[Sequence[Place], Sequence[Place]]]) -> None:
    """From these places to those, by employee. What ends is kept in the history. The departments are held already."""
    difference = _Difference()
    for employee_id, (before, after) in changes.items():
        difference.add(employee_id, before, after)
    work = session()
    one = (
        _member.c.workspace_id == actor.workspace_id,
        _member.c.employee_id == bindparam("of_employee"),
        _member.c.department_id == bindparam("of_department"),
    )
    connection = work.connection()
    if difference.gone:
        _remember(actor, {(row["of_employee"], row["of_department"]) for row in difference.gone})
        connection.execute(delete(_member).where(*one), difference.gone)
    if difference.unset:
        connection.execute(update(_member).where(*one).values(is_primary=False), difference.unset)
    if difference.new:
        rows = [{**row, "workspace_id": actor.workspace_id, "since": clock.now()} for row in difference.new]
        connection.execute(insert(_member), rows)
    if difference.changed:
        connection.execute(update(_member).where(*one), [_told(row) for row in difference.changed])


def _told(row: Place) -> Place:
    return {name: value for name, value in row.items() if name not in ("employee_id", "department_id")}


def _remember(actor: Actor, ended: set[tuple[str, str]]) -> None:
    """Keep what ends: a person who comes back, or a question years later, finds it."""
    rows = session().execute(
        select(_member, _department.c.name)
        .join(
            _department,
            (_department.c.workspace_id == _member.c.workspace_id) & (_department.c.id == _member.c.department_id),
        )
        .where(_member.c.workspace_id == actor.workspace_id)
        .where(_member.c.employee_id.in_(sorted({employee_id for employee_id, _ in ended})))
    )
    kept = [
        {
            "workspace_id": actor.workspace_id,
            "id": new_id("dpm"),
            "employee_id": row.employee_id,
            "department_id": row.department_id,
            "department_name": row.name,
            "is_primary": row.is_primary,
            "lead": row.lead,
            "title": row.title,
            "since": row.since,
            "until": clock.now(),
        }
        for row in rows
        if (row.employee_id, row.department_id) in ended
    ]
    session().execute(insert(PastDepartmentMember), kept)


def put_member(actor: Actor, department_id: str, employee_id: str, wanted: Place) -> dict[str, Any]:
    """Put somebody into a department, or change how they stand in it: primary, lead, title, order.

    Raises NotFound, Invalid and OutOfRange.
    """
    if department_id not in hold_departments(actor, [department_id]):
        raise NotFound()
    before = queries.whole_employee(actor, employee_id, lock=True)
    if before["status"] == "departed":
        raise invalid("", "departed", N_("This person has left. Rehire them first."))
    others = [place for place in before["departments"] if place["id"] != department_id]
    if len(others) >= MOST:
        raise invalid("", "too_many", N_("An employee is in at most 100 departments."))
    old = next((place for place in before["departments"] if place["id"] == department_id), {"id": department_id})
    if wanted.get("primary") is False and old.get("primary") and others:
        raise invalid("/primary", "invalid", N_("One department is the primary one: make another one it instead."))
    place = {**old, **wanted}
    if place.get("primary"):
        others = [{**other, "primary": False} for other in others]
    else:
        place["primary"] = not others
    return _change(actor, before, completed([*others, place]))


def remove_member(actor: Actor, department_id: str, employee_id: str) -> None:
    """Take somebody out of a department; of those that are left, the first becomes the primary one. Raises NotFound
    and OutOfRange."""
    queries.department(actor, department_id)
    before = queries.whole_employee(actor, employee_id, lock=True)
    left = [place for place in before["departments"] if place["id"] != department_id]
    if len(left) == len(before["departments"]):
        raise NotFound()
    _change(actor, before, completed(left))


def _change(actor: Actor, before: dict[str, Any], after: list[Place]) -> dict[str, Any]:
    if after != before["departments"]:
        _write_all(actor, {before["id"]: before}, {before["id"]: after})
        require_within(actor, before["id"])
    return queries.employee(actor, before["id"])


def move_people(actor: Actor, from_id: str, to_id: str) -> int:
    """Everybody of one department into another, as primary or not as they were; answers how many. Both are held."""
    everybody = queries.people_in(actor, from_id)
    for ids in _pieces(everybody):
        before = queries.whole_employees(actor, ids, lock=True)
        after = {one: _moved(row["departments"], from_id, to_id) for one, row in before.items()}
        _write_all(actor, before, after)
    return len(everybody)


def _moved(places: Sequence[Place], from_id: str, to_id: str) -> list[Place]:
    left = next(place for place in places if place["id"] == from_id)
    there = next((place for place in places if place["id"] == to_id), None)
    arrived = {
        **(there or {**left, "id": to_id, "lead": False}),
        "primary": left["primary"] or bool(there and there["primary"]),
    }
    return completed([*(place for place in places if place["id"] not in (from_id, to_id)), arrived])


def _write_all(actor: Actor, before: Mapping[str, dict[str, Any]], after: Mapping[str, list[Place]]) -> None:
    """Write, count the versions up, and tell: one event per person."""
    write_places(actor, {one: (row["departments"], after[one]) for one, row in before.items()})
    session().execute(
        update(_employee)
        .where(_employee.c.workspace_id == actor.workspace_id, _employee.c.id.in_(list(before)))
        .values(version=_employee.c.version + 1, updated_at=clock.now())
    )
    now = queries.whole_employees(actor, list(before))
    for employee_id, old in before.items():
        # An app may have put the person out of its own range: `require_within` refuses that, where it is asked.
        new = now.get(employee_id, {**old, "departments": after[employee_id], "version": old["version"] + 1})
        emit(actor, EMPLOYEE_UPDATED, queries.told(new), changes=["departments"], before=queries.told(old))


def _pieces(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
