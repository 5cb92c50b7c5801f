"""Days on which nobody clocked: they have a row too, or nobody would see who was absent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import and_, or_, select

from portico.domains.attendance.queries import groups, workdays
from portico.domains.attendance.service import recomputing
from portico.domains.directory.models import Employee
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_assignment = groups.ASSIGNMENT.c
_day = workdays.DAY.c
_employee = Employee.__table__.c


def complete(actor: Actor, first: date, last: date) -> int:
    """Every date of these of everybody who was in a group, or claimed by several, gets a row. Answers how many were
    missing."""
    missing = 0
    on = first
    while on <= last:
        missing += recomputing.mark_days_stale(actor.workspace_id, [(one, on) for one in _missing(actor, on)])
        on += timedelta(days=1)
    return missing


def _missing(actor: Actor, on: date) -> Sequence[str]:
    same = and_(
        _day.workspace_id == _assignment.workspace_id, _day.employee_id == _assignment.employee_id, _day.work_on == on
    )
    return list(
        session().scalars(
            select(_assignment.employee_id)
            .outerjoin(workdays.DAY, same)
            .join(
                Employee.__table__,
                and_(_employee.workspace_id == _assignment.workspace_id, _employee.id == _assignment.employee_id),
            )
            .where(_assignment.workspace_id == actor.workspace_id, _assignment.from_on <= on)
            .where(or_(_assignment.until_on.is_(None), _assignment.until_on > on))
            .where(or_(_employee.hired_on.is_(None), _employee.hired_on <= on))
            .where(or_(_employee.leaves_on.is_(None), _employee.leaves_on >= on), _day.id.is_(None))
        )
    )
