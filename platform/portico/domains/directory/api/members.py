"""Who stands in which department."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import queries, schemas, service
from portico.domains.directory.api.blueprint import READ, WRITE, blp
from portico.domains.directory.api.departments import DEPARTMENT
from portico.domains.directory.api.employees import EMPLOYEE
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery

MEMBER = f'{DEPARTMENT}/members/<id("emp"):employee_id>'


@blp.get(
    f"{DEPARTMENT}/members",
    scope=READ,
    listing=queries.EMPLOYEES,
    parameters={"recursive": False},
    answer=schemas.Employee,
    reads="employee",
    summary="List the people of a department",
)
def list_department_members(actor: Actor, department_id: str, query: ListQuery, recursive: str | None) -> Any:
    """`recursive=true` takes in the departments below."""
    return queries.members_of(actor, department_id, query, recursive=recursive == "true")


@blp.put(
    MEMBER,
    scope=WRITE,
    body=schemas.MemberPut,
    optional_body=True,
    answer=schemas.Employee,
    reads="employee",
    summary="Put an employee into a department, or change how they stand in it",
    refusals=("out_of_range",),
)
def put_department_member(actor: Actor, department_id: str, employee_id: str, body: dict[str, Any]) -> Any:
    """The first department of an employee is the primary one; `primary: true` makes another one it."""
    return service.put_member(actor, department_id, employee_id, body)


@blp.delete(
    MEMBER,
    scope=WRITE,
    status=204,
    summary="Take an employee out of a department",
    refusals=("out_of_range",),
)
def remove_department_member(actor: Actor, department_id: str, employee_id: str) -> None:
    service.remove_member(actor, department_id, employee_id)


@blp.get(
    f"{EMPLOYEE}/past-departments",
    scope=READ,
    answer=schemas.PastPlaces,
    summary="Read in which departments an employee was before",
)
def list_past_departments(actor: Actor, employee_id: str) -> Any:
    """The newest first, at most 200."""
    return {"data": queries.past_places_of(actor, employee_id)}
