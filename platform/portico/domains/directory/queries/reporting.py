"""Who reports to whom."""

from __future__ import annotations

from sqlalchemy import func, literal, select

from portico.domains.directory.models import Employee
from portico.domains.directory.queries.employees import employees_visible_to, page_of_people, shown_employees
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.kernel.unit_of_work import session

_employee = Employee.__table__.c
LONGEST_CHAIN = 100


def managers_above(actor: Actor, employee_id: str) -> list[str]:
    """The employee, their manager, the manager's manager and so on, whoever asks; at most `LONGEST_CHAIN` above."""
    chain = (
        select(_employee.id, _employee.manager_id, literal(0).label("level"))
        .where(_employee.workspace_id == actor.workspace_id, _employee.id == employee_id)
        .cte("chain", recursive=True)
    )
    above = (
        select(_employee.id, _employee.manager_id, chain.c.level + 1)
        .join(chain, _employee.id == chain.c.manager_id)
        .where(_employee.workspace_id == actor.workspace_id, chain.c.level < LONGEST_CHAIN)
    )
    whole = chain.union_all(above)
    return list(session().scalars(select(whole.c.id).order_by(whole.c.level)))


def reports_of(actor: Actor, employee_id: str) -> list[str]:
    """The ids of who reports to this employee and has not left, whoever asks: for the service."""
    return list(
        session().scalars(
            select(_employee.id)
            .where(_employee.workspace_id == actor.workspace_id, _employee.manager_id == employee_id)
            .where(_employee.status != "departed")
            .order_by(_employee.id)
        )
    )


def page_of_reports(actor: Actor, employee_id: str, query: ListQuery) -> Page:
    """Who reports directly to this employee, without the departed."""
    statement = employees_visible_to(actor).where(_employee.manager_id == employee_id, _employee.status != "departed")
    found = page_of_people(actor, statement, query)
    return Page(shown_employees(actor, found.rows), found.next_cursor, found.total, found.fields)


def count_of_reports(actor: Actor, employee_id: str) -> int:
    """How many report directly to this employee, of those whom the actor may see."""
    inside = employees_visible_to(actor).where(_employee.manager_id == employee_id, _employee.status != "departed")
    return session().scalar(select(func.count()).select_from(inside.subquery())) or 0
