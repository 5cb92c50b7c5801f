"""Whose days, punches and absences an actor may see: the condition that every read of them begins with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from portico.domains.attendance import permissions
from portico.domains.directory.models import Employee
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_employee = Employee.__table__.c


def within_sight(
    actor: Actor, holder: ColumnElement[Any], *, scope: str = permissions.TEAM_READ.name
) -> list[ColumnElement[bool]]:
    """That the employee in `holder` is the actor, reports to them, or is anybody at all for HR and apps; with the
    scope of the team where it is not the actor, and within the data range of an app."""
    limits = within_range(actor, holder)
    team = actor.may(scope)
    if team and permissions.sees_everybody(actor):
        return limits
    if actor.employee_id is None:
        return [false()]
    own = holder == actor.employee_id
    if not team:
        return [own, *limits]
    reports = select(_employee.id).where(
        _employee.workspace_id == actor.workspace_id, _employee.manager_id == actor.employee_id
    )
    return [or_(own, holder.in_(reports)), *limits]


def in_sight(actor: Actor, employee_id: str) -> bool:
    """Whether this one person is within sight. A person of another workspace is not."""
    one = select(_employee.id).where(_employee.workspace_id == actor.workspace_id, _employee.id == employee_id)
    return session().scalar(one.where(*within_sight(actor, _employee.id))) is not None
