"""The one place that says which records are within an app's data range: by the people who hold them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from portico.domains.directory.memberships import people_of_groups
from portico.domains.directory.models import Department, DepartmentMember, Employee
from portico.kernel.actor import Actor, DataRange
from portico.kernel.data_range import OutOfRange, Reader, reaches
from portico.kernel.db import AnySelect
from portico.kernel.unit_of_work import session

_department = Department.__table__.c
_employee = Employee.__table__.c
_place = DepartmentMember.__table__.c


def within_range(actor: Reader, holder: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The conditions that a record which the employee in `holder` holds is within the actor's range; none without."""
    limits = actor.data_range
    if limits is None:
        return []
    allowed: list[ColumnElement[bool]] = []
    if limits.employees:
        allowed.append(holder.in_(sorted(limits.employees)))
    if limits.departments or limits.subtrees:
        allowed.append(holder.in_(_people_of_departments(actor.workspace_id, limits)))
    if limits.groups:
        allowed += [holder.in_(people) for people in people_of_groups(actor.workspace_id, limits.groups)]
    if limits.unassigned:
        allowed.append(holder.is_(None))
    return [or_(false(), *allowed)]


def _people_of_departments(workspace_id: str, limits: DataRange) -> AnySelect:
    # A path holds the ids from the root down to the department itself.
    below = [_department.path.contains(one) for one in sorted(limits.subtrees)]
    return (
        select(_place.employee_id)
        .join(
            Department.__table__,
            and_(_department.workspace_id == _place.workspace_id, _department.id == _place.department_id),
        )
        .where(_place.workspace_id == workspace_id)
        .where(or_(false(), _department.id.in_(sorted(limits.departments)), *below))
    )


def require_within(actor: Actor, holder_id: str | None) -> None:
    """Nobody hides a record from themselves by giving it to somebody out of their range. Raises OutOfRange."""
    if actor.data_range is None:
        return
    if holder_id is None:
        inside = actor.data_range.unassigned
    else:
        person = select(_employee.id).where(_employee.workspace_id == actor.workspace_id, _employee.id == holder_id)
        inside = session().scalar(person.where(*within_range(actor, _employee.id))) is not None
    if not inside:
        raise OutOfRange()


def require_whole_company(actor: Actor) -> None:
    """Who moves departments, or people in and out of groups, could widen their own range; and what changes every
    record that there is changes those out of range too. Raises OutOfRange."""
    if actor.data_range is not None:
        raise OutOfRange("An app that sees only some records cannot change what concerns all of them.")


@reaches("presence")
@reaches("employee")
def employees(reader: Reader) -> AnySelect:
    return select(_employee.id).where(
        _employee.workspace_id == reader.workspace_id, *within_range(reader, _employee.id)
    )


@reaches("department")
def departments(reader: Reader) -> None:
    """The shape of the company is about nobody's records; who stands in it is."""


@reaches("group")
def groups(reader: Reader) -> None:
    """Their names, as those of departments; not who is in them."""
