"""People of the workspace."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import queries, schemas, service
from portico.domains.directory.api.blueprint import READ, WRITE, blp
from portico.domains.directory.predicates import asked_fields
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.web.api import Created

EMPLOYEE = '/employees/<id("emp"):employee_id>'


@blp.get("/employees/fields", scope=READ, answer=schemas.AskedFields, summary="List what rules can ask of employees")
def list_employee_fields(actor: Actor) -> Any:
    """The fields of rules of groups and of audiences, with their operators; what needs a scope names it."""
    return {"data": asked_fields(actor.workspace_id)}


@blp.get(
    "/employees",
    scope=READ,
    listing=queries.EMPLOYEES,
    answer=schemas.Employee,
    reads="employee",
    summary="List employees",
)
def list_employees(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_employees(actor, query)


@blp.post(
    "/employees",
    scope=WRITE,
    body=schemas.EmployeeCreate,
    answer=schemas.Employee,
    status=201,
    summary="Add an employee",
    refusals=("email_taken", "employee_no_taken", "external_id_taken"),
)
def create_employee(actor: Actor, body: dict[str, Any]) -> Created:
    row = service.create_employee(actor, body)
    return Created(row, f"/api/v1/employees/{row['id']}")


@blp.post(
    "/employees/lookup",
    scope=READ,
    body=schemas.Lookup,
    answer=schemas.LookupAnswer,
    reads="employee",
    summary="Find up to 100 employees by id, address, number or external id",
)
def lookup_employees(actor: Actor, body: dict[str, Any]) -> Any:
    """All of them together at most 100. Who is not found is left out; the departed answer to their id and external id
    only, since address and number may be another's by now."""
    return {"data": queries.lookup(actor, **body)}


@blp.get(EMPLOYEE, scope=READ, answer=schemas.Employee, reads="employee", summary="Read an employee")
def get_employee(actor: Actor, employee_id: str) -> Any:
    return queries.employee(actor, employee_id)


@blp.patch(
    EMPLOYEE,
    scope=READ,
    body=schemas.EmployeeUpdate,
    answer=schemas.Employee,
    versioned=True,
    summary="Change an employee, or some fields of one's own",
    refusals=("email_taken", "employee_no_taken", "external_id_taken", "manager_cycle", "stale"),
)
def update_employee(actor: Actor, employee_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return service.update_employee(actor, employee_id, body, expected_version)


@blp.get(
    f"{EMPLOYEE}/reports",
    scope=READ,
    listing=queries.EMPLOYEES,
    answer=schemas.Employee,
    reads="employee",
    summary="List who reports directly to an employee",
)
def list_reports(actor: Actor, employee_id: str, query: ListQuery) -> Any:
    queries.employee(actor, employee_id)
    return queries.page_of_reports(actor, employee_id, query)
